// Decisions of people: who may approve a release and decide an open clause, and which of the
// decisions in the ledger count now.
//
// Pure. Who speaks is what the operating system says about the other end of the socket; who that
// is, and what they may decide, is what sluice.yaml says. The author of a release never approves it
// and never decides about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/tick.h"
#include "gates/findings.h"
#include "gates/start_gates.h"
#include "model/approval.h"
#include "model/policy.h"

namespace sluice::gates {

struct Speaker {
  std::string login;
  std::uint32_t uid = 0;
};
[[nodiscard]] std::string to_text(const Speaker& speaker);  // "ana (uid 1000)"

// Null when sluice.yaml does not know them.
[[nodiscard]] const Person* person_of(const Policy& policy, const Speaker& speaker);

// Names of those who may decide: with this domain, and not authors of the release. For remedies.
[[nodiscard]] std::string who_may(const Policy& policy, const Contract& contract,
                                  const std::vector<std::string>& domains);

// The approvals that the speaker gives, one for each environment that asks for some, or for the one
// that is named. `rejected` where they may not, `invalid_input` where nothing asks for approvals,
// `conflict` where they have approved this very release already. `evidence` is left empty.
[[nodiscard]] Result<std::vector<Approval>> approvals_by(const Facts& facts, const Speaker& speaker,
                                                         std::string_view environment);

// What `pre.contract` says about approvals; nothing where sluice.yaml asks for none.
void check_approvals(Findings& findings, const Facts& facts);

// The speaker's exception about a clause with this verdict. `rejected` for what nobody may decide,
// or not they. `evidence` is left empty.
[[nodiscard]] Result<Exception> exception_by(const Facts& facts, const Speaker& speaker,
                                             const ClauseVerdict& found, std::string reason);

inline constexpr std::string_view kByException = "exception";  // code of a PASS by exception

// Makes a PASS of each INCONCLUSIVE verdict about which a valid exception was made.
void apply_exceptions(std::vector<ClauseVerdict>& verdicts, const Facts& facts);

}  // namespace sluice::gates
