// Alerts as Alertmanager tells of them: asked by GET /api/v2/alerts, or pushed by its webhook.
//
// Only what clearly says so is resolved. A payload that lacks what is needed to tell is refused as
// a whole (`invalid_input`); nothing is guessed towards good news.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/tick.h"
#include "ports/alert_source.h"

namespace sluice::alertmanager {

enum class AlertStatus : std::uint8_t {
  firing,
  suppressed,  // silenced or inhibited: somebody has decided that it does not count
  resolved,
  unclear,  // said to be resolved, but never ended: changes nothing
};

struct ReceivedAlert {
  AlertStatus status = AlertStatus::unclear;
  std::map<std::string, std::string> labels;
  std::string fingerprint;  // of the labels, made here where the sender gave none
  Tick started;             // 0 where it was missing or unreadable
  std::string summary;      // foreign text, made safe to show

  [[nodiscard]] Alert as_alert() const;
};

// Every one of these labels has this value; a label that is missing has the empty value.
[[nodiscard]] bool matches(const ReceivedAlert& alert,
                           const std::map<std::string, std::string>& matchers);

// The answer to GET /api/v2/alerts.
[[nodiscard]] Result<std::vector<ReceivedAlert>> parse_alerts(std::string_view body);

// A webhook payload of version "4". An alert without a status of its own has that of its group.
[[nodiscard]] Result<std::vector<ReceivedAlert>> parse_webhook(std::string_view body);

}  // namespace sluice::alertmanager
