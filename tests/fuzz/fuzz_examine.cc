// Any bytes as evidence: refused, or a record that passes only where something was looked at, with
// words that are safe to show; the same whether the bytes come at once or in pieces.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "evidence/examine.h"

namespace evidence = sluice::evidence;

namespace {

const sluice::Policy& policy() {
  static const sluice::Policy kPolicy = [] {
    sluice::Policy made;
    made.quality[2].demands.push_back(sluice::Proof::tests);
    return made;
  }();
  return kPolicy;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sluice::Release release{.digest = sluice::sha256("release")};
  const evidence::Question question{policy(), release, {}, {}, "file"};
  const auto found = evidence::examine(sluice::codec::bytes_of(text), question);
  const auto again = evidence::examine(
      [rest = text]() mutable {
        const std::string_view piece = rest.substr(0, 13);
        rest.remove_prefix(piece.size());
        return piece;
      },
      question);
  SLUICE_ASSERT(found.has_value() == again.has_value());
  if (!found) return 0;
  SLUICE_ASSERT(*found == *again);
  SLUICE_ASSERT(!found->assessed.empty() && found->by.empty());
  SLUICE_ASSERT(found->series == sluice::printable(found->series, found->series.size()));
  for (const sluice::Assessed& one : found->assessed) {
    SLUICE_ASSERT(one.verdict != sluice::Verdict::pass || one.looked_at > 0);
    SLUICE_ASSERT(one.why == sluice::printable(one.why, one.why.size()));
  }
  return 0;
}
