// Reading: what the judge, a probe or the alert source says at one moment about one trigger.
//
// There are four, and no_data and error are never healthy: silence is not health.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

enum class Reading : std::uint8_t {
  healthy,   // looked, with live data, and found nothing wrong
  breached,  // enough evidence of harm: roll back
  no_data,   // looked, and there was nothing to see (yet)
  error,     // could not look
};

// The four rollback criteria of the policy.
enum class Trigger : std::uint8_t { error_rate, p99, health_check, critical_alert };

inline constexpr std::array kTriggers{Trigger::error_rate, Trigger::p99, Trigger::health_check,
                                      Trigger::critical_alert};

struct TriggerReading {
  Reading reading = Reading::no_data;
  std::string evidence;  // one line for people: "5.1 % errors against 0.1 %; odds 4,200 : 1"
  friend bool operator==(const TriggerReading&, const TriggerReading&) = default;
};

// Indexed by Trigger.
struct Readings {
  std::array<TriggerReading, 4> by_trigger;

  [[nodiscard]] const TriggerReading& of(Trigger trigger) const {
    return by_trigger[static_cast<std::size_t>(trigger)];
  }
  [[nodiscard]] TriggerReading& of(Trigger trigger) {
    return by_trigger[static_cast<std::size_t>(trigger)];
  }
  friend bool operator==(const Readings&, const Readings&) = default;
};

[[nodiscard]] constexpr std::string_view to_text(Reading reading) {
  switch (reading) {
    case Reading::healthy: return "healthy";
    case Reading::breached: return "breached";
    case Reading::no_data: return "no_data";
    case Reading::error: return "error";
  }
  return "?";
}

[[nodiscard]] constexpr std::string_view to_text(Trigger trigger) {
  switch (trigger) {
    case Trigger::error_rate: return "error_rate";
    case Trigger::p99: return "p99";
    case Trigger::health_check: return "health_check";
    case Trigger::critical_alert: return "critical_alert";
  }
  return "?";
}

}  // namespace sluice
