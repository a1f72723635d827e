// The gates that are known before a delivery starts, one function for each clause. Each looks at
// the facts and nothing else, never fails to answer, and says what would make it pass.
#pragma once

#include "model/contract.h"
#include "model/flag.h"
#include "model/policy.h"
#include "model/running.h"
#include "model/service.h"
#include "model/verdict.h"

namespace sluice::gates {

// Borrowed for the time of one evaluation.
struct Facts {
  const Contract& contract;
  const Policy& policy;
  const Service& service;
  const Release& release;
  Tick now = {};                            // evidence that has expired by then is none
  const FlagAnswers* flags = nullptr;       // about flags_of_features(); null: nobody was asked
  const RunningRouters* routers = nullptr;  // null, or empty: nobody looked
};

// isolation.cc
[[nodiscard]] ClauseVerdict progression_isolated(const Facts& facts);
// progression.cc
[[nodiscard]] ClauseVerdict progression_order(const Facts& facts);
[[nodiscard]] ClauseVerdict progression_health(const Facts& facts);
// quality_clauses.cc
[[nodiscard]] ClauseVerdict pre_quality_security(const Facts& facts);
[[nodiscard]] ClauseVerdict pre_quality_architecture(const Facts& facts);
[[nodiscard]] ClauseVerdict pre_quality_performance(const Facts& facts);
[[nodiscard]] ClauseVerdict pre_quality_observability(const Facts& facts);
// contract.cc
[[nodiscard]] ClauseVerdict pre_contract(const Facts& facts);
// rollback_plan.cc
[[nodiscard]] ClauseVerdict pre_rollback_documented(const Facts& facts);
// flags.cc
[[nodiscard]] ClauseVerdict pre_flags(const Facts& facts);
// drill.cc
[[nodiscard]] ClauseVerdict pre_rollback_tested(const Facts& facts);
// rollout_plan.cc
[[nodiscard]] ClauseVerdict plan_stages(const Facts& facts);
[[nodiscard]] ClauseVerdict plan_automated(const Facts& facts);
// triggers.cc
[[nodiscard]] ClauseVerdict plan_health_checks(const Facts& facts);
[[nodiscard]] ClauseVerdict plan_triggers(const Facts& facts);
[[nodiscard]] ClauseVerdict rollback_error_rate(const Facts& facts);
[[nodiscard]] ClauseVerdict rollback_p99(const Facts& facts);
[[nodiscard]] ClauseVerdict rollback_health_check(const Facts& facts);
[[nodiscard]] ClauseVerdict rollback_critical_alert(const Facts& facts);

}  // namespace sluice::gates
