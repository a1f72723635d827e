// A complete contract, the policy it goes out under, the release it describes and a service that
// was adopted: all gates that exist let them through. Each test changes one thing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/contract.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/release.h"
#include "model/service.h"
#include "testing/quality.h"

namespace sluice::testing {

inline PlannedStage planned(std::string name, Share share, std::optional<std::int64_t> soak_ms,
                            int line) {
  return {.name = std::move(name),
          .share = share,
          .share_text = std::to_string(share.bp() / 100) + "%",
          .soak_ms = soak_ms,
          .soak_text = soak_ms ? std::to_string(*soak_ms) + "ms" : "Ongoing",
          .health_criteria = "Error rate < baseline + 1 %",
          .rollback_trigger = "Auto-rollback on any critical alert",
          .at = {line, 1}};
}

inline RollbackSection rollback_section() {
  return {.present = true,
          .mechanism = "Sluice puts the traffic back to the previous slot",
          .tested = Claim::yes,
          .tested_text = "yes",
          .estimate_ms = 5 * kMinuteMs,
          .estimate_text = "< 5 minutes",
          .data_rollback = "no",
          .at = {40, 1}};
}

inline Contract complete_contract() {
  Contract contract{.file = "work/releases/2026-11-23-storefront.md",
                    .revision_digest = sha256("contract, revision 1"),
                    .title = "Storefront 1.4.0",
                    .is_contract = true,
                    .release_id = "REL-2026-008",
                    .release_id_at = {3, 1},
                    .status = "approved",
                    .status_at = {4, 1},
                    .created = "2026-11-20",
                    .revision = "1",
                    .release_manager = "Ana Kovač",
                    .release_manager_at = {7, 1},
                    .author = "Cleo Marsh"};
  contract.summary = "The basket keeps its content for a week.";
  contract.changes = {{.text = "Basket survives the session",
                       .type = ChangeType::improvement,
                       .type_text = "improvement",
                       .mission = "MISSION-2026-015",
                       .quality_verdict = "PASS",
                       .at = {18, 1}},
                      {.text = "Price rounds half up",
                       .type = ChangeType::fix,
                       .type_text = "fix",
                       .mission = "MISSION-2026-015",
                       .quality_verdict = "PASS",
                       .at = {19, 1}}};
  contract.commits = "v1.3.0..v1.4.0";
  contract.history = ChangeHistory{.commits = {{std::string(40, 'a'), "Keep the basket",
                                                "Keep the basket\n\nMISSION-2026-015"}}};
  contract.breaking = false;
  contract.stages = {planned("Canary", Share(500), 10 * kMinuteMs, 30),
                     planned("Early Adopters", Share(2'500), 10 * kMinuteMs, 31),
                     planned("General", Share(5'000), 10 * kMinuteMs, 32),
                     planned("Full", Share::whole(), std::nullopt, 33)};
  contract.rollback = rollback_section();
  contract.pre_deployment = {{"Release contract reviewed by human", true, {50, 1}}};
  contract.post_deployment = {{"Smoke tests passing", false, {60, 1}}};
  contract.approvals = {{"Release Manager approval", false, {70, 1}}};
  contract.artifacts = {{.name = "server", .location = "build/storefront", .at = {24, 1}}};
  return contract;
}

inline Release release_of_contract() {
  Release release{.id = "REL-2026-008", .title = "Storefront 1.4.0"};
  release.artifacts = {{"server", "build/storefront", sha256("storefront 1.4.0")}};
  release.digest = release_digest(release);
  return release;
}

// `number` keeps the ports and files of one environment apart from those of another.
inline EnvironmentSpec environment_spec(const std::string& name, int number) {
  const int base = 20'000 + 100 * number;
  EnvironmentSpec environment{.name = {name}};
  environment.entrance = "http://127.0.0.1:" + std::to_string(base);
  environment.process.command = {"{artifact.server}", "--port", "{port}"};
  environment.process.ports_a = {base + 10, base + 11};
  environment.process.ports_b = {base + 20, base + 21};
  environment.haproxy = {.socket = "run/" + name + ".sock",
                         .map = "run/" + name + ".map",
                         .log_listen = "127.0.0.1:" + std::to_string(base + 30),
                         .backend_prefix = "storefront"};
  environment.stages = {{"All at once", Share::whole(), kMinuteMs}};
  environment.smoke = {{"front page", "/", 200, "Storefront"}};
  environment.databases = {"postgres://127.0.0.1/storefront_" + name};
  return environment;
}

// development, staging and production; staging is judged, production customer-facing with alerts.
inline Policy complete_policy() {
  Policy policy{.file = "sluice.yaml", .digest = sha256("sluice.yaml"), .service = {"storefront"}};
  policy.environments = {environment_spec("development", 0), environment_spec("staging", 1),
                         environment_spec("production", 2)};
  policy.people = {{.name = "Cleo Marsh", .user = "cleo", .domains = {}}};
  policy.evaluators = {quality_evaluator()};
  policy.environments[1].judged = true;
  EnvironmentSpec& production = policy.environments[2];
  production.judged = true;
  production.customer_facing = true;
  production.stages.clear();
  production.alerts = AlertSpec{.url = "http://127.0.0.1:9093"};
  return policy;
}

// A baseline in slot a of every environment of the policy, and passing evidence about the release
// of the contract; nothing was delivered yet.
inline Service adopted_service(const Policy& policy) {
  Release baseline{.id = "REL-2026-007", .title = "Storefront 1.3.0"};
  baseline.artifacts = {{"server", "build/storefront", sha256("storefront 1.3.0")}};
  baseline.digest = release_digest(baseline);
  Service service{.name = policy.service, .generation = 1};
  for (const EnvironmentSpec& environment : policy.environments) {
    service.environments.push_back({.name = environment.name, .baseline_release = baseline.digest});
  }
  service.releases = {std::move(baseline)};
  for (Evidence& evidence : passing_quality(policy, release_of_contract().digest)) {
    service.evidence.records.push_back({std::move(evidence), {}});
  }
  return service;
}

}  // namespace sluice::testing
