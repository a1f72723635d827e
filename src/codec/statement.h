// Statements: what is kept as the bytes of an approval, an exception or the answers of a flag
// service. One line of JSON that says what was decided or answered, about what, by whom and when;
// the ledger refers to it by its digest.
#pragma once

#include <string>

#include "base/tick.h"
#include "model/approval.h"
#include "model/flag.h"

namespace sluice::codec {

[[nodiscard]] std::string statement_of(const Approval& approval, Tick at);
[[nodiscard]] std::string statement_of(const Exception& exception, Tick at, Tick until);
[[nodiscard]] std::string statement_of(const FlagAnswers& answers, Tick at);

}  // namespace sluice::codec
