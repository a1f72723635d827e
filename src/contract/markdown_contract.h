// Reads a release contract: the bytes of a Markdown file become model/contract.h.
//
// Never fails. What cannot be read as meant is in `complaints`, what was never filled in is in
// `placeholders`, both in the order of their places; a document that is something else has
// is_contract false and a complaint that says what it looks like. Reads a superset of the contract
// template of the delivery policy, besides it the sections Artifacts, Flags, Migrations, Window and
// Environments. Limits: contract/source_text.h.
#pragma once

#include <string>
#include <string_view>

#include "model/contract.h"

namespace sluice::contract {

[[nodiscard]] Contract parse_contract(std::string_view bytes, std::string file);

}  // namespace sluice::contract
