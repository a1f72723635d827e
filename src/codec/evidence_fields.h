// How evidence, approvals and exceptions are written; see codec/archive.h.
#pragma once

#include "codec/archive.h"
#include "model/approval.h"
#include "model/evidence.h"

namespace sluice::codec {

template <class Archive>
void fields(Archive& archive, Of<Archive, Assessed>& assessed) {
  archive("domain", assessed.domain);
  archive("proof", assessed.proof);
  archive("verdict", assessed.verdict);
  archive("code", assessed.code);
  archive("why", assessed.why);
  archive("remedy", assessed.remedy);
  archive("looked_at", assessed.looked_at);
  archive("rule", assessed.rule);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Evidence>& evidence) {
  archive("id", evidence.id);
  archive("kind", evidence.kind);
  archive("about", evidence.about);
  archive("by", evidence.by);
  archive("source", evidence.source);
  archive("observed_unix_ms", evidence.observed);
  archive("valid_until_unix_ms", evidence.valid_until);
  archive("bytes", evidence.bytes);
  archive.added("series", evidence.series);
  archive.added("assessed", evidence.assessed);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Approval>& approval) {
  archive("evidence", approval.evidence);
  archive("release", approval.release);
  archive("contract_revision", approval.contract_revision);
  archive("policy", approval.policy);
  archive("environment", approval.environment);
  archive("name", approval.name);
  archive("user", approval.user);
}

template <class Archive>
void fields(Archive& archive, Of<Archive, Exception>& exception) {
  archive("evidence", exception.evidence);
  archive("release", exception.release);
  archive("clause", exception.clause);
  archive("finding", exception.finding);
  archive("reason", exception.reason);
  archive("name", exception.name);
  archive("user", exception.user);
}

}  // namespace sluice::codec
