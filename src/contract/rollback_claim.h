// What prose claims about a rollback having been tested. A claim is never enough for *tested*: a
// drill is. It is reported beside the drill.
//
// Rules over words, clause by clause, in this order of doubt: a clause that denies a test beats
// every other; a `yes` or a test that was performed counts only where the way back is what was
// tested and nothing takes it back; a promise is *planned*; "no need" and "not applicable" are
// *not_applicable*; the rest is *unclear*. Where the words leave a choice, it is never `yes`.
#pragma once

#include <string>
#include <string_view>

#include "model/contract.h"

namespace sluice::contract {

// Of an answer to "was the rollback tested?", in Markdown. Comments and code blocks are not read.
[[nodiscard]] Claim rollback_claim(std::string_view answer);

// The answer within a document that asks in a heading or in bold ("Were upgrade and rollback
// tested?"), up to the next question; empty where there is none.
[[nodiscard]] std::string rollback_answer(std::string_view document);

}  // namespace sluice::contract
