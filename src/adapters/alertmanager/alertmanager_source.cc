#include "adapters/alertmanager/alertmanager_source.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "net/http.h"

namespace sluice::alertmanager {
namespace {

constexpr std::int64_t kIntervalsLive = 3;
constexpr std::size_t kRemembered = 1'000;  // pushed alerts, and resolved ones

// service="storefront", with the value in Alertmanager's quotes.
std::string matcher_text(std::string_view name, std::string_view value) {
  std::string out = std::string(name) + "=\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return out + '"';
}

std::string url_for(const AlertSpec& spec) {
  std::string url = spec.url;
  while (url.ends_with('/')) url.pop_back();
  url += "/api/v2/alerts?active=true&silenced=false&inhibited=false";
  for (const auto& [name, value] : spec.matchers) {
    url += "&filter=" + net::percent_encoded(matcher_text(name, value));
  }
  return url;
}

}  // namespace

AlertmanagerSource::AlertmanagerSource(AlertSpec spec)
    : spec_(std::move(spec)), url_(url_for(spec_)) {}

AlertState AlertmanagerSource::take(Tick now) {
  client_.step();
  if (!under_way_ && now >= due_) poll(now);
  client_.step();  // so that what was started now is on its way now
  const bool live = is_live(now);
  return {.live = live, .trouble = live ? "" : trouble_, .firing = firing(live)};
}

void AlertmanagerSource::poll(Tick now) {
  under_way_ = true;
  due_ = now + spec_.interval_ms;
  client_.start({.url = url_, .timeout_ms = std::max(spec_.interval_ms, kSecondMs)},
                [this, now, before = pushes_](const Result<net::Response>& answer) {
                  under_way_ = false;
                  on_answer(answer, now, before);
                });
}

void AlertmanagerSource::on_answer(const Result<net::Response>& answer, Tick asked,
                                   std::uint64_t pushes_before) {
  if (!answer) {
    trouble_ = answer.error().message;
    return;
  }
  if (answer->status != 200) {
    trouble_ =
        fmt::format("alertmanager answered HTTP {}: {}", answer->status, printable(answer->body));
    return;
  }
  auto alerts = parse_alerts(answer->body);
  if (!alerts) {
    trouble_ = fmt::format("alertmanager's answer: {}", alerts.error().message);
    return;
  }
  last_success_ = asked;
  trouble_ = "alertmanager's last answer is too old";
  // Asked for with the same matchers, and checked again: what is not ours must never roll us back.
  std::erase_if(*alerts, [&](const auto& alert) { return !matches(alert, spec_.matchers); });
  polled_ = *std::move(alerts);
  std::erase_if(pushed_, [&](const Pushed& pushed) { return pushed.number <= pushes_before; });
}

bool AlertmanagerSource::is_live(Tick now) const {
  return last_success_.unix_ms != 0 && now - last_success_ <= kIntervalsLive * spec_.interval_ms;
}

void AlertmanagerSource::push(const std::vector<ReceivedAlert>& alerts) {
  for (const ReceivedAlert& alert : alerts) {
    if (matches(alert, spec_.matchers)) push_one(alert);
  }
}

void AlertmanagerSource::push_one(const ReceivedAlert& alert) {
  const Firing identity{alert.fingerprint, alert.started};
  const auto is_same = [&](const Pushed& pushed) {
    return Firing{pushed.alert.fingerprint, pushed.alert.started} == identity;
  };
  switch (alert.status) {
    case AlertStatus::resolved:
      std::erase_if(pushed_, is_same);
      ended_.push_back(identity);
      if (ended_.size() > kRemembered) ended_.pop_front();
      return;
    case AlertStatus::firing:
      if (std::ranges::find(ended_, identity) != ended_.end()) return;
      due_ = Tick{};  // a poll is to confirm it soon
      std::erase_if(pushed_, is_same);
      if (pushed_.size() < kRemembered) pushed_.push_back({alert, ++pushes_});
      return;
    case AlertStatus::suppressed:
    case AlertStatus::unclear: return;
  }
}

// Each firing once, whether polled, pushed or both.
std::vector<Alert> AlertmanagerSource::firing(bool with_polled) const {
  std::vector<Alert> alerts;
  std::set<Firing> seen;
  const auto add = [&](const ReceivedAlert& alert) {
    if (alert.status != AlertStatus::firing) return;
    if (seen.emplace(alert.fingerprint, alert.started).second) alerts.push_back(alert.as_alert());
  };
  if (with_polled) std::ranges::for_each(polled_, add);
  for (const Pushed& pushed : pushed_) add(pushed.alert);
  return alerts;
}

}  // namespace sluice::alertmanager
