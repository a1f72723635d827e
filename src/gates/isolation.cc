// progression.isolated: no two environments share what they run on.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"
#include "gates/shared_things.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

void report_shared(Findings& findings, const Use& one, const Use& two) {
  findings.fail("shared",
                fmt::format("the {} of {} and the {} of {} are the same {}", one.role,
                            quoted(one.environment->text), two.role, quoted(two.environment->text),
                            one.thing),
                "give each environment its own in sluice.yaml");
}

// Each use beside the last one of another environment: of what three share, two pairs are named.
void compare(Findings& findings, std::vector<Use> uses) {
  std::ranges::stable_sort(uses, {}, &Use::thing);
  for (std::size_t i = 1; i < uses.size(); ++i) {
    const bool same = uses[i - 1].thing == uses[i].thing;
    const bool elsewhere = uses[i - 1].environment != uses[i].environment;
    if (same && elsewhere) report_shared(findings, uses[i - 1], uses[i]);
  }
}

// Two sockets may lead to one process, which only shows while it runs: the gate compares what
// answered, and says how many did.
void look_at_routers(Findings& findings, std::vector<Use>& uses, const Facts& facts) {
  if (facts.routers == nullptr || facts.routers->empty()) return;
  int answered = 0;
  for (const RunningRouter& router : *facts.routers) {
    const auto environment =
        std::ranges::find(facts.policy.environments, router.environment, &EnvironmentSpec::name);
    if (router.process.empty() || environment == facts.policy.environments.end()) continue;
    ++answered;
    uses.push_back(
        {"HAProxy process " + printable(router.process, 120), "HAProxy", &environment->name});
  }
  findings.note(fmt::format("{} of {} HAProxy processes answered which they are", answered,
                            facts.routers->size()));
}

// What an environment without which there is nothing to compare, or which another would have to
// lend it.
void require_own(Findings& findings, const EnvironmentSpec& environment) {
  const auto need = [&](bool there, std::string_view what, std::string_view key) {
    if (there) return;
    findings.fail("not_wired", fmt::format("{} has no {}", quoted(environment.name.text), what),
                  fmt::format("set `{}` in sluice.yaml", key));
  };
  const ProcessSpec& process = environment.process;
  const bool deployer =
      !process.command.empty() && !process.ports_a.empty() && !process.ports_b.empty();
  need(deployer, "deployer of its own with ports for both slots", "process");
  need(!environment.probe.path.empty(), "probe of its own", "probe.path");
  need(!environment.entrance.empty(), "entrance", "entrance");
  need(!environment.haproxy.socket.empty(), "HAProxy socket", "haproxy.socket");
  need(!environment.haproxy.map.empty(), "map file", "haproxy.map");
}

}  // namespace

ClauseVerdict progression_isolated(const Facts& facts) {
  Findings findings(Clause::progression_isolated);
  const auto& environments = facts.policy.environments;
  std::vector<Use> uses;
  for (const EnvironmentSpec& environment : environments) {
    require_own(findings, environment);
    for (Use& use : uses_of(environment)) uses.push_back(std::move(use));
  }
  look_at_routers(findings, uses, facts);
  if (environments.size() < 2) {
    findings.fail("too_few_environments", "there are not two environments to keep apart",
                  "describe development, staging and production in sluice.yaml");
  }
  const int compared = static_cast<int>(uses.size());
  findings.looked_at(compared);
  compare(findings, std::move(uses));
  const bool databases = std::ranges::any_of(
      environments, [](const EnvironmentSpec& one) { return !one.databases.empty(); });
  if (!databases) findings.note("sluice.yaml names no database");
  return findings.verdict(
      fmt::format("compared {} addresses, ports, files and databases of {}: none is shared",
                  compared, count_text(environments.size(), "environment")));
}

}  // namespace sluice::gates
