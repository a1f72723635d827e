// Any bytes as an envelope or bundle, as lines of them, and as the statement within one: read or
// refused, and what is assessed is never a PASS for a signer that nobody trusts.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "codec/base64.h"
#include "evidence/assessment.h"
#include "evidence/bundle.h"
#include "evidence/dsse.h"
#include "evidence/statement_lines.h"

namespace evidence = sluice::evidence;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)sluice::codec::decode_base64(text);
  (void)evidence::parse_public_key(text);
  (void)evidence::key_of_certificate(text);
  if (const auto json = sluice::codec::parse_json(text); json && evidence::is_bundle(*json)) {
    const auto bundle = evidence::read_bundle(*json);
    SLUICE_ASSERT(!bundle || bundle->envelope.signatures.size() == 1);
  }
  if (const auto lines = evidence::statement_lines(text); lines && !lines->empty()) {
    SLUICE_ASSERT(lines->size() >= 2 && lines->size() <= evidence::kStatementLinesMax);
    for (const auto& line : *lines) SLUICE_ASSERT(!evidence::open_attestation(line.bytes, {}));
  }
  if (const auto envelope = evidence::read_envelope(text)) {
    SLUICE_ASSERT(!envelope->signatures.empty() && envelope->signatures.size() <= 32);
    (void)evidence::read_statement(envelope->payload);
  }
  SLUICE_ASSERT(!evidence::open_attestation(text, {}));
  const auto statement = evidence::read_statement(text);
  if (!statement) return 0;
  SLUICE_ASSERT(!statement->subjects.empty());
  evidence::Attestation attestation{.statement = *statement, .payload = {}, .signers = {}};
  const evidence::AttestationRule rule{.commit = std::string(40, 'c'), .domain = "security"};
  SLUICE_ASSERT(evidence::assess(attestation, rule).verdict == sluice::Verdict::inconclusive);
  attestation.signers.push_back({.evaluator = "e",
                                 .key = {},
                                 .predicate_types = {statement->predicate_type},
                                 .domains = {"security"},
                                 .speaks_for = {"b"}});
  const evidence::Assessment found = evidence::assess(attestation, rule);
  SLUICE_ASSERT(found.why == sluice::printable(found.why, found.why.size()));
  return 0;
}
