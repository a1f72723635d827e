// Takeover: takes traffic back to the baseline in place of an engine that is silent.
//
// Order: the engine's lock, a look at every router, the intent on disk, the routers, the result on
// disk, the lock given back. A disk that is full delays no router; but the lock is kept until the
// result is on disk, because an engine that knows nothing of it must not go on, and could write no
// ledger either. A baseline without a live server gets no traffic: then the routing is
// left as it is, and the report says so. Acting blocks for at most half a second per router call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/tick.h"
#include "guard/engine_lock.h"
#include "guard/lease.h"
#include "model/observation.h"
#include "ports/router.h"

namespace sluice::guard {

using OpenRouter = std::function<Result<std::unique_ptr<Router>>(const RescueTarget&)>;

class Takeover {
 public:
  // The engine of this lease has been killed already. `at` is the time of day, for the report.
  Takeover(std::string state_folder, Lease lease, OpenRouter open_router, Tick at);

  // Does what can be done now; true once it is over. To be called until then, every 20 ms or so.
  // Never gives up waiting for the lock: whoever holds it supervises, or is about to die.
  [[nodiscard]] bool step(std::int64_t now_ms);

  // Once it is over.
  [[nodiscard]] const GuardReport& report() const { return report_; }
  [[nodiscard]] bool complete() const;  // all traffic is at the baselines

 private:
  struct Side {  // one environment
    RescueTarget target;
    std::unique_ptr<Router> router;
    bool back = false;  // seen at the baseline, under our generation
    std::string words;  // how it stands, for the report
  };

  [[nodiscard]] bool lock(std::int64_t now_ms);
  void survey();
  void look_at(Side& side);
  void announce();
  void put_back(Side& side) const;
  [[nodiscard]] std::string words_after(const Side& side, const Result<void>& applied,
                                        const Result<RouterState>& after) const;
  void conclude();
  [[nodiscard]] bool record(std::int64_t now_ms);
  [[nodiscard]] Result<void> write_report();

  std::string state_folder_;
  Lease lease_;
  OpenRouter open_router_;
  GuardReport report_;
  std::optional<EngineLock> lock_;
  std::vector<GuardReport> acts_;  // with ours at the end
  std::vector<Side> sides_;
  std::int64_t begun_ms_ = -1;
  std::int64_t next_try_ms_ = 0;
  std::int64_t try_until_ms_ = 0;
  std::int64_t next_record_ms_ = 0;
  bool concluded_ = false;
  bool told_of_disk_ = false;
  bool told_of_lock_ = false;
};

}  // namespace sluice::guard
