// How events and effects are written; see codec/archive.h.
#pragma once

#include "codec/archive.h"
#include "codec/evidence_fields.h"
#include "codec/plan_fields.h"
#include "codec/verdict_fields.h"
#include "model/effect.h"
#include "model/event.h"

namespace sluice::codec {

template <>
struct Alternatives<Effect> {
  static constexpr std::string_view kKey = "effect";
  [[nodiscard]] static std::string_view name(const Effect& effect);
};

template <>
struct Alternatives<Event> {
  static constexpr std::string_view kKey = "event";
  [[nodiscard]] static std::string_view name(const Event& event) { return name_of(event); }
};

template <class Archive>
void fields(Archive& archive, Of<Archive, StartSlot>& effect) {
  archive("environment", effect.environment);
  archive("slot", effect.slot);
  archive("release", effect.release);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, SetShare>& effect) {
  archive("environment", effect.environment);
  archive("baseline", effect.baseline);
  archive("share_bp", effect.share);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, DrainSlot>& effect) {
  archive("environment", effect.environment);
  archive("slot", effect.slot);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, StopSlot>& effect) {
  archive("environment", effect.environment);
  archive("slot", effect.slot);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, RunSmoke>& effect) {
  archive("environment", effect.environment);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, WriteChangeLog>& effect) {
  archive("delivery", effect.delivery);
  archive("line", effect.line);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Notify>& effect) {
  archive("delivery", effect.delivery);
  archive("subject", effect.subject);
  archive("text", effect.text);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, KeepEvidence>& effect) {
  archive("statement", effect.statement);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, AdoptionStarted>& event) {
  archive("service", event.service);
  archive("release", event.release);
  archive("environments", event.environments);
  archive("generation", event.generation);
  archive("deadline_ms", event.deadline_ms);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, BaselineAdopted>& event) {
  archive("release", event.release);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, AdoptionFailed>& event) {
  archive("detail", event.detail);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, DeliveryRefused>& event) {
  archive("release_id", event.release_id);
  archive("contract_revision", event.contract_revision);
  archive("clauses", event.clauses);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, DeliveryStarted>& event) {
  archive("delivery", event.delivery);
  archive("generation", event.generation);
  archive("plan", event.plan);
  archive("clauses", event.clauses);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, DeliveryRequested>& event) {
  archive("delivery", event.delivery);
  archive("by", event.by);
  archive("plan", event.plan);
  archive("clauses", event.clauses);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, RequestDropped>& event) {
  archive("delivery", event.delivery);
  archive("by", event.by);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, NotedAlert>& alert) {
  archive("fingerprint", alert.fingerprint);
  archive("started_unix_ms", alert.started);
  archive("name", alert.name);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, AlertsNoted>& event) {
  archive("environment", event.environment);
  archive("alerts", event.alerts);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EffectIntended>& event) {
  archive("effect_id", event.effect_id);
  archive("generation", event.generation);
  archive("effect", event.effect);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EffectObserved>& event) {
  archive("effect_id", event.effect_id);
  archive("detail", event.detail);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EffectResisted>& event) {
  archive("effect_id", event.effect_id);
  archive("detail", event.detail);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, StageEntered>& event) {
  archive("environment", event.environment);
  archive("stage", event.stage);
  archive("share_bp", event.share);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, ShareCut>& event) {
  archive("environment", event.environment);
  archive("stage", event.stage);
  archive("from_bp", event.from);
  archive("to_bp", event.to);
  archive("detail", event.detail);
  archive("generation", event.generation);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, StagePassed>& event) {
  archive("environment", event.environment);
  archive("stage", event.stage);
  archive("soaked_ms", event.soaked_ms);
  archive("readings", event.readings);
  archive("evidence", event.evidence);
  archive("canary", event.canary);
  archive("baseline", event.baseline);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, SmokeReported>& event) {
  archive("environment", event.environment);
  archive("passed", event.passed);
  archive("tests", event.tests);
  archive("detail", event.detail);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EnvironmentPassed>& event) {
  archive("environment", event.environment);
  archive("release", event.release);
  archive("evidence", event.evidence);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, ValidationStarted>& event) {
  archive("environment", event.environment);
  archive("window_ms", event.window_ms);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, ClauseDecided>& event) {
  archive("verdict", event.verdict);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, StoodStill>& event) {
  archive("reason", event.reason);
  archive("detail", event.detail);
  archive("deadline_unix_ms", event.deadline);
}

template <class Archive>
void fields(Archive& /*archive*/, Of<Archive, SoakCounted>& /*event*/) {}

template <class Archive>
void fields(Archive& archive, Of<Archive, Paused>& event) {
  archive("by", event.by);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Resumed>& event) {
  archive("by", event.by);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, RollbackStarted>& event) {
  archive("cause", event.cause);
  archive("trigger", event.trigger);
  archive("environment", event.environment);
  archive("stage", event.stage);
  archive("detail", event.detail);
  archive("generation", event.generation);
  archive("canary", event.canary);
  archive("baseline", event.baseline);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, RollbackBlocked>& event) {
  archive("detail", event.detail);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, RoutingDrifted>& event) {
  archive("environment", event.environment);
  archive("expected", event.expected);
  archive("found", event.found);
  archive("generation", event.generation);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, GuardTookOver>& event) {
  archive("generation", event.generation);
  archive("at_unix_ms", event.at);
  archive("detail", event.detail);
}

template <class Archive>
void fields(Archive& /*archive*/, Of<Archive, SupervisionResumed>& /*event*/) {}

template <class Archive>
void fields(Archive& /*archive*/, Of<Archive, RolesSwapped>& /*event*/) {}

template <class Archive>
void fields(Archive& archive, Of<Archive, MinuteCounts>& counts) {
  archive("minute", counts.minute);
  archive("requests", counts.requests);
  archive("errors", counts.errors);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Burn>& burn) {
  archive("objective", burn.objective);
  archive("computed", burn.computed);
  archive("burning", burn.burning);
  archive("service", burn.service);
  archive("canary", burn.canary);
  archive("highest", burn.highest);
  archive("data_minutes", burn.data_minutes);
  archive("highest_minutes", burn.highest_minutes);
  archive("minutes", burn.minutes);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, BaselineCounted>& event) {
  archive("environment", event.environment);
  archive("counts", event.counts);
  archive.added("clustering", event.clustering);
  archive.added("burn", event.burn);
}

template <class Archive>
void fields(Archive& /*archive*/, Of<Archive, DeliveryDone>& /*event*/) {}

template <class Archive>
void fields(Archive& /*archive*/, Of<Archive, DeliveryRolledBack>& /*event*/) {}

template <class Archive>
void fields(Archive& archive, Of<Archive, DeliveryAborted>& event) {
  archive("by", event.by);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EvidenceRecorded>& event) {
  archive("evidence", event.evidence);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EvidenceRevoked>& event) {
  archive("evidence", event.evidence);
  archive("by", event.by);
  archive("reason", event.reason);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, ApprovalGiven>& event) {
  archive("approval", event.approval);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, ExceptionMade>& event) {
  archive("exception", event.exception);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, DrillStarted>& event) {
  archive("environment", event.environment);
  archive("baseline", event.baseline);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, DrillEnded>& event) {
  archive("environment", event.environment);
  archive("release", event.release);
  archive("baseline", event.baseline);
  archive("took_ms", event.took_ms);
  archive("evidence", event.evidence);
}

}  // namespace sluice::codec
