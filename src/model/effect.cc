#include "model/effect.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice {
namespace {

struct Describe {
  std::string operator()(const StartSlot& e) const {
    return fmt::format("start_slot {} slot={} release={}", e.environment.text, to_text(e.slot),
                       e.release.brief());
  }
  std::string operator()(const SetShare& e) const {
    return fmt::format("set_share {} baseline={} share={}", e.environment.text, to_text(e.baseline),
                       to_text(e.share));
  }
  std::string operator()(const DrainSlot& e) const {
    return fmt::format("drain_slot {} slot={}", e.environment.text, to_text(e.slot));
  }
  std::string operator()(const StopSlot& e) const {
    return fmt::format("stop_slot {} slot={}", e.environment.text, to_text(e.slot));
  }
  std::string operator()(const RunSmoke& e) const {
    return fmt::format("run_smoke {}", e.environment.text);
  }
  std::string operator()(const WriteChangeLog& e) const {
    return fmt::format("write_change_log {}", e.delivery.text);
  }
  std::string operator()(const Notify& e) const {
    return fmt::format("notify {} {}", e.delivery.text, e.subject);
  }
  std::string operator()(const KeepEvidence& e) const {
    return fmt::format("keep_evidence {}", sha256(e.statement).brief());
  }
};

struct Place {
  const EnvironmentName* operator()(const StartSlot& e) const { return &e.environment; }
  const EnvironmentName* operator()(const SetShare& e) const { return &e.environment; }
  const EnvironmentName* operator()(const DrainSlot& e) const { return &e.environment; }
  const EnvironmentName* operator()(const StopSlot& e) const { return &e.environment; }
  const EnvironmentName* operator()(const RunSmoke& e) const { return &e.environment; }
  const EnvironmentName* operator()(const WriteChangeLog&) const { return nullptr; }
  const EnvironmentName* operator()(const Notify&) const { return nullptr; }
  const EnvironmentName* operator()(const KeepEvidence&) const { return nullptr; }
};

}  // namespace

const EnvironmentName* environment_of(const Effect& effect) { return std::visit(Place{}, effect); }

std::string to_text(const Effect& effect) { return std::visit(Describe{}, effect); }

}  // namespace sluice
