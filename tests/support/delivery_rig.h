// DeliveryRig: a real engine on a fake world, in virtual time. Whole deliveries in milliseconds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "testing/contracts.h"
#include "testing/fake_world.h"

namespace sluice::testing {

class DeliveryRig {
 public:
  explicit DeliveryRig(Journal& journal);
  ~DeliveryRig();

  FakeWorld world;
  Policy policy;
  MemoryEvidence evidence;

  // A new engine over the same journal and the same world, as after a restart.
  void restart();
  // The same, where it may be refused; there is no engine then.
  [[nodiscard]] Result<void> reopen();
  [[nodiscard]] engine::Engine& engine() { return *engine_; }
  [[nodiscard]] const Service& service() const { return engine_->service(); }

  // One step, then so much virtual time.
  void step(std::int64_t ms = 20);
  // Until the condition holds; false when it did not within so much virtual time.
  bool run_until(const std::function<bool()>& done, std::int64_t ms_max = 10 * kMinuteMs);
  bool run_to_the_end() {
    return run_until([this] { return !engine_->busy(); });
  }

  void adopt(const std::string& id);
  // The contract that testing/contracts.h calls valid, for a release of this id.
  engine::Admission deliver(const std::string& id, bool supersede = false);
  // The same contract: only its rollback.
  engine::Admission drill(const std::string& id);

  [[nodiscard]] static Contract contract(const std::string& id);
  [[nodiscard]] static Release release(const std::string& id);

 private:
  Journal& journal_;
  std::vector<FakeWorld::Adapters> adapters_;
  std::unique_ptr<ChangeLog> change_log_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace sluice::testing
