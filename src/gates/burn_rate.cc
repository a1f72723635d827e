#include "gates/burn_rate.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"
#include "judge/describe_burn.h"

namespace sluice::gates {
namespace {

constexpr Clause kClause = Clause::post_burn_rate;

// Where customers were, as the delivery left it.
struct Place {
  const EnvironmentPlan& plan;
  const Progress& progress;
};

std::optional<Place> customers_of(const Delivery& delivery) {
  for (std::size_t i = 0; i < delivery.plan.environments.size(); ++i) {
    const EnvironmentPlan& plan = delivery.plan.environments[i];
    if (plan.customer_facing && i < delivery.progress.size()) {
      return Place{plan, delivery.progress[i]};
    }
  }
  return std::nullopt;
}

ClauseVerdict unknown(std::string_view code, std::string why) {
  return {.clause = kClause,
          .verdict = Verdict::inconclusive,
          .code = std::string(code),
          .why = std::move(why)};
}

ClauseVerdict failed(std::string_view code, std::string why, std::string remedy) {
  return {kClause, Verdict::fail, std::string(code), std::move(why), std::move(remedy), 1};
}

// Stages, and the validation.
std::string steps_text(int steps) { return count_text(static_cast<std::size_t>(steps), "step"); }

std::string highest_text(const BurnRecord& burn) {
  std::string text =
      fmt::format("the highest was {} times what the objective of {:.6g} % allows, over {} of data",
                  judge::burn_text(burn.highest), 100 * burn.objective,
                  duration_text(burn.highest_minutes * kMinuteMs));
  if (burn.held) text += "; the service burned too fast meanwhile";
  return text;
}

ClauseVerdict monitored(const BurnRecord& burn, int places, const std::string& where) {
  return {.clause = kClause,
          .verdict = Verdict::pass,
          .code = "ok",
          .why = fmt::format("burn rates of service and canary computed {}; {}", where,
                             highest_text(burn)),
          .looked_at = places};
}

ClauseVerdict after_rollback(const Delivery& delivery, const Place& place) {
  const BurnRecord& burn = place.progress.burn;
  if (!place.progress.started || burn.at_ms == 0 || !burn.computed) {
    return unknown("not_reached",
                   "the delivery went back before there was traffic to compute from");
  }
  const Cause cause = delivery.rollback ? delivery.rollback->cause : Cause::person;
  const bool blind = cause == Cause::deadline && !burn.burning;
  if (cause == Cause::engine_silent || blind) {
    return unknown("not_shown",
                   "whether they were computed to the end is not shown: it went back "
                   "because of " +
                       std::string(to_text(cause)));
  }
  return monitored(burn, burn.left_computed + 1, "until the delivery went back");
}

ClauseVerdict after_the_end(const Delivery& delivery, const Place& place) {
  const BurnRecord& burn = place.progress.burn;
  if (!place.plan.judged) {
    return failed("not_computed", "the traffic of customers is not judged, so nothing was counted",
                  "name a source of telemetry for the environment of customers");
  }
  if (burn.objective == 0) {
    return unknown("not_recorded", "the ledger holds no burn rates of it");
  }
  const bool served_unseen = delivery.plan.returns && burn.left_without > 0;
  if (served_unseen) {
    return unknown("not_shown", fmt::format("a return goes on unseen: {} without burn rates",
                                            steps_text(burn.left_without)));
  }
  if (burn.left_without > 0 || burn.left_computed == 0) {
    return failed("not_computed",
                  fmt::format("{} without burn rates, which need requests and live telemetry",
                              steps_text(burn.left_without)),
                  "give the service traffic and live telemetry at every stage");
  }
  return monitored(burn, burn.left_computed,
                   fmt::format("at each of {}", steps_text(burn.left_computed)));
}

}  // namespace

ClauseVerdict burn_rate_at_end(const Delivery& delivery) {
  if (!is_terminal(delivery.phase)) return unknown("not_reached", "the delivery has not ended");
  const std::optional<Place> place = customers_of(delivery);
  if (!place || !place->progress.touched) {
    return unknown("not_reached", "the delivery ended before it reached customers");
  }
  if (place->progress.burn.advanced && !delivery.plan.returns) {
    return failed("advanced_while_burning",
                  "it advanced while the service used up its error budget too fast; " +
                      highest_text(place->progress.burn),
                  "find out who gave the release more traffic: Sluice holds it then");
  }
  return delivery.phase == Phase::done ? after_the_end(delivery, *place)
                                       : after_rollback(delivery, *place);
}

}  // namespace sluice::gates
