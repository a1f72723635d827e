// FakeWorld: routers, deployers, traffic, probes and files of several environments, in memory and
// in virtual time. One twin for each port, used by unit tests, the kill test and the simulator.
//
// It behaves as the real adapters promise in ports/: calls are idempotent, older generations are
// refused, starting takes time. Every change that an effect really makes is written to `changes`,
// so that a test can see whether anything was done twice. `interrupt` is called before and after
// each such change and may throw, as a crash would come.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/plan.h"
#include "ports/alert_source.h"
#include "ports/change_log.h"
#include "ports/clock.h"
#include "ports/deployer.h"
#include "ports/evidence_drafts.h"
#include "ports/evidence_store.h"
#include "ports/flag_store.h"
#include "ports/gauge_source.h"
#include "ports/journal.h"
#include "ports/load.h"
#include "ports/notifier.h"
#include "ports/probe.h"
#include "ports/router.h"
#include "ports/smoke_runner.h"
#include "ports/telemetry_source.h"

namespace sluice::testing {

// How a release behaves when it is asked something.
struct Behaviour {
  double error_rate = 0;
  double slow_rate = 0;         // share of requests over the p99 target
  std::int64_t latency_ms = 0;  // of most requests, a tenth takes twice it; 0: nobody counts them
  bool starts = true;
  bool healthy = true;        // answers its health checks
  int check_fails_every = 0;  // one health check of so many fails all the same; 0: none
  double waiting = 0;         // requests that wait in each process, and up to four more
};

struct FakeSlot {
  Digest release;
  Tick started;
  bool running = false;
};

struct FakeEnvironment {
  EnvironmentName name;
  Routing routing;
  std::uint64_t generation = 0;
  std::optional<Routing> stored;  // what a restart of the router would bring, once something is
  bool map_writable = true;
  int calls_to_prepare = 0;  // of the deployer, before it starts a slot
  std::uint64_t deployer_generation = 0;
  std::array<FakeSlot, 2> slots;
  int restarts = 0;  // of the router
  bool router_up = true;
  bool telemetry_up = true;
  bool smoke_passes = true;
  bool smoke_answers = true;
  double requests_per_second = 1'000;
  std::vector<Alert> alerts;
  bool alerts_up = true;
  bool gauges_up = true;
  bool needs_load = false;  // no customers: requests come only while load runs
  bool load_possible = true;
  bool load_runs = false;
};

class FakeWorld {
 public:
  explicit FakeWorld(const std::vector<EnvironmentName>& names);
  ~FakeWorld();

  Tick now{1'000'000};
  std::vector<FakeEnvironment> environments;
  std::map<std::string, Behaviour> behaviours;  // by release digest (hex); others are good
  std::vector<std::string> change_log;
  std::vector<Notice> notices;
  bool people_answer = true;
  bool probes_possible = true;
  std::vector<std::string> changes;
  std::function<void()> interrupt;

  [[nodiscard]] FakeEnvironment& environment(std::string_view name);
  [[nodiscard]] const Behaviour& behaviour(const Digest& release) const;
  void change(const std::string& what, const std::function<void()>& make);

  struct Adapters {
    std::unique_ptr<Router> router;
    std::unique_ptr<Deployer> deployer;
    std::unique_ptr<TelemetrySource> telemetry;
    std::unique_ptr<Probe> probe;
    std::unique_ptr<SmokeRunner> smoke;
    std::unique_ptr<AlertSource> alerts;
    std::unique_ptr<GaugeSource> gauges;
    std::unique_ptr<Load> load;
  };
  // Fresh adapters, as a process that has just started has them; the world behind them stays.
  [[nodiscard]] Adapters adapters(std::string_view environment);
  [[nodiscard]] std::unique_ptr<ChangeLog> change_log_adapter();
  [[nodiscard]] std::unique_ptr<Notifier> notifier();
  [[nodiscard]] std::unique_ptr<Clock> clock();
};

// An evidence store in memory; `full` makes it refuse.
class MemoryEvidence final : public EvidenceStore {
 public:
  Result<Digest> keep(std::string_view bytes) override;
  bool holds(const Digest& digest) override { return kept.contains(digest); }
  Result<std::string> read(const Digest& digest) override;
  std::map<Digest, std::string> kept;
  bool full = false;
};

// Drafts in memory, which become evidence of a store at the first question after they were sealed.
class MemoryDrafts final : public EvidenceDrafts {
 public:
  explicit MemoryDrafts(EvidenceStore& store) : store_(store) {}
  Result<void> append(const std::string& name, std::string_view bytes) override;
  void seal(const std::string& name) override { to_seal.push_back(name); }
  std::vector<SealedDraft> take_sealed() override;
  void forget(const std::string& name) override { drafts.erase(name); }
  std::vector<std::string> left() override;
  std::map<std::string, std::string> drafts;
  std::vector<std::string> to_seal;
  bool full = false;

 private:
  EvidenceStore& store_;
};

// A flag service in memory: what is not in `standings` it does not have; `up` false: silent.
class MemoryFlags final : public FlagStore {
 public:
  [[nodiscard]] FlagAnswers ask(const std::vector<std::string>& names, std::int64_t) override;
  [[nodiscard]] std::optional<FlagAnswers> poll(const std::vector<std::string>& names,
                                                Tick) override;
  std::map<std::string, FlagStanding> standings;
  bool up = true;
  int asked = 0;
};

// A journal in memory.
class MemoryJournal final : public Journal {
 public:
  Result<void> append(std::span<const Record> records) override;
  Result<std::vector<Record>> read() override { return records; }
  std::vector<Record> records;
  bool full = false;  // nothing more can be written
};

}  // namespace sluice::testing
