// Any bytes as a CycloneDX document: facts or a refusal, and words that are safe to show.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "evidence/assessment.h"

namespace evidence = sluice::evidence;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = evidence::read_cyclonedx({reinterpret_cast<const char*>(data), size});
  if (!facts) {
    (void)evidence::unreadable(facts.error());
    return 0;
  }
  const evidence::Assessment found = evidence::assess(*facts, {});
  SLUICE_ASSERT(found.why == sluice::printable(found.why, found.why.size()));
  SLUICE_ASSERT(found.verdict != sluice::Verdict::pass || found.looked_at > 0);
  return 0;
}
