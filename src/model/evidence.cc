#include "model/evidence.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sluice {
namespace {

constexpr std::string_view kNamePrefix = "E-";

}  // namespace

// The author comes last and as a digest of its own, so that no author can look like other fields.
Digest evidence_id(const Evidence& evidence) {
  std::string text = fmt::format("sluice evidence 1\n{} {} {} {}\n", to_text(evidence.kind),
                                 evidence.about.hex, evidence.bytes.hex, sha256(evidence.by).hex);
  for (const Assessed& one : evidence.assessed) {
    text += fmt::format("{} {}\n", sha256(one.domain).hex, one.rule.hex);
  }
  return sha256(text);
}

const KeptEvidence* EvidenceBook::find(const Digest& id) const {
  const auto found = std::ranges::find(
      records, id, [](const KeptEvidence& kept) -> const Digest& { return kept.evidence.id; });
  return found == records.end() ? nullptr : &*found;
}

std::vector<const KeptEvidence*> EvidenceBook::matching(std::string_view beginning) const {
  if (beginning.starts_with(kNamePrefix)) beginning.remove_prefix(kNamePrefix.size());
  std::vector<const KeptEvidence*> found;
  if (beginning.empty()) return found;
  for (const KeptEvidence& kept : records) {
    if (kept.evidence.id.hex.starts_with(beginning)) found.push_back(&kept);
  }
  return found;
}

std::string why_not_valid(const EvidenceBook& book, const Digest& id, Tick now) {
  const KeptEvidence* kept = book.find(id);
  if (kept == nullptr) return "is not in the ledger";
  if (kept->revocation) {
    return fmt::format("was revoked by {}: {}", printable(kept->revocation->by, 100),
                       printable(kept->revocation->reason, 200));
  }
  const Tick until = kept->evidence.valid_until;
  if (until.unix_ms != 0 && now >= until) return "expired at " + to_text(until);
  return {};
}

std::string why_not_valid(const EvidenceBook& book, const std::vector<Digest>& ids, Tick now) {
  for (const Digest& id : ids) {
    const std::string why = why_not_valid(book, id, now);
    if (!why.empty()) return evidence_name(id) + ", which " + why;
  }
  return {};
}

Tick not_valid_since(const EvidenceBook& book, const std::vector<Digest>& ids, Tick now) {
  Tick since = now;
  for (const Digest& id : ids) {
    const KeptEvidence* kept = book.find(id);
    if (kept == nullptr) continue;
    if (kept->revocation) since = std::min(since, kept->revocation->at);
    const Tick until = kept->evidence.valid_until;
    if (until.unix_ms != 0) since = std::min(since, until);
  }
  return since;
}

std::string evidence_name(const Digest& id) { return std::string(kNamePrefix) + id.brief(); }

}  // namespace sluice
