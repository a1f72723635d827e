// What kind of document this is. A contract is known by its title or its sections, never by a
// single word in it; documents that look alike (postmortems, briefs, reports) are named.
#pragma once

#include <string>

#include "contract/outline.h"
#include "contract/source_text.h"

namespace sluice::contract {

struct DocumentKind {
  bool is_contract = false;
  std::string looks_like;  // "a postmortem"; of a document that is no contract
};

[[nodiscard]] DocumentKind document_kind(const Outline& outline, const SourceText& source,
                                         bool has_release_id);

}  // namespace sluice::contract
