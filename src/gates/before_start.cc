#include "gates/before_start.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "gates/decisions.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

struct Gate {
  Clause clause;
  ClauseVerdict (*look)(const Facts&);
};

constexpr std::array kGates{
    Gate{Clause::progression_isolated, progression_isolated},
    Gate{Clause::progression_order, progression_order},
    Gate{Clause::progression_health, progression_health},
    Gate{Clause::pre_quality_security, pre_quality_security},
    Gate{Clause::pre_quality_architecture, pre_quality_architecture},
    Gate{Clause::pre_quality_performance, pre_quality_performance},
    Gate{Clause::pre_quality_observability, pre_quality_observability},
    Gate{Clause::pre_contract, pre_contract},
    Gate{Clause::pre_rollback_documented, pre_rollback_documented},
    Gate{Clause::pre_rollback_tested, pre_rollback_tested},
    Gate{Clause::pre_flags, pre_flags},
    Gate{Clause::plan_stages, plan_stages},
    Gate{Clause::plan_health_checks, plan_health_checks},
    Gate{Clause::plan_triggers, plan_triggers},
    Gate{Clause::plan_automated, plan_automated},
    Gate{Clause::rollback_error_rate, rollback_error_rate},
    Gate{Clause::rollback_p99, rollback_p99},
    Gate{Clause::rollback_health_check, rollback_health_check},
    Gate{Clause::rollback_critical_alert, rollback_critical_alert},
};

bool known_before_start(const ClauseInfo& clause) {
  return clause.criterion != Criterion::post_deploy && clause.criterion != Criterion::emergency;
}

}  // namespace

std::vector<ClauseVerdict> found_before_start(const Facts& facts) {
  std::vector<ClauseVerdict> verdicts;
  for (const ClauseInfo& clause : all_clauses()) {
    if (!known_before_start(clause)) continue;
    if (!clause.built) {
      verdicts.push_back(not_built(clause.clause));
      continue;
    }
    const auto gate = std::ranges::find(kGates, clause.clause, &Gate::clause);
    SLUICE_ASSERT(gate != kGates.end());
    verdicts.push_back(gate->look(facts));
  }
  return verdicts;
}

std::vector<ClauseVerdict> evaluate_before_start(const Contract& contract, const Policy& policy,
                                                 const Service& service, const Release& release,
                                                 Tick now, const FlagAnswers& flags,
                                                 const RunningRouters& routers) {
  const Facts facts{contract, policy, service, release, now, &flags, &routers};
  std::vector<ClauseVerdict> verdicts = found_before_start(facts);
  apply_exceptions(verdicts, facts);
  return verdicts;
}

bool holds_nothing(const ClauseVerdict& verdict) {
  if (verdict.verdict != Verdict::inconclusive) return false;
  if (verdict.code == kNotBuilt) return !info(verdict.clause).built;
  return verdict.clause == Clause::pre_rollback_tested && verdict.code == kDrilledInStaging;
}

std::vector<ClauseVerdict> holds_start(const std::vector<ClauseVerdict>& verdicts) {
  std::vector<ClauseVerdict> holding;
  for (const ClauseVerdict& one : verdicts) {
    if (one.verdict != Verdict::pass && !holds_nothing(one)) holding.push_back(one);
  }
  return holding;
}

}  // namespace sluice::gates
