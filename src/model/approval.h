// Approval and exception: what a person decided about one release, and what the decision is bound
// to. Changed things were not decided about: a new digest, a new revision of the contract or
// another sluice.yaml needs a new decision.
#pragma once

#include <string>

#include "base/digest.h"
#include "base/id.h"
#include "base/tick.h"
#include "model/clause.h"
#include "model/verdict.h"

namespace sluice {

struct Approval {
  Digest evidence;  // the record of it
  Digest release;
  Digest contract_revision;
  Digest policy;
  EnvironmentName environment;
  std::string name;  // the person, as sluice.yaml calls them
  std::string user;  // "ana (uid 1000)": who the operating system says it was
  friend bool operator==(const Approval&, const Approval&) = default;
};

// About one INCONCLUSIVE clause, and about this very finding of its gate.
struct Exception {
  Digest evidence;  // the record of it, which expires
  Digest release;
  Clause clause = Clause::pre_contract;
  Digest finding;
  std::string reason;
  std::string name;
  std::string user;
  friend bool operator==(const Exception&, const Exception&) = default;
};

// Of clause, verdict, code and reason: what was found otherwise was not decided about.
[[nodiscard]] Digest finding_digest(const ClauseVerdict& verdict);

}  // namespace sluice
