// AlertmanagerSource: critical alerts of one service in one environment, from Alertmanager's API,
// and sooner than the next poll from its webhook.
//
// The poll is the truth: only while it succeeds is the source live, and a poll that started after
// a push replaces what was pushed, so that a lost "resolved" holds nothing for ever.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "adapters/alertmanager/received_alert.h"
#include "model/policy.h"
#include "net/http_client.h"
#include "ports/alert_source.h"

namespace sluice::alertmanager {

class AlertmanagerSource final : public AlertSource {
 public:
  explicit AlertmanagerSource(AlertSpec spec);

  [[nodiscard]] AlertState take(Tick now) override;

  // What the webhook brought. A firing alert of ours counts at once; a resolved one takes back the
  // same firing, also when it overtook it: webhooks arrive repeated and in any order.
  void push(const std::vector<ReceivedAlert>& alerts);

 private:
  using Firing = std::pair<std::string, Tick>;  // the identity of one firing
  struct Pushed {
    ReceivedAlert alert;
    std::uint64_t number = 0;
  };

  void poll(Tick now);
  void on_answer(const Result<net::Response>& answer, Tick asked, std::uint64_t pushes_before);
  void push_one(const ReceivedAlert& alert);
  [[nodiscard]] bool is_live(Tick now) const;
  [[nodiscard]] std::vector<Alert> firing(bool with_polled) const;

  AlertSpec spec_;
  std::string url_;
  bool under_way_ = false;
  Tick due_;
  Tick last_success_;  // when the last poll that succeeded was started; 0: none yet
  std::string trouble_ = "alertmanager has not answered yet";
  std::vector<ReceivedAlert> polled_;
  std::vector<Pushed> pushed_;
  std::deque<Firing> ended_;  // told to be resolved, lately
  std::uint64_t pushes_ = 0;  // alerts pushed so far
  net::HttpClient client_;    // last: its call-backs point into the rest
};

}  // namespace sluice::alertmanager
