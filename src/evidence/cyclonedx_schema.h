// The part of the CycloneDX schema that is checked: what must be there, and what words may be said.
#pragma once

#include <string>

#include "base/result.h"
#include "codec/json.h"

namespace sluice::evidence {

// `invalid_input`, naming the member that is against the schema. Counts components, nested ones
// too.
[[nodiscard]] Result<std::int64_t> check_cyclonedx(const codec::Json& bom);

}  // namespace sluice::evidence
