#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/decide.h"
#include "core/evolve.h"
#include "core/moment.h"

namespace sluice::core {
namespace {

std::vector<Stage> first_and_whole(const std::vector<Stage>& stages) {
  std::vector<Stage> short_way{stages.front()};
  if (stages.size() > 1) short_way.push_back(stages.back());
  for (Stage& stage : short_way) stage.soak_ms = 0;
  return short_way;
}

// Where what is known of a release that served before comes from.
std::string served_before(const Service& service, const Digest& release) {
  const auto delivered = std::ranges::find_if(service.outcomes, [&](const Outcome& one) {
    return one.release == release && one.phase == Phase::done;
  });
  if (delivered == service.outcomes.end()) return "adopted as the baseline of every environment";
  return "delivered through every environment as " + delivered->delivery.text;
}

}  // namespace

DeliveryId next_delivery_id(const Service& service) {
  return {fmt::format("D-{:04}", service.deliveries + 1)};
}

std::vector<Event> start_delivery(const Service& service, const Plan& plan,
                                  const std::vector<ClauseVerdict>& clauses) {
  return {DeliveryStarted{next_delivery_id(service), service.generation + 1, plan, clauses}};
}

std::vector<Event> start_adoption(const Service& service, const ServiceName& name,
                                  const Release& release,
                                  const std::vector<EnvironmentName>& environments,
                                  std::int64_t deadline_ms) {
  AdoptionStarted started{name, release, environments, service.generation + 1, deadline_ms};
  Service next = service;
  evolve(next, started, Tick{});
  std::vector<Effect> effects;
  for (const EnvironmentName& environment : environments) {
    const Slot slot = next.environment(environment).baseline;
    effects.push_back(SetShare{environment, slot, Share::none()});
    effects.push_back(StartSlot{environment, slot, release.digest});
  }
  std::vector<Event> events{std::move(started)};
  for (Event& event : intend(next, effects)) events.push_back(std::move(event));
  return events;
}

Result<Plan> plan_of_return(const Service& service, const DeliveryId& named) {
  if (!service.done) {
    return fail(ErrorCode::conflict, "no delivery is done that could be taken back");
  }
  const Delivery& done = *service.done;
  const Delivery& last = *service.delivery;
  if (!named.empty() && named != done.id) {
    return fail(ErrorCode::invalid_input,
                fmt::format("the last delivery that is done is {}, not {}; nothing was done",
                            done.id.text, printable(named.text, 40)));
  }
  if (named.empty() && last.id != done.id && !last.plan.returns) {
    return fail(ErrorCode::conflict,
                fmt::format("{} is {} already, and nothing of it is left; `sluice rollback {}` "
                            "takes back what was delivered before it",
                            last.id.text, to_text(last.phase), done.id.text));
  }
  const Release* replaced = service.release(done.replaced);
  if (replaced == nullptr) {
    return fail(ErrorCode::conflict,
                "delivery " + done.id.text + " replaced nothing: there is no release to return to");
  }
  Plan plan = done.plan;
  plan.release = *replaced;
  plan.returns = true;
  plan.flags.clear();  // what served before serves again as it did, its flags with it
  plan.parameters.evidence_paced = false;  // it served before, and somebody waits for it
  // The baseline may be the incident, and what fails at once is fast.
  if (plan.parameters.latency_against_baseline == BaselineUse::rollback) {
    plan.parameters.latency_against_baseline = BaselineUse::report;
  }
  if (plan.parameters.gauges_against_baseline == BaselineUse::rollback) {
    plan.parameters.gauges_against_baseline = BaselineUse::report;
  }
  // It was the baseline of every environment: what was shown of it there is evidence still, and
  // production does not wait for the others, which keep what they have.
  std::erase_if(plan.environments, [](const EnvironmentPlan& one) { return !one.customer_facing; });
  // A few requests of customers first, then everybody; what each stage had shown stands.
  for (EnvironmentPlan& one : plan.environments) one.stages = first_and_whole(one.stages);
  // Silence at the end must not send everybody to the release that somebody has just taken back.
  plan.keep_on_missing_validation = true;
  plan.contract_file = "return of " + done.id.text;
  // Bound to this very return: what happens to it is not held against the contract.
  plan.contract_revision = sha256("return " + done.id.text);
  return plan;
}

std::vector<ClauseVerdict> clauses_of_return(const Service& service) {
  const Delivery& done = *service.done;
  const std::string reused = "reused: the same digest was " + served_before(service, done.replaced);
  std::vector<ClauseVerdict> clauses;
  for (auto [clause, verdict] : done.clauses) {
    if (clause >= Clause::post_health) continue;
    const bool about_the_way = clause == Clause::progression_order ||
                               clause == Clause::progression_health ||
                               clause == Clause::plan_stages;
    if (about_the_way && verdict.verdict == Verdict::pass) verdict.why = reused;
    clauses.push_back(std::move(verdict));
  }
  return clauses;
}

}  // namespace sluice::core
