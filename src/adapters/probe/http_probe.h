// HttpProbe: asks every process of a slot for its health, over HTTP on 127.0.0.1 and over a new
// connection each time, as somebody who comes for the first time would.
//
// 2xx is well; any other status, no connection and no answer within the timeout are failures. A
// probe that this machine did not let begin counts neither for nor against the process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/policy.h"
#include "net/http_client.h"
#include "ports/probe.h"

namespace sluice::probe {

class HttpProbe final : public Probe {
 public:
  HttpProbe(ProbeSpec spec, const ProcessSpec& process);

  void watch(std::array<bool, 2> slots) override;

  // What was under way while nobody called for more than three intervals counts neither for nor
  // against the slot: it was Sluice that was away.
  [[nodiscard]] std::array<SlotHealth, 2> take(Tick now) override;

 private:
  struct Instance {
    int port = 0;
    bool under_way = false;
    bool answered_well = false;
    bool last_was_good = false;
    int failures_in_row = 0;
    Tick due;  // of the next probe
    Tick last_answer;
    std::string trouble;   // of the last failure
    std::string obstacle;  // why the last probe could not be made; empty: it was made
  };
  struct Watched {
    bool on = false;
    std::uint64_t run = 0;  // what an earlier run has started is not counted in this one
    std::vector<Instance> instances;
    HealthChecks checks;  // since the last take
  };

  void forget_what_is_under_way();
  void start_due(Watched& slot);
  void start(Watched& slot, Instance& instance);
  void count(Watched& slot, Instance& instance, const Result<net::Response>& answer);
  [[nodiscard]] SlotHealth summary(const Watched& slot) const;

  ProbeSpec spec_;
  std::array<Watched, 2> slots_;
  Tick now_;
  Tick last_take_;
  net::HttpClient client_;  // last: its call-backs point into the rest
};

}  // namespace sluice::probe
