// What an engine is made of. Inside engine/ only.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/effect_runner.h"
#include "engine/engine.h"
#include "engine/recorder.h"
#include "engine/watch.h"
#include "gates/plan_of.h"

namespace sluice::engine {

struct Engine::Parts {
  Parts(Ports given, Policy read)
      : ports(std::move(given)),
        policy(std::move(read)),
        runner(ports),
        watch(ports),
        recorder(ports.drafts) {}

  Ports ports;
  Policy policy;
  EffectRunner runner;
  Watch watch;
  Recorder recorder;
  Service service;
  std::uint64_t last_seq = 0;
  Tick last_at;
  std::int64_t clock_behind_ms = 0;
  std::optional<Command> command;
  std::optional<GuardReport> guard;
  std::string adoption;
  bool rollback_unwritten = false;

  // Time never runs backwards within a ledger. A wall clock that was set back between two engines
  // is made up for, so that time does not stand still either.
  Tick now() { return std::max(ports.clock->now() + clock_behind_ms, last_at); }
  Result<void> journal(const std::vector<Event>& events, Tick at);
  Result<bool> round(Observation& seen, Tick at);
  Result<void> journal_recorded(Tick at);
  [[nodiscard]] bool under_way() const;
  Result<void> check_environments() const;
  Result<void> check_environments(const Plan& plan, const DeliveryId& id) const;
  Result<void> take_back_done(const Command& command);
  Result<void> drop_request(const Command& command);
  [[nodiscard]] RunningRouters look_at_routers() const;
  [[nodiscard]] FlagAnswers ask_about_flags(const Contract& contract) const;
  Result<void> record(FlagAnswers& answers, const Release& release);
  Result<gates::Planning> plan_for(const DeliveryRequest& request);
  Result<Admission> admit(const DeliveryRequest& request);
  Result<DeliveryId> start(const Plan& plan, const std::vector<ClauseVerdict>& clauses);
  Result<Evidence> keep(EvidenceKind kind, const std::string& statement, Evidence evidence);
};

}  // namespace sluice::engine
