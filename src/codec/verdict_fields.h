// How verdicts, readings and counts are written; see codec/archive.h.
#pragma once

#include "codec/archive.h"
#include "model/event.h"
#include "model/reading.h"
#include "model/verdict.h"

namespace sluice::codec {

template <class Archive>
void fields(Archive& archive, Of<Archive, ClauseVerdict>& verdict) {
  archive("clause", verdict.clause);
  archive("verdict", verdict.verdict);
  archive("code", verdict.code);
  archive("why", verdict.why);
  archive("remedy", verdict.remedy);
  archive("looked_at", verdict.looked_at);
  archive.added("evidence", verdict.evidence);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, CriterionVerdict>& verdict) {
  archive("criterion", verdict.criterion);
  archive("verdict", verdict.verdict);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, DeliveryVerdict>& verdict) {
  archive("overall", verdict.overall);
  archive("criteria", verdict.criteria);
  archive("clauses", verdict.clauses);
  archive("evaluated", verdict.evaluated);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, TriggerReading>& reading) {
  archive("reading", reading.reading);
  archive("evidence", reading.evidence);
}

// One member for each trigger, by its name.
template <class Archive>
void fields(Archive& archive, Of<Archive, Readings>& readings) {
  for (const Trigger trigger : kTriggers) archive(to_text(trigger), readings.of(trigger));
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Counts>& counts) {
  archive("requests", counts.requests);
  archive("errors", counts.errors);
  archive("over_target", counts.over_target);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, ClusterSums>& sums) {
  archive("spread", sums.spread);
  archive("events", sums.events);
  archive("variance", sums.variance);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Clustering>& clustering) {
  archive.added("errors_by_group", clustering.errors_by_group);
  archive.added("errors_by_client", clustering.errors_by_client);
  archive.added("slow_by_group", clustering.slow_by_group);
  archive.added("slow_by_client", clustering.slow_by_client);
}

}  // namespace sluice::codec
