// Who evaluates, and what a record of evidence is worth for one evaluation. Inside gates/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gates/decisions.h"
#include "gates/start_gates.h"
#include "model/evidence.h"

namespace sluice::gates {

inline constexpr std::string_view kListAuthor =
    "name the author in `Author:` of the contract, and list them in `people` of sluice.yaml";

[[nodiscard]] std::optional<Evaluator> evaluator_of(const Policy& policy, const Speaker& speaker);
[[nodiscard]] std::optional<Evaluator> evaluator_named(const Policy& policy, std::string_view name);
[[nodiscard]] bool is_author(const Evaluator& evaluator, const Contract& contract);
[[nodiscard]] bool contains_word(const std::vector<std::string>& words, std::string_view word);

// Why nobody can be shown not to be the author; empty where that can be shown.
[[nodiscard]] std::string evaluation_doubt(const Facts& facts);

// Names of those who may evaluate it, for remedies.
[[nodiscard]] std::string who_evaluates(const Facts& facts, std::string_view domain);

// Why a record does not count.
struct Objection {
  std::string code;  // empty: it counts
  std::string words;
};

// Whether what `evidence` says of `domain` is the word of somebody who may say it.
[[nodiscard]] Objection objection_to_evaluator(const Facts& facts, const Evidence& evidence,
                                               std::string_view domain);
// Whether a PASS may rest on it.
[[nodiscard]] Objection objection_to(const Facts& facts, const KeptEvidence& kept,
                                     const Assessed& assessed, const QualityRule& rule);

// Whether a revocation makes a FAIL of this domain go away.
[[nodiscard]] bool may_set_aside(const Facts& facts, const Revocation& revocation,
                                 std::string_view domain);

}  // namespace sluice::gates
