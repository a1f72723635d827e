// Which format a file is in, from its content alone; its name decides nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace sluice::evidence {

// `envelope` is a Sigstore bundle, too.
enum class Format : std::uint8_t { sarif, junit, envelope, cyclonedx, report };

inline constexpr std::size_t kHeadBytes = 64U << 10U;

// From the first bytes, kHeadBytes of them or all that there are. JSON by the members at its top,
// XML by beginning as such; anything else is taken for a report in Markdown. `invalid_input` for
// JSON that is none of these, or two of them at once. What it says is not checked here: the reader
// of the format does that.
[[nodiscard]] Result<Format> recognise(std::string_view head);

}  // namespace sluice::evidence
