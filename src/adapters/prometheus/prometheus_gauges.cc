#include "adapters/prometheus/prometheus_gauges.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/figure.h"
#include "base/text.h"
#include "net/http.h"
#include "net/regular_file.h"

namespace sluice::prometheus {
namespace {

constexpr std::int64_t kIntervalsLive = 3;
constexpr std::int64_t kTimeoutMostMs = 10 * kSecondMs;
constexpr std::size_t kTroublesShown = 3;
constexpr std::string_view kSlotPlace = "{slot}";
constexpr std::array<Slot, 2> kSlots{Slot::a, Slot::b};

std::string url_for(const PrometheusSpec& spec) {
  std::string url = spec.url;
  while (url.ends_with('/')) url.pop_back();
  return url + "/api/v1/query";
}

std::string query_for(std::string_view query, Slot slot) {
  std::string out;
  for (std::size_t at = query.find(kSlotPlace); at != std::string_view::npos;
       at = query.find(kSlotPlace)) {
    out += query.substr(0, at);
    out += to_text(slot);
    query.remove_prefix(at + kSlotPlace.size());
  }
  out += query;
  return out;
}

// libcurl's words hold times, and what is said of a cause must stay the same while it lasts.
std::string why_silent(const Error& error, const PrometheusSpec& spec) {
  const std::string where = printable(spec.url);
  switch (error.code) {
    case ErrorCode::unavailable: return fmt::format("Prometheus at {} does not answer", where);
    case ErrorCode::rejected:
      return fmt::format("Prometheus at {} answers with more than {} bytes", where,
                         codec::kPrometheusBytesMax);
    case ErrorCode::invalid_input:
      return fmt::format("Prometheus at {} cannot be asked: {}", where, error.message);
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::corrupt: return error.message;
  }
  return "?";
}

std::string range_text(const std::vector<codec::PrometheusSeries>& series) {
  const auto [least, most] =
      std::ranges::minmax_element(series, {}, &codec::PrometheusSeries::value);
  const std::string low = figure_text(least->value);
  const std::string high = figure_text(most->value);
  return low == high ? low : fmt::format("{} to {}", low, high);
}

std::string count_of(const std::vector<codec::PrometheusSeries>& series, Slot slot) {
  if (series.empty()) return fmt::format("none of slot {}", to_text(slot));
  return fmt::format("{} {} of slot {} ({})", series.size(),
                     series.size() == 1 ? "process" : "processes", to_text(slot),
                     range_text(series));
}

}  // namespace

PrometheusGauges::PrometheusGauges(PrometheusSpec spec, std::size_t processes)
    : spec_(std::move(spec)),
      series_most_(std::min(processes, kGaugeUnitsMost)),
      url_(url_for(spec_)),
      timeout_ms_(std::clamp(spec_.interval_ms, kSecondMs, kTimeoutMostMs)),
      trouble_(fmt::format("Prometheus at {} has not answered yet", printable(spec_.url))) {
  SLUICE_ASSERT(spec_.gauges.size() <= kGaugesMost);
}

GaugeState PrometheusGauges::take(Tick now) {
  client_.step();
  if (!under_way_ && now >= due_) {
    due_ = now + spec_.interval_ms;
    begin(now);
  }
  client_.step();  // so that what was started now is on its way now
  const bool live = is_live(now);
  return {.sample = std::exchange(sample_, std::nullopt),
          .live = live,
          .trouble = live ? std::string() : trouble_};
}

std::vector<std::string> PrometheusGauges::look(std::int64_t patience_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(patience_ms);
  begin(Tick{});
  for (client_.step(); under_way_ && Clock::now() < end; client_.step()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; !under_way_ && i < answers_.size(); ++i) lines.push_back(described(i));
  if (lines.empty()) lines.push_back(trouble_);
  return lines;
}

void PrometheusGauges::begin(Tick now) {
  under_way_ = true;
  begun_ = now;
  answers_.clear();
  token_.clear();
  if (!spec_.token_file.empty()) {
    auto secret = net::read_secret(spec_.token_file);
    if (!secret) return give_up("the token of Prometheus: " + secret.error().message);
    token_ = *std::move(secret);
  }
  ask_time();
}

// By POST: a query may be longer than what servers take in a line. Prometheus gives up a little
// before we do, so that its own words arrive.
net::Call PrometheusGauges::call(std::string_view query, const std::string& more) const {
  return {.url = url_,
          .method = "POST",
          .body = fmt::format("query={}&timeout={:.3f}{}", net::percent_encoded(query),
                              0.9 * static_cast<double>(timeout_ms_) / kSecondMs, more),
          .content_type = "application/x-www-form-urlencoded",
          .bearer_token = token_,
          .timeout_ms = timeout_ms_,
          .body_bytes_max = codec::kPrometheusBytesMax};
}

void PrometheusGauges::ask_time() {
  client_.start(call("time()", ""), [this](const Result<net::Response>& answer) {
    if (!answer) return give_up(why_silent(answer.error(), spec_));
    const auto time = codec::read_prometheus_time(answer->status, answer->body);
    if (time) return ask_gauges(*time);
    give_up(fmt::format("Prometheus at {}: {}", printable(spec_.url), time.error().message));
  });
}

void PrometheusGauges::ask_gauges(const std::string& time) {
  answers_.resize(spec_.gauges.size());
  awaited_ = static_cast<int>(kSlots.size() * spec_.gauges.size());
  // One more than we take shows that there are more; old servers send all of them.
  const std::string more = fmt::format("&time={}&limit={}", time, series_most_ + 1);
  for (std::size_t gauge = 0; gauge < spec_.gauges.size(); ++gauge) {
    for (std::size_t slot = 0; slot < kSlots.size(); ++slot) {
      client_.start(call(query_for(spec_.gauges[gauge].query, kSlots[slot]), more),
                    [this, gauge, slot](const Result<net::Response>& answer) {
                      take_half(gauge, slot, answer);
                    });
    }
  }
}

void PrometheusGauges::take_half(std::size_t gauge, std::size_t slot,
                                 const Result<net::Response>& answer) {
  Half& half = answers_[gauge][slot];
  if (answer) {
    auto series = codec::read_prometheus_vector(answer->status, answer->body, series_most_);
    if (series) {
      half.series = *std::move(series);
    } else {
      half.trouble = std::move(series.error().message);
    }
  } else {
    half.trouble = why_silent(answer.error(), spec_);
  }
  if (--awaited_ == 0) finish();
}

void PrometheusGauges::give_up(std::string trouble) {
  under_way_ = false;
  trouble_ = std::move(trouble);
}

void PrometheusGauges::finish() {
  under_way_ = false;
  GaugeSample sample{.at = begun_, .gauges = {}};
  bool anything = false;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    tell_apart(i);
    GaugeValues& values = sample.gauges.emplace_back(spec_.gauges[i].name);
    for (std::size_t slot = 0; slot < kSlots.size(); ++slot) {
      for (const codec::PrometheusSeries& series : answers_[i][slot].series) {
        values.by_slot[slot].push_back(series.value);
        anything = true;
      }
    }
  }
  trouble_ = troubles();
  spoilt_ = !trouble_.empty();
  if (!spoilt_) {
    whole_at_ = begun_;
    trouble_ = fmt::format("Prometheus at {} answered too long ago", printable(spec_.url));
  }
  if (anything) sample_ = std::move(sample);
}

// The same labels in both slots: one process in both, as far as can be seen from here.
void PrometheusGauges::tell_apart(std::size_t gauge) {
  Halves& halves = answers_[gauge];
  std::vector<codec::PrometheusSeries> both;
  std::ranges::set_intersection(halves[0].series, halves[1].series, std::back_inserter(both), {},
                                &codec::PrometheusSeries::labels, &codec::PrometheusSeries::labels);
  if (both.empty()) return;
  for (Half& half : halves) {
    half = {
        .series = {},
        .trouble = fmt::format("the series {} is in the answers about both slots: let the query "
                               "choose by {}, and keep a label in which the slots differ",
                               printable(both.front().labels, 120), kSlotPlace)};
  }
}

std::string PrometheusGauges::trouble_of(std::size_t gauge) const {
  const Halves& halves = answers_[gauge];
  const std::string name = fmt::format("gauge `{}`", printable(spec_.gauges[gauge].name, 80));
  if (!halves[0].trouble.empty() && halves[0].trouble == halves[1].trouble) {
    return fmt::format("{}: {}", name, halves[0].trouble);
  }
  std::string text;
  for (std::size_t slot = 0; slot < kSlots.size(); ++slot) {
    const Half& half = halves[slot];
    if (half.trouble.empty() && !half.series.empty()) continue;
    text += fmt::format("{}{}, slot {}: {}", text.empty() ? "" : "; ", name, to_text(kSlots[slot]),
                        half.trouble.empty() ? "there is no series: does Prometheus scrape its "
                                               "processes, and does the query find them?"
                                             : half.trouble);
  }
  return text;
}

std::string PrometheusGauges::troubles() const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    if (std::string one = trouble_of(i); !one.empty()) all.push_back(std::move(one));
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kTroublesShown); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : "; ", all[i]);
  }
  if (all.size() > kTroublesShown) {
    text += fmt::format("; and {} gauges more", all.size() - kTroublesShown);
  }
  return text;
}

std::string PrometheusGauges::described(std::size_t gauge) const {
  const Halves& halves = answers_[gauge];
  if (!halves[0].trouble.empty() || !halves[1].trouble.empty()) return trouble_of(gauge);
  return fmt::format("{}: {}, {}", printable(spec_.gauges[gauge].name, 80),
                     count_of(halves[0].series, Slot::a), count_of(halves[1].series, Slot::b));
}

bool PrometheusGauges::is_live(Tick now) const {
  return !spoilt_ && whole_at_.unix_ms != 0 &&
         now - whole_at_ <= kIntervalsLive * spec_.interval_ms;
}

}  // namespace sluice::prometheus
