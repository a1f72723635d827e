// Supervisor: keeps the processes of every slot as they are wanted.
//
// Nothing here waits. step() does what is due: stops, starts, restarts with back-off, asks each
// process whether it is ready. Processes outlive this object; a later one takes them over.
//
// Ready means that the last readiness check was answered 2xx. A process that was ready stops being
// so after three checks in a row without one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "guard/live_process.h"
#include "guard/restart_policy.h"
#include "guard/slot_spec.h"
#include "guard/state_file.h"
#include "net/http_client.h"
#include "ports/deployer.h"

namespace sluice::guard {

class Supervisor {
 public:
  struct Place {
    std::string work_folder;    // where services run
    std::string output_folder;  // <environment>-<slot>-<n>.log, n from 1
  };
  // `save` writes down what store() gives; it is called before anything is done.
  using Save = std::function<Result<void>(Durability)>;
  Supervisor(Place place, Save save);

  // Idempotent. A slot that runs this release is left alone, also under another command, unless it
  // was never ready and the command is new, or it was given up and the generation is new.
  // `rejected` for an older generation; `unavailable` when it could not be written down.
  [[nodiscard]] Result<void> start(const SlotKey& key, const SlotSpec& spec, std::int64_t now_ms);
  // Also when it cannot be written down: what harms must end.
  [[nodiscard]] Result<void> stop(const SlotKey& key, std::uint64_t generation,
                                  std::int64_t now_ms);
  // Nothing is to be started after it.
  void stop_all(std::int64_t now_ms);
  void raise_generation(const EnvironmentName& environment, std::uint64_t generation);

  void step(std::int64_t now_ms);

  // `running` counts processes that are being stopped, too.
  [[nodiscard]] SlotState observe(const SlotKey& key) const;
  [[nodiscard]] std::vector<SlotKey> slots() const;
  [[nodiscard]] bool nothing_runs() const;
  void rotate_outputs() const;

  void store(GuardState& state) const;
  void restore(const GuardState& state, std::int64_t now_ms);

 private:
  struct Instance {
    std::optional<LiveProcess> process;
    std::uint64_t run = 0;  // tells late answers of an earlier run apart
    bool ready = false;
    bool was_ready = false;  // in this run
    bool checking = false;
    int failed_checks = 0;  // in a row
    std::int64_t ready_since_ms = 0;
    std::int64_t next_check_ms = 0;
    std::int64_t next_start_ms = 0;
    RestartHistory history;
    std::string complaint;  // why it is not ready
  };
  struct Stopping {
    LiveProcess process;
    std::int64_t grace_ms = 0;
    std::int64_t kill_ms = 0;
  };
  struct SlotRun {
    std::optional<SlotSpec> wanted;
    std::vector<Instance> instances;
    std::vector<Stopping> stopping;
    std::uint64_t restarts = 0;
    bool was_ready = false;  // all of it, at some moment
    bool gave_up = false;
    std::string complaint;
  };
  struct Intent {
    SlotKey key;
    std::optional<SlotSpec> wanted;
  };

  [[nodiscard]] Result<void> see_generation(const SlotKey& key, std::uint64_t generation);
  [[nodiscard]] Result<void> write_down(const SlotKey& key, std::optional<SlotSpec> wanted);
  void replace(SlotRun& slot, std::optional<SlotSpec> wanted, std::int64_t now_ms);
  void step_stopping(SlotRun& slot, std::int64_t now_ms) const;
  void step_instance(const SlotKey& key, SlotRun& slot, std::size_t index, std::int64_t now_ms);
  void start_run(const SlotKey& key, SlotRun& slot, std::size_t index, std::int64_t now_ms);
  [[nodiscard]] Result<void> launch(const SlotKey& key, const InstanceSpec& spec, std::size_t index,
                                    Instance& instance);
  void end_run(SlotRun& slot, std::size_t index, const std::string& complaint,
               std::int64_t now_ms) const;
  void check_ready(const SlotKey& key, const SlotRun& slot, std::size_t index, std::int64_t now_ms);
  void take_answer(const SlotKey& key, std::size_t index, std::uint64_t run,
                   const Result<net::Response>& answer);
  [[nodiscard]] std::string output_file(const SlotKey& key, std::size_t index) const;

  Place place_;
  Save save_;
  RestartPolicy policy_;
  net::HttpClient client_;
  std::map<SlotKey, SlotRun> slots_;
  std::map<std::string, std::uint64_t> generations_;
  std::optional<Intent> intent_;  // stored already, done next
  bool stops_all_ = false;        // the same, for every slot
  std::uint64_t runs_ = 0;
  std::int64_t now_ms_ = 0;  // of the step under way, for answers
};

}  // namespace sluice::guard
