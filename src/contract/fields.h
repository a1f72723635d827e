// Fields: `**Label:** value` and its kin, as people write them in contracts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/complaint.h"

namespace sluice::contract {

struct Field {
  std::string label;  // as a reader sees it, lower case, without the colon
  std::string value;  // raw
  Position at;        // of the value
};

// The field that `text` starts with: `**Label:** value`, `**Label**: value` or `Label: value`. The
// value goes on to the end of the text.
[[nodiscard]] std::optional<Field> leading_field(std::string_view text, Position at);

// All fields of one line: `**Revision:** 1 | **Last updated:** 2026-03-18` holds two.
[[nodiscard]] std::vector<Field> line_fields(std::string_view line, Position at);

}  // namespace sluice::contract
