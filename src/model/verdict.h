// Verdict: PASS, FAIL or INCONCLUSIVE for one clause of the delivery policy, and for the whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "model/clause.h"

namespace sluice {

enum class Verdict : std::uint8_t { pass, fail, inconclusive };

[[nodiscard]] constexpr std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "PASS";
    case Verdict::fail: return "FAIL";
    case Verdict::inconclusive: return "INCONCLUSIVE";
  }
  return "?";
}

// FAIL beats INCONCLUSIVE beats PASS.
[[nodiscard]] constexpr Verdict worse(Verdict one, Verdict two) {
  if (one == Verdict::fail || two == Verdict::fail) return Verdict::fail;
  if (one == Verdict::inconclusive || two == Verdict::inconclusive) return Verdict::inconclusive;
  return Verdict::pass;
}

struct ClauseVerdict {
  Clause clause = Clause::progression_isolated;
  Verdict verdict = Verdict::inconclusive;
  std::string code;    // a short stable word: "placeholder_left", "not_built", "ok"
  std::string why;     // one sentence, with what was found
  std::string remedy;  // what would make it pass, and who can do that; empty for PASS
  int looked_at = 0;   // how many things were examined; a PASS that looked at nothing is a bug
  std::vector<Digest> evidence = {};  // ids of the records that it rests on
  friend bool operator==(const ClauseVerdict&, const ClauseVerdict&) = default;
};

// The clause has no gate yet. Alone among INCONCLUSIVE verdicts it does not hold a delivery.
inline constexpr std::string_view kNotBuilt = "not_built";

// pre.rollback.tested before the start: the delivery itself rehearses the rollback, before
// customers. It does not hold a delivery, and is decided there.
inline constexpr std::string_view kDrilledInStaging = "drilled_in_staging";

struct CriterionVerdict {
  Criterion criterion = Criterion::progression;
  Verdict verdict = Verdict::inconclusive;
  friend bool operator==(const CriterionVerdict&, const CriterionVerdict&) = default;
};

struct DeliveryVerdict {
  Verdict overall = Verdict::inconclusive;
  std::vector<CriterionVerdict> criteria;
  std::vector<ClauseVerdict> clauses;  // in the order of the policy
  int evaluated = 0;                   // clauses that were really looked at
  friend bool operator==(const DeliveryVerdict&, const DeliveryVerdict&) = default;
};

}  // namespace sluice
