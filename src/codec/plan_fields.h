// How a release and a plan are written; see codec/archive.h.
#pragma once

#include "codec/archive.h"
#include "model/plan.h"
#include "model/release.h"

namespace sluice::codec {

template <class Archive>
void fields(Archive& archive, Of<Archive, Artifact>& artifact) {
  archive("name", artifact.name);
  archive("location", artifact.location);
  archive("digest", artifact.digest);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Release>& release) {
  archive("id", release.id);
  archive("title", release.title);
  archive("digest", release.digest);
  archive("artifacts", release.artifacts);
  archive.added("configuration", release.configuration);
  archive.added("migrations", release.migrations);
  archive.added("flags", release.flags);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Stage>& stage) {
  archive("name", stage.name);
  archive("share_bp", stage.share);
  archive("soak_ms", stage.soak_ms);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Parameters>& parameters) {
  archive("max_error_rate_increase", parameters.max_error_rate_increase);
  archive("error_rate_target", parameters.error_rate_target);
  archive.added("availability", parameters.availability);
  archive("p99_target_ms", parameters.p99_target_ms);
  archive("validation_window_ms", parameters.validation_window_ms);
  archive("false_rollback_probability", parameters.false_rollback_probability);
  archive("false_promotion_probability", parameters.false_promotion_probability);
  archive("grace_ms", parameters.grace_ms);
  archive("evidence_paced", parameters.evidence_paced);
  archive.added("latency_against_baseline", parameters.latency_against_baseline);
  archive.added("gauges_against_baseline", parameters.gauges_against_baseline);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Deadlines>& deadlines) {
  archive("deploy_ms", deadlines.deploy_ms);
  archive("shift_ms", deadlines.shift_ms);
  archive("evidence_ms", deadlines.evidence_ms);
  archive("silence_ms", deadlines.silence_ms);
  archive("smoke_ms", deadlines.smoke_ms);
  archive("pause_ms", deadlines.pause_ms);
  archive("drain_ms", deadlines.drain_ms);
  archive("rollback_ms", deadlines.rollback_ms);
  archive("finish_ms", deadlines.finish_ms);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EnvironmentPlan>& environment) {
  archive("name", environment.name);
  archive("customer_facing", environment.customer_facing);
  archive("judged", environment.judged);
  archive("smoke", environment.smoke);
  archive("alerts", environment.alerts);
  archive.added("load_requests_min", environment.load_requests_min);
  archive("stages", environment.stages);
  archive.added("drill", environment.drill);
  archive.added("gauges", environment.gauges);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Plan>& plan) {
  archive("service", plan.service);
  archive("release", plan.release);
  archive("contract_file", plan.contract_file);
  archive("contract_revision", plan.contract_revision);
  archive("policy_digest", plan.policy_digest);
  archive("environments", plan.environments);
  archive("parameters", plan.parameters);
  archive("deadlines", plan.deadlines);
  archive("keep_on_missing_validation", plan.keep_on_missing_validation);
  archive("fallback", plan.fallback);
  archive("notify", plan.notify);
  archive("returns", plan.returns);
  archive.added("flags", plan.flags);
  archive.added("drill", plan.drill);
  archive.added("rollback_estimate_ms", plan.rollback_estimate_ms);
  archive.added("rollback_claim", plan.rollback_claim);
  archive.added("drill_valid_ms", plan.drill_valid_ms);
}

}  // namespace sluice::codec
