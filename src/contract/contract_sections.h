// The sections of a release contract, read into the model.
//
// A section is read as far as it can be understood; what cannot be read as meant is complained
// about and left empty. Whether what is there suffices is decided elsewhere.
#pragma once

#include "contract/outline.h"
#include "model/contract.h"

namespace sluice::contract {

void read_section(const OutlineSection& section, Contract& contract);

// Nothing in it that a reader would see.
[[nodiscard]] bool is_empty(const OutlineSection& section);

}  // namespace sluice::contract
