// PrometheusGauges: gauges of one environment's processes, from the HTTP API of a Prometheus server
// (2.1 to 3.x).
//
// A sample is one instant query for each gauge and slot, all about the same moment. That moment is
// by Prometheus' own clock, which is asked first: by ours, if it were ahead, the query would find
// nothing, and if it were behind, it would find what was before the canary.
//
// A gauge's answer about a slot counts whole or not at all: one series without a finite number,
// more series than processes, a histogram or a warning leave the slot empty in the sample. A series
// that is in the answers about both slots empties both. Each is told, with the gauge and what to
// change.
//
// The token is read anew for each sample, so that it may be changed, and never shown.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "codec/prometheus_answer.h"
#include "model/policy.h"
#include "model/slot.h"
#include "net/http_client.h"
#include "ports/gauge_source.h"

namespace sluice::prometheus {

class PrometheusGauges final : public GaugeSource {
 public:
  // `processes` of a slot, as sluice.yaml lists their ports. The path of a token is absolute.
  PrometheusGauges(PrometheusSpec spec, std::size_t processes);

  [[nodiscard]] GaugeState take(Tick now) override;

  // Asks once and waits, for at most patience_ms. For people: a line for each gauge ("requests
  // waiting: 5 processes of slot a (0 to 3), none of slot b"), or one with what is wrong. Not
  // together with take().
  [[nodiscard]] std::vector<std::string> look(std::int64_t patience_ms);

 private:
  // What came about one gauge in one slot.
  struct Half {
    std::vector<codec::PrometheusSeries> series;
    std::string trouble;  // empty: this is all there is
  };
  using Halves = std::array<Half, 2>;

  void begin(Tick now);
  void ask_time();
  void ask_gauges(const std::string& time);
  void take_half(std::size_t gauge, std::size_t slot, const Result<net::Response>& answer);
  void give_up(std::string trouble);
  void finish();
  void tell_apart(std::size_t gauge);
  [[nodiscard]] std::string trouble_of(std::size_t gauge) const;
  [[nodiscard]] std::string troubles() const;
  [[nodiscard]] std::string described(std::size_t gauge) const;
  [[nodiscard]] net::Call call(std::string_view query, const std::string& more) const;
  [[nodiscard]] bool is_live(Tick now) const;

  PrometheusSpec spec_;
  std::size_t series_most_;
  std::string url_;
  std::int64_t timeout_ms_;
  std::string token_;  // of the sample under way

  bool under_way_ = false;
  Tick due_;
  Tick begun_;                   // the sample under way, or the last one
  std::vector<Halves> answers_;  // of that sample, by gauge; empty where none came
  int awaited_ = 0;              // answers that are missing

  std::optional<GaugeSample> sample_;  // not yet taken
  bool spoilt_ = false;                // something of the last sample that came was missing
  Tick whole_at_;                      // when the last one was begun of which nothing was; 0: none
  std::string trouble_;
  net::HttpClient client_;  // last: its call-backs point into the rest
};

}  // namespace sluice::prometheus
