// Any bytes as an evaluation report: a report comes out, bounded, and its words are safe to show.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "evidence/assessment.h"

namespace evidence = sluice::evidence;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const evidence::EvaluationReport report = evidence::read_evaluation_report(text, "fuzz.md");
  SLUICE_ASSERT(report.findings.size() <= 20'000 && report.policies.size() <= 20'000);
  const evidence::Assessment found = evidence::assess(report, {.domain = "security"});
  SLUICE_ASSERT(found.why == sluice::printable(found.why, found.why.size()));
  SLUICE_ASSERT(found.verdict != sluice::Verdict::pass || found.looked_at > 0);
  SLUICE_ASSERT(found.verdict != sluice::Verdict::pass || report.placeholders.empty());
  return 0;
}
