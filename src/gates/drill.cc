// pre.rollback.tested: the rollback of this release was really performed where no customer is.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/drill_verdict.h"
#include "gates/environments.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

ClauseVerdict open_verdict(std::string_view code, std::string why, std::string remedy) {
  return {.clause = Clause::pre_rollback_tested,
          .verdict = Verdict::inconclusive,
          .code = std::string(code),
          .why = std::move(why),
          .remedy = std::move(remedy)};
}

Digest baseline_in(const Service& service, const EnvironmentName& name) {
  const auto found = std::ranges::find(service.environments, name, &EnvironmentState::name);
  return found == service.environments.end() ? Digest{} : found->baseline_release;
}

// The newest of this release in this place. Going back to another baseline was another rollback.
const DrillEnded* newest(const Facts& facts, const EnvironmentSpec& place) {
  const Digest baseline = baseline_in(facts.service, place.name);
  for (std::size_t i = facts.service.drills.size(); i-- > 0;) {
    const DrillEnded& one = facts.service.drills[i];
    if (one.environment == place.name && one.release == facts.release.digest &&
        one.baseline == baseline) {
      return &one;
    }
  }
  return nullptr;
}

ClauseVerdict to_be_rehearsed(const Facts& facts, const EnvironmentSpec& place,
                              const std::string& why) {
  return open_verdict(
      kDrilledInStaging,
      fmt::format("{}; `deliver` rehearses it in {} before customers get a share; {}", why,
                  quoted(place.name.text), claim_text(to_text(facts.contract.rollback.tested))),
      "nothing to do before a delivery; `sluice drill CONTRACT` rehearses it by itself");
}

ClauseVerdict without_place(const Facts& facts) {
  const std::string claimed = claim_text(to_text(facts.contract.rollback.tested));
  const std::string& named = facts.policy.drill_environment.text;
  if (!named.empty()) {
    return open_verdict(
        "no_place",
        fmt::format("`drill_in` is {}, which is no environment before customers; {}", quoted(named),
                    claimed),
        "let `drill_in` in sluice.yaml name an environment before production");
  }
  return open_verdict(
      "no_place",
      "there is no environment before customers in which the rollback could be rehearsed; " +
          claimed,
      "add an environment such as `staging` before production in sluice.yaml");
}

}  // namespace

ClauseVerdict pre_rollback_tested(const Facts& facts) {
  const EnvironmentSpec* place = drill_place(facts.policy);
  if (place == nullptr) return without_place(facts);
  const DrillEnded* drill = newest(facts, *place);
  if (drill == nullptr) {
    return to_be_rehearsed(facts, *place, "the rollback of this release was not rehearsed yet");
  }
  const std::string lost = why_not_valid(facts.service.evidence, {drill->evidence}, facts.now);
  if (!lost.empty()) return to_be_rehearsed(facts, *place, "the last rehearsal is " + lost);
  return drill_verdict(
      *drill, {facts.contract.rollback.estimate_ms.value_or(0),
               std::string(to_text(facts.contract.rollback.tested)), facts.policy.fallback});
}

}  // namespace sluice::gates
