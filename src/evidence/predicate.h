// The predicates of in-toto statements, one reader for each type.
#pragma once

#include "base/result.h"
#include "codec/json.h"
#include "evidence/statement.h"

namespace sluice::evidence {

struct DatedPredicate {
  Predicate predicate;
  std::optional<Tick> made_at;
};

// UnknownPredicate for a type that is not understood.
[[nodiscard]] Result<DatedPredicate> read_predicate(std::string_view type,
                                                    const codec::Json& predicate);

// Of a ResourceDescriptor or a subject.
[[nodiscard]] Result<DigestSet> read_digest_set(const codec::Json& holder);

}  // namespace sluice::evidence
