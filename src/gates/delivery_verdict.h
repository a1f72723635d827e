// The verdict of one delivery, clause by clause, criterion by criterion.
//
// Pure: asked again about the same delivery it says the same. What was decided before the start and
// on the way stands; what only the end can show is added here: which environments showed health in
// which order, and whether the four rollback triggers were armed to the end. Nothing becomes PASS
// because nothing is known about it.
#pragma once

#include <span>
#include <string>

#include "model/service.h"
#include "model/verdict.h"

namespace sluice::gates {

// Clauses in the order of the policy; emergency.* and their criterion only where a clause of them
// was decided. Codes of what was not looked at: `not_built`, `not_reached`; neither counts as
// evaluated. PASS only when every criterion that applies is PASS.
[[nodiscard]] DeliveryVerdict verdict_of(const Delivery& delivery);

// The verdict of the delivery under way, or of the last one, as it stands at this time: a PASS
// whose evidence was revoked, or expired, is INCONCLUSIVE with the code `evidence_lost`, whenever
// it was decided. `service` has a delivery.
[[nodiscard]] DeliveryVerdict verdict_of(const Service& service, Tick now);

// The table that is printed at the end, grouped by criterion, with the reason beside each clause
// and the remedy below a FAIL. Lines are at most `columns` wide, but never narrower than 60.
[[nodiscard]] std::string render(const DeliveryVerdict& verdict, bool colour, int columns = 100);

// The same lines for clauses alone, as `sluice check` shows them.
[[nodiscard]] std::string render_clauses(std::span<const ClauseVerdict> clauses, bool colour,
                                         int columns = 100);

// "FAIL: 20 of 38 clauses evaluated: 18 PASS, 1 FAIL (post.error_rate), 1 INCONCLUSIVE (…); 18 not
// built": one line.
[[nodiscard]] std::string summary_line(const DeliveryVerdict& verdict);

}  // namespace sluice::gates
