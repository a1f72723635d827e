// sluice log
#include <array>
#include <deque>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "codec/event_json.h"
#include "codec/json.h"

namespace sluice::cli {
namespace {

using codec::Json;

constexpr std::size_t kPage = 5'000;
constexpr std::size_t kTextMax = 2'000;
constexpr std::array<Option, 2> kOptions{
    {{"-n,--number", "N", "0", "the last N records; 0: all of them"},
     {"--json", "", "", "one JSON document per line"}}};

std::string text_line(const LogLine& line) {
  return fmt::format("{:>6} {} {}\n", line.seq, to_text(line.at),
                     printable(to_text(line.event), kTextMax));
}

// The event is written as the ledger keeps it.
std::string json_line(const LogLine& line) {
  auto event = codec::parse_json(codec::encode(line.event));
  const Json json(Json::Object{{"seq", static_cast<std::int64_t>(line.seq)},
                               {"at_unix_ms", line.at.unix_ms},
                               {"at", to_text(line.at)},
                               {"chain", line.chain.hex},
                               {"event", event ? std::move(*event) : Json()}});
  return json.dump() + "\n";
}

// Every record in turn, a page at a time.
Result<void> for_each_line(const Context& context,
                           const std::function<void(const LogLine&)>& take) {
  std::uint64_t from = 1;
  while (true) {
    const std::vector<LogLine> page = SLUICE_TRY(context.read_log(from, kPage));
    for (const LogLine& line : page) take(line);
    if (page.size() < kPage) return {};
    from = page.back().seq + 1;
  }
}

Result<Exit> run_log(const Context& context, const Arguments& arguments) {
  const auto number = static_cast<std::size_t>(arguments.number("number"));
  const bool as_json = arguments.has("json");
  const auto write = [&](const LogLine& line) {
    return as_json ? json_line(line) : text_line(line);
  };
  if (number == 0) {
    SLUICE_TRY(for_each_line(context, [&](const LogLine& line) { context.out(write(line)); }));
    return Exit::allowed;
  }
  std::deque<std::string> last;
  SLUICE_TRY(for_each_line(context, [&](const LogLine& line) {
    last.push_back(write(line));
    if (last.size() > number) last.pop_front();
  }));
  for (const std::string& line : last) context.out(line);
  return Exit::allowed;
}

}  // namespace

constinit const Command kLog{
    .group = "watch",
    .name = "log",
    .operand = "",
    .summary = "the ledger, one line for each record",
    .help =
        "Prints the ledger: number, time in UTC, and what happened. Works without an engine.\n"
        "Exit codes: 0 printed, 2 there is no ledger, 3 it cannot be read.",
    .example = "sluice log -n 20",
    .options = kOptions,
    .run = run_log};

}  // namespace sluice::cli
