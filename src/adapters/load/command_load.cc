#include "adapters/load/command_load.h"

namespace sluice::load {
namespace {

constexpr std::int64_t kPauseMs = kSecondMs;  // between two starts

// A load without an engine would have nobody to stop it.
std::vector<std::string> dying_with_us(const std::vector<std::string>& command) {
  std::vector<std::string> words{"setpriv", "--pdeathsig", "KILL", "--"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

}  // namespace

Result<void> CommandLoad::keep(bool wanted, Tick now) {
  if (!wanted) {
    process_.reset();
    trouble_.clear();
    return {};
  }
  if (process_) look(now);
  if (!process_ && now - started_ >= kPauseMs) start(now);
  if (trouble_.empty()) return {};
  return fail(ErrorCode::unavailable, trouble_);
}

// What went wrong stays said until another round has run for a moment.
void CommandLoad::look(Tick now) {
  const auto ending = process_->ended();
  if (!ending) {
    if (now - started_ >= kPauseMs) trouble_.clear();
    return;
  }
  const std::string said = process_->last_line();
  trouble_.clear();
  if (!process_->ended_well()) {
    trouble_ = "the load's program " + *ending + (said.empty() ? "" : ": " + said);
  }
  process_.reset();
}

void CommandLoad::start(Tick now) {
  started_ = now;
  auto process = net::ChildProcess::start(dying_with_us(command_), {});
  if (process) {
    process_.emplace(std::move(*process));
  } else {
    trouble_ = "the load's program cannot be run: " + process.error().message;
  }
}

}  // namespace sluice::load
