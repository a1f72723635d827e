// Evidence: an immutable record that a gate relied on. What kind of thing it is, about which
// release, by whom, from where, observed when, valid until when, and the digest of its bytes, which
// are kept under .sluice/evidence/<digest>.
//
// Recorded once, in the ledger, and referred to by its id. It is never changed: it expires, or it
// is revoked, and what rested on it falls with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/tick.h"
#include "model/quality.h"
#include "model/verdict.h"

namespace sluice {

enum class EvidenceKind : std::uint8_t {
  scan,         // results of a tool that looks for faults
  test_report,  // results of tests
  evaluation,   // what an evaluator concluded, as a report
  attestation,  // a signed statement
  drill,        // a rollback that was performed on purpose
  approval,     // a person let a release through
  exception,    // a person decided an open clause
  counts,       // what the judge was told, look by look (replay/looks.h)
  flags,        // what a flag service answered
};

[[nodiscard]] constexpr std::string_view to_text(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::scan: return "scan";
    case EvidenceKind::test_report: return "test_report";
    case EvidenceKind::evaluation: return "evaluation";
    case EvidenceKind::attestation: return "attestation";
    case EvidenceKind::drill: return "drill";
    case EvidenceKind::approval: return "approval";
    case EvidenceKind::exception: return "exception";
    case EvidenceKind::counts: return "counts";
    case EvidenceKind::flags: return "flags";
  }
  return "?";
}

// What the bytes come to for one evaluation of the policy, as they were assessed when they were
// recorded.
struct Assessed {
  std::string domain;  // "security"
  Proof proof = Proof::scan;
  Verdict verdict = Verdict::inconclusive;
  std::string code;
  std::string why;
  std::string remedy;  // empty for PASS
  int looked_at = 0;
  Digest rule;  // rule_digest() of what it was assessed under
  friend bool operator==(const Assessed&, const Assessed&) = default;
};

struct Evidence {
  Digest id;  // evidence_id() of the rest
  EvidenceKind kind = EvidenceKind::scan;
  Digest about;        // the release
  std::string by;      // the tool, the evaluator or the person that it comes from
  std::string source;  // where it was found: a path, a URL, a command
  Tick observed;
  Tick valid_until;  // 0: for as long as what it is bound to stays the same
  Digest bytes;
  // Of the tool or the evaluator whose word it is: newer evidence with the same takes its place.
  std::string series{};
  std::vector<Assessed> assessed{};  // for an evaluation of quality; empty for other kinds
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// Of kind, release, author, bytes and the rules it was assessed under, not of place and times: what
// was recorded before is the same evidence when it is found again, and its age does not begin anew.
[[nodiscard]] Digest evidence_id(const Evidence& evidence);

struct Revocation {
  std::string by;
  std::string reason;
  Tick at;
  friend bool operator==(const Revocation&, const Revocation&) = default;
};

// One record as the ledger knows it.
struct KeptEvidence {
  Evidence evidence;
  std::optional<Revocation> revocation;
  friend bool operator==(const KeptEvidence&, const KeptEvidence&) = default;
};

// Every record, each once. The order is that of the ledger.
struct EvidenceBook {
  std::vector<KeptEvidence> records;
  friend bool operator==(const EvidenceBook&, const EvidenceBook&) = default;

  [[nodiscard]] const KeptEvidence* find(const Digest& id) const;
  // The records whose id begins so; "E-" before it is allowed. Empty text matches nothing.
  [[nodiscard]] std::vector<const KeptEvidence*> matching(std::string_view beginning) const;
};

// Why nothing may rest on it at this time: "was revoked by ana: wrong scan"; empty where it may.
[[nodiscard]] std::string why_not_valid(const EvidenceBook& book, const Digest& id, Tick now);

// The same for everything that a verdict rests on: the first that nothing may rest on, by its name.
[[nodiscard]] std::string why_not_valid(const EvidenceBook& book, const std::vector<Digest>& ids,
                                        Tick now);

// Since when nothing may rest on all of them: the first revocation or expiry that is not later than
// now; now where none of them is lost, or one was never recorded.
[[nodiscard]] Tick not_valid_since(const EvidenceBook& book, const std::vector<Digest>& ids,
                                   Tick now);

// "E-3f9a00c1d2e4": what a person is shown, and may type.
[[nodiscard]] std::string evidence_name(const Digest& id);

}  // namespace sluice
