#include "gates/quality.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/people.h"
#include "gates/quality_evidence.h"

namespace sluice::gates {
namespace {

constexpr std::int64_t kAheadMsMax = 5 * kMinuteMs;  // how wrong a signer's clock may be

bool is_quality(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::scan:
    case EvidenceKind::test_report:
    case EvidenceKind::evaluation:
    case EvidenceKind::attestation: return true;
    case EvidenceKind::drill:
    case EvidenceKind::approval:
    case EvidenceKind::exception:
    case EvidenceKind::counts:
    case EvidenceKind::flags: return false;
  }
  return false;
}

const QualityRule* rule_for(const Policy& policy, std::string_view domain) {
  const auto found = std::ranges::find(policy.quality, domain, &QualityRule::domain);
  return found == policy.quality.end() ? nullptr : &*found;
}

Result<void> check_assessed(const Policy& policy, const Evidence& examined) {
  if (!is_quality(examined.kind) || examined.assessed.empty()) {
    return fail(ErrorCode::invalid_input, "this is no evidence about an evaluation of quality");
  }
  for (const Assessed& one : examined.assessed) {
    if (rule_for(policy, one.domain) != nullptr) continue;
    return fail(ErrorCode::invalid_input, "there is no domain " + quoted(one.domain));
  }
  return {};
}

// The evaluator whose word an unsigned file is.
Result<Evaluator> bringer(const Facts& facts, const Speaker& speaker, const Evidence& examined) {
  const auto evaluator = evaluator_of(facts.policy, speaker);
  if (!evaluator) {
    return fail(ErrorCode::rejected, to_text(speaker) +
                                         " is nobody in `evaluators` or `people` of sluice.yaml: "
                                         "list them there with their domains");
  }
  const std::string who = printable(evaluator->name, 80);
  if (is_author(*evaluator, facts.contract)) {
    return fail(ErrorCode::rejected,
                fmt::format("{} is an author of it, and authors do not evaluate their own work; "
                            "`sluice evidence add` by {}",
                            who, who_evaluates(facts, examined.assessed.front().domain)));
  }
  for (const Assessed& one : examined.assessed) {
    if (contains_word(evaluator->domains, one.domain)) continue;
    return fail(ErrorCode::rejected,
                fmt::format("{} has not the domain {}; {} could bring it", who, quoted(one.domain),
                            who_evaluates(facts, one.domain)));
  }
  return *evaluator;
}

// The same bytes about the same release, by whoever.
struct Before {
  Tick observed;
  std::string revoked;
};
Before before(const Facts& facts, const Evidence& evidence) {
  Before found{.observed = evidence.observed, .revoked = {}};
  for (const KeptEvidence& kept : facts.service.evidence.records) {
    const bool same =
        kept.evidence.about == evidence.about && kept.evidence.bytes == evidence.bytes;
    if (!same) continue;
    found.observed = std::min(found.observed, kept.evidence.observed);
    if (kept.revocation) {
      found.revoked = why_not_valid(facts.service.evidence, kept.evidence.id, facts.now);
    }
  }
  return found;
}

// Evidence for several evaluations is as fresh as the strictest of them asks.
Tick fresh_until(const Policy& policy, const Evidence& evidence) {
  std::int64_t valid_for_ms = 365 * kDayMs;
  for (const Assessed& one : evidence.assessed) {
    valid_for_ms = std::min(valid_for_ms, rule_for(policy, one.domain)->valid_for_ms);
  }
  return evidence.observed + valid_for_ms;
}

Result<void> name_evaluator(const Facts& facts, const Speaker& speaker, Evidence& evidence) {
  if (evidence.kind == EvidenceKind::attestation) {
    if (!evidence.by.empty()) return {};
    return fail(ErrorCode::invalid_input, "a statement without a signer");
  }
  evidence.by = SLUICE_TRY(bringer(facts, speaker, evidence)).name;
  if (evidence.kind == EvidenceKind::evaluation) evidence.series += " for " + evidence.by;
  return {};
}

}  // namespace

Result<Evidence> evidence_by(const Facts& facts, const Speaker& speaker, Evidence examined) {
  SLUICE_TRY(check_assessed(facts.policy, examined));
  if (const std::string doubt = evaluation_doubt(facts); !doubt.empty()) {
    return fail(ErrorCode::rejected, doubt + ": " + std::string(kListAuthor));
  }
  SLUICE_TRY(name_evaluator(facts, speaker, examined));
  if (examined.observed.unix_ms == 0) examined.observed = facts.now;
  if (examined.observed > facts.now + kAheadMsMax) {
    return fail(ErrorCode::rejected, "it says that it was made later than now, at " +
                                         sluice::to_text(examined.observed));
  }
  examined.about = facts.release.digest;
  Before earlier = before(facts, examined);
  if (!earlier.revoked.empty()) {
    return fail(ErrorCode::rejected,
                "the same bytes about the same release: evidence that " + earlier.revoked);
  }
  examined.observed = earlier.observed;  // its age does not begin anew
  examined.valid_until = fresh_until(facts.policy, examined);
  examined.id = evidence_id(examined);
  const KeptEvidence* there = facts.service.evidence.find(examined.id);
  return there != nullptr ? there->evidence : std::move(examined);
}

}  // namespace sluice::gates
