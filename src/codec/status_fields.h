// How a status is written; see codec/archive.h.
#pragma once

#include "codec/archive.h"
#include "codec/verdict_fields.h"
#include "model/service.h"
#include "model/status.h"

namespace sluice::codec {

template <class Archive>
void fields(Archive& archive, Of<Archive, Standing>& standing) {
  archive("reason", standing.reason);
  archive("detail", standing.detail);
  archive("since_unix_ms", standing.since);
  archive("deadline_unix_ms", standing.deadline);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, ArmStatus>& arm) {
  archive("counts", arm.counts);
  archive.added("requests_per_second", arm.requests_per_second);
  archive("error_low", arm.error_low);
  archive("error_high", arm.error_high);
  archive("over_target_low", arm.over_target_low);
  archive("over_target_high", arm.over_target_high);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, JudgeStatus>& judge) {
  archive("judged", judge.judged);
  archive("has_baseline", judge.has_baseline);
  archive("harm_odds", judge.harm_odds);
  archive("harm_odds_line", judge.harm_odds_line);
  archive("blame", judge.blame);
  archive("promotion_odds", judge.promotion_odds);
  archive("promotion_odds_line", judge.promotion_odds_line);
  archive("promotion_missing", judge.promotion_missing);
  archive("groups", judge.groups);
  archive.added("latency", judge.latency);
  archive.added("gauges", judge.gauges);
  archive.added("gauges_trouble", judge.gauges_trouble);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, EnvironmentStatus>& environment) {
  archive("name", environment.name);
  archive("share_bp", environment.share);
  archive("passed", environment.passed);
  archive("current", environment.current);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Status>& status) {
  archive("service", status.service);
  archive("now_unix_ms", status.now);
  archive("delivering", status.delivering);
  archive("delivery", status.delivery);
  archive("release_id", status.release_id);
  archive("release_title", status.release_title);
  archive("release", status.release);
  archive("phase", status.phase);
  archive("started_unix_ms", status.started);
  archive("ended_unix_ms", status.ended);
  archive("environments", status.environments);
  archive("environment", status.environment);
  archive("stage", status.stage);
  archive("stages", status.stages);
  archive("stage_name", status.stage_name);
  archive("stage_share_bp", status.stage_share);
  archive("soak_left_ms", status.soak_left_ms);
  archive("standing", status.standing);
  archive("never_gives_up", status.never_gives_up);
  archive("paused", status.paused);
  archive("readings", status.readings);
  archive("canary", status.canary);
  archive("baseline", status.baseline);
  archive("judge", status.judge);
  archive.added("burn", status.burn);
  archive("rollback", status.rollback);
  archive("rollback_blocked", status.rollback_blocked);
  archive("resisting", status.resisting);
  archive("requested", status.requested);
  archive("adoption", status.adoption);
  archive("last_seq", status.last_seq);
}

}  // namespace sluice::codec
