#include "adapters/notify/command_notifier.h"

#include <fmt/format.h>

#include "base/text.h"
#include "codec/json.h"

namespace sluice::notify {
namespace {

constexpr std::size_t kTextBytesMax = 4'000;  // with the rest it fits into a pipe at once

std::string json_of(const Notice& notice) {
  codec::Json json(codec::Json::Object{});
  json.set("service", notice.service.text);
  json.set("delivery", notice.delivery.text);
  json.set("subject", notice.subject);
  json.set("text", printable(notice.text, kTextBytesMax));
  json.set("since_unix_ms", notice.since.unix_ms);
  return json.dump() + "\n";
}

}  // namespace

Result<bool> CommandNotifier::notify(std::uint64_t id, const Notice& notice, Tick now) {
  const auto found = runs_.find(id);
  if (found == runs_.end()) {
    Run run = SLUICE_TRY(start(notice, now));
    runs_.emplace(id, std::move(run));
    return false;
  }
  Result<bool> taken = look(found->second, now);
  if (!taken || *taken) runs_.erase(found);
  return taken;
}

Result<CommandNotifier::Run> CommandNotifier::start(const Notice& notice, Tick now) const {
  net::ChildProcess process =
      SLUICE_TRY(net::ChildProcess::start(spec_.command, json_of(notice)));
  return Run{.process = std::move(process), .begun = now};
}

Result<bool> CommandNotifier::look(Run& run, Tick now) const {
  const auto ending = run.process.ended();
  if (!ending) {
    if (now - run.begun >= spec_.timeout_ms) {
      run.timed_out = true;
      run.process.kill();
    }
    return false;
  }
  if (run.process.ended_well()) return true;
  const std::string why =
      "the command to call people " +
      (run.timed_out ? "took longer than " + duration_text(spec_.timeout_ms) : *ending);
  const std::string said = run.process.last_line();
  return fail(ErrorCode::unavailable, said.empty() ? why : why + ": " + said);
}

}  // namespace sluice::notify
