// Statements: what is kept as the bytes of an approval or an exception. One line of JSON that says
// what was decided, about what, by whom and when; the ledger refers to it by its digest.
#pragma once

#include <string>

#include "base/tick.h"
#include "model/approval.h"

namespace sluice::codec {

[[nodiscard]] std::string statement_of(const Approval& approval, Tick at);
[[nodiscard]] std::string statement_of(const Exception& exception, Tick at, Tick until);

}  // namespace sluice::codec
