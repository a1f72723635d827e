// The part of sluice.yaml about the flag service of production: `flags`.
#pragma once

#include "contract/map_reader.h"
#include "model/policy.h"

namespace sluice::contract {

void read_flags(MapReader& root, FlagSpec& flags, ComplaintList& list);

}  // namespace sluice::contract
