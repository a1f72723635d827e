#include "support/delivery_rig.h"

#include <doctest/doctest.h>

namespace sluice::testing {
namespace {

std::vector<EnvironmentName> names_of(const Policy& policy) {
  std::vector<EnvironmentName> names;
  for (const EnvironmentSpec& environment : policy.environments) names.push_back(environment.name);
  return names;
}

// Short stages and windows: virtual time costs steps.
Policy brisk_policy() {
  Policy policy = complete_policy();
  policy.parameters.validation_window_ms = 10 * kSecondMs;
  policy.deadlines.silence_ms = 5 * kSecondMs;
  policy.deadlines.evidence_ms = kMinuteMs;
  for (EnvironmentSpec& environment : policy.environments) {
    for (Stage& stage : environment.stages) stage.soak_ms = kSecondMs;
  }
  return policy;
}

}  // namespace

DeliveryRig::DeliveryRig(Journal& journal)
    : world(names_of(brisk_policy())), policy(brisk_policy()), journal_(journal) {
  restart();
}
DeliveryRig::~DeliveryRig() = default;

void DeliveryRig::restart() { REQUIRE(reopen()); }

Result<void> DeliveryRig::reopen() {
  engine_.reset();
  drafts.to_seal.clear();  // died with the process
  adapters_.clear();
  change_log_ = world.change_log_adapter();
  notifier_ = world.notifier();
  clock_ = world.clock();
  engine::Ports ports{.journal = &journal_,
                      .clock = clock_.get(),
                      .change_log = change_log_.get(),
                      .evidence = &evidence,
                      .drafts = &drafts,
                      .notifier = notifier_.get(),
                      .flags = &flags};
  for (const EnvironmentSpec& spec : policy.environments) {
    adapters_.push_back(world.adapters(spec.name.text));
    const FakeWorld::Adapters& made = adapters_.back();
    TelemetrySource* source = telemetry ? telemetry(spec.name) : made.telemetry.get();
    ports.environments.push_back({.name = spec.name,
                                  .router = made.router.get(),
                                  .deployer = made.deployer.get(),
                                  .probe = made.probe.get(),
                                  .smoke = made.smoke.get(),
                                  .telemetry = spec.judged ? source : nullptr,
                                  .alerts = spec.alerts ? made.alerts.get() : nullptr,
                                  .gauges = spec.prometheus ? made.gauges.get() : nullptr,
                                  .load = spec.load ? made.load.get() : nullptr,
                                  .servers = 5});
  }
  auto opened = engine::Engine::open(std::move(ports), policy);
  if (!opened) return std::unexpected(opened.error());
  engine_ = std::move(*opened);
  return {};
}

void DeliveryRig::step(std::int64_t ms) {
  const Result<void> stepped = engine_->step();
  REQUIRE(stepped);
  world.now = world.now + ms;
}

bool DeliveryRig::run_until(const std::function<bool()>& done, std::int64_t ms_max) {
  const Tick end = world.now + ms_max;
  while (world.now < end) {
    if (done()) return true;
    step();
  }
  return done();
}

Release DeliveryRig::release(const std::string& id) {
  Release release{.id = id, .title = "Storefront " + id};
  release.artifacts.push_back({"server", "build/storefront", sha256(id)});
  release.digest = release_digest(release);
  return release;
}

void DeliveryRig::adopt(const std::string& id) {
  const Result<void> begun = engine_->adopt(release(id));
  REQUIRE(begun);
  const bool ended = run_to_the_end();
  REQUIRE(ended);
}

Contract DeliveryRig::contract(const std::string& id) {
  Contract contract = complete_contract();
  contract.release_id = id;
  contract.revision_digest = sha256("contract of " + id);
  for (ContractArtifact& artifact : contract.artifacts) artifact.digest_text.clear();
  for (PlannedStage& stage : contract.stages) {
    if (stage.soak_ms) stage.soak_ms = 2 * kSecondMs;
  }
  contract.author = "Cleo Marsh";
  return contract;
}

void DeliveryRig::pass_quality(const std::string& id) {
  std::vector<Evidence> examined = examined_quality(policy);
  for (Evidence& one : examined) {
    const auto kept = evidence.keep(one.source + " of " + id);
    REQUIRE(kept);
    one.bytes = *kept;
  }
  const auto recorded = engine_->record({.contract = contract(id),
                                         .release = release(id),
                                         .speaker = {"quality", 2001},
                                         .examined = std::move(examined)});
  REQUIRE(recorded);
}

engine::Admission DeliveryRig::deliver(const std::string& id, bool supersede) {
  pass_quality(id);
  auto admission = engine_->deliver(
      {.contract = contract(id), .release = release(id), .by = "ana", .supersede = supersede});
  REQUIRE(admission);
  return *std::move(admission);
}

engine::Admission DeliveryRig::drill(const std::string& id) {
  auto admission = engine_->deliver(
      {.contract = contract(id), .release = release(id), .by = "ana", .drill = true});
  REQUIRE(admission);
  return *std::move(admission);
}

}  // namespace sluice::testing
