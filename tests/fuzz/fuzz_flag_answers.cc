// Any bytes as an answer of a flag service or as a flagd file: findings that are safe to show, and
// never off without having been read.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "codec/flag_answers.h"

namespace codec = sluice::codec;

namespace {

void examine(const sluice::FlagFinding& finding, std::string_view bytes) {
  SLUICE_ASSERT(finding.name == "new-nav");
  SLUICE_ASSERT(!finding.why.empty());
  SLUICE_ASSERT(finding.why == sluice::printable(finding.why, 400));
  if (finding.standing == sluice::FlagStanding::off) SLUICE_ASSERT(bytes.contains("new-nav"));
}

void examine(const sluice::Result<std::vector<sluice::FlagFinding>>& findings,
             std::string_view bytes) {
  if (!findings) return SLUICE_ASSERT(!findings.error().message.empty());
  SLUICE_ASSERT(findings->size() == 1);
  examine(findings->front(), bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const int status : {200, 404}) {
    const sluice::FlagFinding finding = codec::read_ofrep("new-nav", status, bytes);
    SLUICE_ASSERT(finding.why == sluice::printable(finding.why, 400));
    SLUICE_ASSERT(status == 200 || finding.standing != sluice::FlagStanding::off);
  }
  examine(codec::read_flagd(bytes, {"new-nav"}), bytes);
  examine(codec::read_unleash(bytes, {"new-nav"}, ""), bytes);
  return 0;
}
