// Any bytes as a JUnit report: facts or a refusal, the same whether they come at once or in pieces.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "evidence/assessment.h"

namespace evidence = sluice::evidence;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto facts = evidence::read_junit(text);
  const auto again = evidence::read_junit([rest = text]() mutable {
    const std::string_view piece = rest.substr(0, 13);
    rest.remove_prefix(piece.size());
    return piece;
  });
  SLUICE_ASSERT(facts.has_value() == again.has_value());
  if (!facts) {
    (void)evidence::unreadable(facts.error());
    return 0;
  }
  const evidence::Assessment found = evidence::assess(*facts, {});
  SLUICE_ASSERT(found == evidence::assess(*again, {}));
  SLUICE_ASSERT(found.why == sluice::printable(found.why, found.why.size()));
  SLUICE_ASSERT(found.verdict != sluice::Verdict::pass || found.looked_at > 0);
  return 0;
}
