// progression.order and progression.health, as far as they are known before the start.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/environments.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

constexpr std::string_view kDescribe =
    "describe development, staging and production in sluice.yaml, in this order, the last one "
    "customer-facing";

// The policy names three purposes: where code runs first, validation under production-like
// conditions, and customers.
void check_path(Findings& findings, const Policy& policy) {
  const auto& all = policy.environments;
  const auto first_customers = std::ranges::find(all, true, &EnvironmentSpec::customer_facing);
  if (first_customers == all.end()) {
    findings.fail("no_customer_facing", "no environment of sluice.yaml is customer-facing",
                  std::string(kDescribe));
    return;
  }
  const auto before = static_cast<std::size_t>(first_customers - all.begin());
  if (before < 2) {
    findings.fail(
        "too_few_environments",
        fmt::format("only {} before {} in sluice.yaml; the policy asks for development "
                    "and staging",
                    count_text(before, "environment"), quoted(first_customers->name.text)),
        std::string(kDescribe));
  }
  const bool staging = std::any_of(all.begin(), first_customers, [](const EnvironmentSpec& one) {
    return is_staging_like(one.name.text);
  });
  if (!staging) {
    findings.fail("no_staging",
                  fmt::format("no environment before {} is a staging by its name",
                              quoted(first_customers->name.text)),
                  std::string(kDescribe));
  }
  const auto behind = std::find_if(first_customers, all.end(),
                                   [](const EnvironmentSpec& one) { return !one.customer_facing; });
  if (behind != all.end()) {
    findings.fail("wrong_order",
                  fmt::format("{} comes after {}, which serves customers",
                              quoted(behind->name.text), quoted(first_customers->name.text)),
                  std::string(kDescribe));
  }
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// An empty list in the contract means all of them.
void check_contract_path(Findings& findings, const Contract& contract, const Policy& policy) {
  const std::vector<std::string> wanted = names_of(policy);
  std::vector<std::string> named;
  for (const std::string& name : contract.environments) named.push_back(to_lower_ascii(name));
  if (named.empty()) return;
  std::vector<std::string> wanted_lower;
  for (const std::string& name : wanted) wanted_lower.push_back(to_lower_ascii(name));

  const std::size_t problems_before = findings.failed() ? 1 : 0;
  bool all_known = true;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (holds(named, wanted_lower[i])) continue;
    all_known = false;
    findings.fail("environment_skipped",
                  fmt::format("the contract goes {} and skips {}", path_text(contract.environments),
                              quoted(wanted[i])),
                  fmt::format("let the section Environments of the contract name {}, or remove it",
                              path_text(wanted)));
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (holds(wanted_lower, named[i])) continue;
    all_known = false;
    findings.fail("environment_unknown",
                  fmt::format("the contract names the environment {}, which sluice.yaml does not "
                              "have",
                              quoted(contract.environments[i])),
                  fmt::format("the environments are {}", path_text(wanted)));
  }
  if (problems_before == 0 && all_known && named != wanted_lower) {
    findings.fail("wrong_order",
                  fmt::format("the contract goes {} instead of {}",
                              path_text(contract.environments), path_text(wanted)),
                  "name each environment once, in the order of sluice.yaml");
  }
}

}  // namespace

ClauseVerdict progression_order(const Facts& facts) {
  Findings findings(Clause::progression_order);
  const std::vector<std::string> names = names_of(facts.policy);
  findings.looked_at(static_cast<int>(names.size()));
  check_path(findings, facts.policy);
  check_contract_path(findings, facts.contract, facts.policy);
  return findings.verdict(
      fmt::format("the same digest will go {}, none skipped", path_text(names)));
}

ClauseVerdict progression_health(const Facts& facts) {
  Findings findings(Clause::progression_health);
  std::size_t judged = 0;
  std::size_t loaded = 0;
  for (const EnvironmentSpec& environment : facts.policy.environments) {
    findings.looked_at();
    if (environment.judged) ++judged;
    if (environment.load) ++loaded;
    const std::string name = quoted(environment.name.text);
    if (environment.probe.path.empty()) {
      findings.fail("no_probe", fmt::format("{} has no probe", name),
                    "set `probe.path` of the environment in sluice.yaml");
    }
    if (!environment.judged && is_staging_like(environment.name.text)) {
      findings.fail("not_under_load",
                    fmt::format("{} validates under production-like conditions, but no traffic is "
                                "judged there",
                                name),
                    "add `judged: true` to the environment in sluice.yaml, and a `load` where no "
                    "traffic comes by itself");
    }
    if (environment.smoke.empty() && !environment.judged) {
      findings.fail("no_evidence_of_health",
                    fmt::format("{} has neither smoke tests nor judged traffic", name),
                    "add `smoke` tests to the environment in sluice.yaml, or judge its traffic");
    }
  }
  return findings.verdict(
      fmt::format("promotion out of each of {} will need passing probes, and smoke tests or judged "
                  "traffic; {} judged, {} of them under load",
                  count_text(facts.policy.environments.size(), "environment"),
                  judged == 1 ? "1 is" : fmt::format("{} are", judged), loaded));
}

}  // namespace sluice::gates
