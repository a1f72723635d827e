// Reason codes: the short words beside each verdict, which do not change with the wording. One
// table; a test compares it with what the gates and the core say.
#pragma once

#include <span>
#include <string_view>

#include "model/verdict.h"

namespace sluice::gates {

struct ReasonCode {
  std::string_view code;
  Verdict verdict = Verdict::fail;
  std::string_view clauses;  // ids, or how they begin: "pre.contract", "post.*"
  std::string_view meaning;
  std::string_view what_to_do;  // "-" where nothing has to be done
};

// In the order of the clauses that they are about; those of any clause first.
[[nodiscard]] std::span<const ReasonCode> reason_codes();

}  // namespace sluice::gates
