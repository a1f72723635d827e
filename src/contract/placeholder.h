// Placeholders: what a template leaves for its author to replace, and was not replaced.
//
// Back-ticks make text literal: a bracket in a code span is no placeholder, unless the code span is
// the whole value of a field or cell.
#pragma once

#include <string_view>
#include <vector>

#include "contract/blocks.h"
#include "contract/source_text.h"
#include "model/complaint.h"

namespace sluice::contract {

// In everything that a reader of the document sees, in the order of the places.
[[nodiscard]] std::vector<Complaint> find_placeholders(const SourceText& source,
                                                       const Document& document);

// Whether a raw value of a field or cell still is, or holds, a placeholder.
[[nodiscard]] bool holds_placeholder(std::string_view raw_value);

// "yes / no", "draft | approved | deploying": options that nobody chose from.
[[nodiscard]] bool is_option_list(std::string_view shown);

}  // namespace sluice::contract
