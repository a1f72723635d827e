#include "gates/delivery_verdict.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "gates/burn_rate.h"
#include "gates/findings.h"

namespace sluice::gates {
namespace {

constexpr std::string_view kNotReached = "not_reached";

ClauseVerdict unknown(Clause clause, std::string_view code, std::string why) {
  return {.clause = clause,
          .verdict = Verdict::inconclusive,
          .code = std::string(code),
          .why = std::move(why)};
}

ClauseVerdict known(Clause clause, std::string why, std::size_t looked_at) {
  return {.clause = clause,
          .verdict = Verdict::pass,
          .code = "ok",
          .why = std::move(why),
          .looked_at = static_cast<int>(looked_at)};
}

ClauseVerdict failed(Clause clause, std::string_view code, std::string why, std::string remedy) {
  return {clause, Verdict::fail, std::string(code), std::move(why), std::move(remedy), 1};
}

std::string_view cause_text(const RollbackStarted& back) {
  return back.cause == Cause::trigger ? to_text(back.trigger) : to_text(back.cause);
}

std::string back_text(const RollbackStarted& back) {
  return fmt::format("went back from {} because of {}: {}", quoted(back.environment.text),
                     cause_text(back), printable(back.detail, 200));
}

const EnvironmentPlan* plan_of(const Delivery& delivery, const EnvironmentName& name) {
  const auto found = std::ranges::find(delivery.plan.environments, name, &EnvironmentPlan::name);
  return found == delivery.plan.environments.end() ? nullptr : &*found;
}

// Progress and plan of the same environment; a plan without progress counts as untouched.
Progress progress_at(const Delivery& delivery, std::size_t at) {
  return at < delivery.progress.size() ? delivery.progress[at] : Progress{};
}

ClauseVerdict not_finished(Clause clause) {
  return unknown(clause, kNotReached, "the delivery has not ended");
}

// No environment was entered before the same digest was seen healthy in every earlier one.
ClauseVerdict order_at_end(const Delivery& delivery) {
  constexpr Clause kClause = Clause::progression_order;
  const auto reused = delivery.clauses.find(kClause);
  if (delivery.plan.returns && reused != delivery.clauses.end()) return reused->second;
  std::string path;
  std::string skipped;
  std::size_t entered = 0;
  for (std::size_t i = 0; i < delivery.plan.environments.size(); ++i) {
    const Progress progress = progress_at(delivery, i);
    const std::string name = printable(delivery.plan.environments[i].name.text, 60);
    const bool must_have_passed = delivery.phase == Phase::done;
    if (progress.touched && !skipped.empty()) {
      return failed(
          kClause, "environment_skipped",
          fmt::format("{} was entered before {} showed health", quoted(name), quoted(skipped)),
          "deliver through every environment in order");
    }
    if (!progress.passed && skipped.empty()) skipped = name;
    if (!progress.passed && must_have_passed) {
      return failed(kClause, "environment_skipped",
                    fmt::format("the delivery ended without health shown in {}", quoted(name)),
                    "deliver through every environment in order");
    }
    if (!progress.touched && !progress.passed) continue;
    path += (path.empty() ? "" : " → ") + name;
    ++entered;
  }
  if (entered == 0) return unknown(kClause, kNotReached, "no environment was entered");
  return known(kClause,
               fmt::format("{} went {}, none skipped", delivery.plan.release.digest.brief(), path),
               entered);
}

// A rollback for one of these says that the environment was looked at and was not healthy.
bool shows_harm(Cause cause) {
  switch (cause) {
    case Cause::trigger:
    case Cause::slot_failed:
    case Cause::smoke_failed:
    case Cause::evidence_missing: return true;
    case Cause::person:
    case Cause::deadline:
    case Cause::engine_silent:
    case Cause::drill:
    case Cause::drill_failed:
    case Cause::superseded: return false;
  }
  return false;
}

ClauseVerdict health_at_end(const Delivery& delivery) {
  constexpr Clause kClause = Clause::progression_health;
  std::size_t passed = 0;
  for (const Progress& progress : delivery.progress) passed += progress.passed ? 1 : 0;
  const std::size_t all = delivery.plan.environments.size();
  if (delivery.phase == Phase::done && passed == all && all > 0) {
    return known(kClause,
                 fmt::format("health was shown in each of {}", count_text(all, "environment")),
                 all);
  }
  if (delivery.rollback && shows_harm(delivery.rollback->cause)) {
    return failed(kClause, "no_health", back_text(*delivery.rollback),
                  "correct the release and deliver it under a new revision of the contract");
  }
  return unknown(
      kClause, kNotReached,
      fmt::format("health was shown in {} of {}", passed, count_text(all, "environment")));
}

// The plan gave the trigger a source in this environment.
bool watches(const EnvironmentPlan& environment, Trigger trigger) {
  switch (trigger) {
    case Trigger::error_rate:
    case Trigger::p99: return environment.judged;
    case Trigger::health_check: return true;
    case Trigger::critical_alert: return environment.alerts;
  }
  return false;
}

// In the environments where the canary ran.
std::size_t stages_watched(const Delivery& delivery, Trigger trigger) {
  std::size_t stages = 0;
  for (std::size_t i = 0; i < delivery.plan.environments.size(); ++i) {
    const EnvironmentPlan& environment = delivery.plan.environments[i];
    const Progress progress = progress_at(delivery, i);
    if (!progress.started || !watches(environment, trigger)) continue;
    const bool here = i == delivery.environment && !progress.passed;
    stages += here ? delivery.stage + std::size_t{1} : environment.stages.size();
  }
  return stages;
}

bool watched_customers(const Delivery& delivery, Trigger trigger) {
  return std::ranges::any_of(delivery.plan.environments, [&](const EnvironmentPlan& one) {
    return one.customer_facing && watches(one, trigger);
  });
}

ClauseVerdict armed_after_rollback(const Delivery& delivery, Clause clause, Trigger trigger) {
  const RollbackStarted& back = *delivery.rollback;
  if (back.cause == Cause::trigger && back.trigger == trigger) {
    return known(
        clause,
        fmt::format("fired in {} and took the traffic back{}: {}", quoted(back.environment.text),
                    delivery.rollback_blocked ? ", past its deadline" : "",
                    printable(back.detail, 200)),
        1);
  }
  // While nobody looked, nothing could fire.
  if (back.cause == Cause::engine_silent || back.cause == Cause::deadline) {
    return unknown(clause, "not_shown",
                   fmt::format("whether it was live to the end is not shown: {}", back_text(back)));
  }
  const std::size_t stages = stages_watched(delivery, trigger);
  if (stages == 0) {
    return unknown(clause, kNotReached, "the delivery went back before there was traffic to watch");
  }
  return known(clause,
               fmt::format("live in {} until the delivery went back because of {}",
                           count_text(stages, "stage"), cause_text(back)),
               stages);
}

ClauseVerdict armed_at_end(const Delivery& delivery, Clause clause, Trigger trigger) {
  if (!is_terminal(delivery.phase)) return not_finished(clause);
  if (delivery.rollback) return armed_after_rollback(delivery, clause, trigger);
  if (delivery.phase != Phase::done) {
    return unknown(clause, kNotReached, "the delivery ended before there was traffic to watch");
  }
  const std::size_t stages = stages_watched(delivery, trigger);
  if (!watched_customers(delivery, trigger) || stages == 0) {
    return failed(clause, "not_wired", "customers were served without a source for this trigger",
                  "wire the trigger in sluice.yaml");
  }
  return known(
      clause,
      fmt::format("live in each of {} to the end, never fired", count_text(stages, "stage")),
      stages);
}

// The post-deployment clause that a rollback from a customer-facing environment speaks about.
bool speaks_about(const RollbackStarted& back, Clause clause) {
  switch (back.cause) {
    case Cause::trigger:
      switch (back.trigger) {
        case Trigger::error_rate: return clause == Clause::post_error_rate;
        case Trigger::p99: return clause == Clause::post_performance;
        case Trigger::health_check:
        case Trigger::critical_alert: return clause == Clause::post_health;
      }
      return false;
    case Cause::smoke_failed: return clause == Clause::post_smoke;
    case Cause::slot_failed: return clause == Clause::post_health;
    case Cause::evidence_missing:
      return clause == Clause::post_health || clause == Clause::post_error_rate ||
             clause == Clause::post_performance;
    case Cause::person:
    case Cause::deadline:
    case Cause::engine_silent:
    case Cause::drill:
    case Cause::drill_failed:
    case Cause::superseded: return false;
  }
  return false;
}

ClauseVerdict post_at_end(const Delivery& delivery, Clause clause) {
  if (delivery.rollback && speaks_about(*delivery.rollback, clause)) {
    const EnvironmentPlan* environment = plan_of(delivery, delivery.rollback->environment);
    if (environment != nullptr && environment->customer_facing) {
      return failed(clause, to_text(delivery.rollback->cause), back_text(*delivery.rollback),
                    "correct the release and deliver it under a new revision of the contract");
    }
  }
  if (delivery.phase == Phase::done) {
    return unknown(clause, "no_evidence", "the delivery ended without evidence about it");
  }
  return is_terminal(delivery.phase)
             ? unknown(clause, kNotReached, "the delivery ended before it could be validated")
             : not_finished(clause);
}

// What only the end of a delivery shows. Nothing for clauses that are decided elsewhere.
std::optional<ClauseVerdict> shown_at_end(const Delivery& delivery, const ClauseInfo& clause) {
  struct Armed {
    Clause clause;
    Trigger trigger;
  };
  constexpr std::array kArmed{Armed{Clause::rollback_error_rate, Trigger::error_rate},
                              Armed{Clause::rollback_p99, Trigger::p99},
                              Armed{Clause::rollback_health_check, Trigger::health_check},
                              Armed{Clause::rollback_critical_alert, Trigger::critical_alert}};
  for (const Armed& one : kArmed) {
    if (one.clause == clause.clause) return armed_at_end(delivery, one.clause, one.trigger);
  }
  const bool ended = is_terminal(delivery.phase);
  if (clause.clause == Clause::post_burn_rate) return burn_rate_at_end(delivery);
  if (clause.clause == Clause::progression_order) {
    return ended ? order_at_end(delivery) : not_finished(clause.clause);
  }
  if (clause.clause == Clause::progression_health) {
    return ended ? health_at_end(delivery) : not_finished(clause.clause);
  }
  return std::nullopt;
}

// A PASS rests on something that was examined, whoever recorded it.
ClauseVerdict examined(ClauseVerdict recorded) {
  if (recorded.verdict != Verdict::pass || recorded.looked_at > 0) return recorded;
  return unknown(recorded.clause, "nothing_examined",
                 "it was recorded as PASS without anything having been examined");
}

// What was recorded stands, unless the end shows something that is no better.
ClauseVerdict decide(const Delivery& delivery, const ClauseInfo& clause) {
  const auto found = delivery.clauses.find(clause.clause);
  const ClauseVerdict* recorded = found == delivery.clauses.end() ? nullptr : &found->second;
  if (delivery.plan.drill && recorded == nullptr) {
    return unknown(clause.clause, kNotReached, "it was a drill: nothing was delivered");
  }
  if (const auto shown = shown_at_end(delivery, clause)) {
    const bool keeps = recorded != nullptr && recorded->verdict != Verdict::pass &&
                       worse(recorded->verdict, shown->verdict) != shown->verdict;
    return keeps ? *recorded : *shown;
  }
  if (!clause.built && recorded == nullptr) return not_built(clause.clause);
  if (clause.criterion == Criterion::post_deploy && clause.built) {
    const ClauseVerdict shown = post_at_end(delivery, clause.clause);
    // What was missing at the deadline was recorded clause by clause.
    const bool itemised = delivery.rollback && delivery.rollback->cause == Cause::evidence_missing;
    const bool overrides = shown.verdict == Verdict::fail && !itemised;
    return recorded == nullptr || overrides ? shown : examined(*recorded);
  }
  const bool never_drilled = recorded != nullptr && recorded->code == kDrilledInStaging;
  if (never_drilled && is_terminal(delivery.phase)) {
    return unknown(clause.clause, kNotReached,
                   "the delivery ended before the rollback had been rehearsed to its end");
  }
  if (recorded != nullptr) return examined(*recorded);
  return unknown(clause.clause, "not_recorded", "the ledger holds no verdict about it");
}

bool is_emergency(const Delivery& delivery) {
  return std::ranges::any_of(delivery.clauses, [](const auto& entry) {
    return info(entry.first).criterion == Criterion::emergency;
  });
}

void add_to_criterion(DeliveryVerdict& verdict, Criterion criterion, Verdict one) {
  const auto found = std::ranges::find(verdict.criteria, criterion, &CriterionVerdict::criterion);
  if (found == verdict.criteria.end()) {
    verdict.criteria.push_back({criterion, one});
  } else {
    found->verdict = worse(found->verdict, one);
  }
}

DeliveryVerdict summed_up(std::vector<ClauseVerdict> clauses) {
  DeliveryVerdict verdict{.overall = Verdict::pass};
  for (ClauseVerdict& one : clauses) {
    const bool later = one.code == kNotReached || one.code == kDrilledInStaging;
    if (one.code != kNotBuilt && !later) ++verdict.evaluated;
    add_to_criterion(verdict, info(one.clause).criterion, one.verdict);
    verdict.overall = worse(verdict.overall, one.verdict);
    verdict.clauses.push_back(std::move(one));
  }
  std::ranges::sort(verdict.criteria, {}, &CriterionVerdict::criterion);
  return verdict;
}

void take_away_what_is_lost(ClauseVerdict& one, const EvidenceBook& book, Tick now) {
  if (one.verdict != Verdict::pass) return;
  const std::string why = why_not_valid(book, one.evidence, now);
  if (why.empty()) return;
  one.verdict = Verdict::inconclusive;
  one.code = "evidence_lost";
  one.why = fmt::format("it rested on {}; decided then: {}", why, one.why);
  one.remedy = "bring new evidence about this release, and deliver it again";
}

}  // namespace

DeliveryVerdict verdict_of(const Delivery& delivery) {
  std::vector<ClauseVerdict> clauses;
  const bool emergency = is_emergency(delivery);
  for (const ClauseInfo& clause : all_clauses()) {
    if (clause.criterion == Criterion::emergency && !emergency) continue;
    clauses.push_back(decide(delivery, clause));
  }
  return summed_up(std::move(clauses));
}

DeliveryVerdict verdict_of(const Service& service, Tick now) {
  SLUICE_ASSERT(service.delivery);
  std::vector<ClauseVerdict> clauses = verdict_of(*service.delivery).clauses;
  for (ClauseVerdict& one : clauses) take_away_what_is_lost(one, service.evidence, now);
  return summed_up(std::move(clauses));
}

}  // namespace sluice::gates
