// Evidence about the quality of a release: who may bring it, and which of it counts now.
//
// Pure. A PASS counts when it is about this very release, neither revoked nor expired, assessed
// under the rules of today's sluice.yaml, and by an evaluator with the domain who is not an author
// of the release. Newer evidence of the same series takes the place of older. A FAIL counts until
// that happens, or until somebody who may evaluate revokes it: not the author, and not by waiting.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gates/decisions.h"
#include "gates/start_gates.h"
#include "model/evidence.h"

namespace sluice::gates {

// Everybody who may evaluate: the evaluators of sluice.yaml, and its people with their domains.
[[nodiscard]] std::vector<Evaluator> evaluators_of(const Policy& policy);

// Whether sluice.yaml knows them, as a person or as an evaluator.
[[nodiscard]] bool is_known(const Policy& policy, const Speaker& speaker);

// Those whose keys do not count for this release, by name.
[[nodiscard]] std::vector<std::string> evaluating_authors(const Policy& policy,
                                                          const Contract& contract);

// What was examined, as the record that the speaker brings: complete, with its id. The record that
// is there already where it was brought before. `rejected` where they may not evaluate this, where
// its bytes were revoked, or where it comes from the future; `invalid_input` for what was not
// assessed.
[[nodiscard]] Result<Evidence> evidence_by(const Facts& facts, const Speaker& speaker,
                                           Evidence examined);

}  // namespace sluice::gates
