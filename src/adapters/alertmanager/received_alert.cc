#include "adapters/alertmanager/received_alert.h"

#include <algorithm>

#include "adapters/alertmanager/rfc3339.h"
#include "base/digest.h"
#include "base/text.h"
#include "codec/json.h"

namespace sluice::alertmanager {
namespace {

using codec::Json;

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid_input, std::move(message));
}

std::string fingerprint_of(const std::map<std::string, std::string>& labels) {
  std::string all;  // with lengths, so that no value can look like another label
  for (const auto& [name, value] : labels) {
    all += fmt::format("{}:{}{}:{}", name.size(), name, value.size(), value);
  }
  return "labels-" + sha256(all).hex.substr(0, 16);
}

// Everything but the status, which the two formats tell in different ways.
Result<ReceivedAlert> parse_common(const Json& json) {
  const Json* labels = json.find("labels");
  if (labels == nullptr || labels->object() == nullptr || labels->object()->empty()) {
    return refuse("no labels");
  }
  ReceivedAlert alert;
  for (const auto& [name, value] : *labels->object()) {
    if (value.string() == nullptr) {
      return refuse(fmt::format("the value of label `{}` is no text", printable(name)));
    }
    alert.labels.emplace(name, *value.string());
  }
  alert.fingerprint = printable(json.string_or("fingerprint", ""), 64);
  if (alert.fingerprint.empty()) alert.fingerprint = fingerprint_of(alert.labels);
  alert.started = parse_rfc3339(json.string_or("startsAt", "")).value_or(Tick{});
  if (const Json* annotations = json.find("annotations")) {
    alert.summary = printable(annotations->string_or("summary", ""));
    if (alert.summary.empty()) alert.summary = printable(annotations->string_or("description", ""));
  }
  return alert;
}

bool has_entries(const Json& status, std::string_view key) {
  const Json* list = status.find(key);
  return list != nullptr && list->array() != nullptr && !list->array()->empty();
}

// The API lists what has not been resolved; without a readable state it counts as firing.
AlertStatus status_in_api(const Json& json) {
  const Json* status = json.find("status");
  if (status == nullptr) return AlertStatus::firing;
  const bool suppressed = status->string_or("state", "") == "suppressed" ||
                          has_entries(*status, "silencedBy") || has_entries(*status, "inhibitedBy");
  return suppressed ? AlertStatus::suppressed : AlertStatus::firing;
}

Result<AlertStatus> status_in_webhook(const Json& json, const std::string& of_group) {
  const std::string status = json.string_or("status", of_group);
  if (status == "firing") return AlertStatus::firing;
  if (status.empty()) return refuse("no status, and its group has none either");
  if (status != "resolved") return refuse(fmt::format("unknown status `{}`", printable(status)));
  const auto ended = parse_rfc3339(json.string_or("endsAt", ""));
  return ended && *ended > kZeroTime ? AlertStatus::resolved : AlertStatus::unclear;
}

// Parses each alert of a list; a complaint names which one.
template <class StatusOf>
Result<std::vector<ReceivedAlert>> parse_list(const Json* list, StatusOf status_of) {
  if (list == nullptr || list->array() == nullptr) return refuse("no list of alerts");
  std::vector<ReceivedAlert> alerts;
  for (const Json& one : *list->array()) {
    auto alert = parse_common(one);
    Result<AlertStatus> status = status_of(one);
    if (!alert || !status) {
      const Error& error = alert ? status.error() : alert.error();
      return std::unexpected(error.in(fmt::format("alert {}", alerts.size() + 1)));
    }
    alert->status = *status;
    alerts.push_back(*std::move(alert));
  }
  return alerts;
}

}  // namespace

Alert ReceivedAlert::as_alert() const {
  const auto name = labels.find("alertname");
  return {.name = name == labels.end() ? "(without a name)" : printable(name->second),
          .fingerprint = fingerprint,
          .started = started,
          .summary = summary};
}

bool matches(const ReceivedAlert& alert, const std::map<std::string, std::string>& matchers) {
  return std::ranges::all_of(matchers, [&](const auto& wanted) {
    const auto found = alert.labels.find(wanted.first);
    return (found == alert.labels.end() ? std::string() : found->second) == wanted.second;
  });
}

Result<std::vector<ReceivedAlert>> parse_alerts(std::string_view body) {
  const Json json = SLUICE_TRY(codec::parse_json(body));
  return parse_list(&json,
                    [](const Json& one) -> Result<AlertStatus> { return status_in_api(one); });
}

Result<std::vector<ReceivedAlert>> parse_webhook(std::string_view body) {
  const Json json = SLUICE_TRY(codec::parse_json(body));
  const std::string version = json.string_or("version", "");
  if (version != "4") {
    return refuse(fmt::format("the payload's version is `{}`, not `4`", printable(version)));
  }
  const std::string of_group = json.string_or("status", "");
  return parse_list(json.find("alerts"),
                    [&](const Json& one) { return status_in_webhook(one, of_group); });
}

}  // namespace sluice::alertmanager
