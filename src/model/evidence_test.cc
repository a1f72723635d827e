#include "model/evidence.h"

#include <doctest/doctest.h>

namespace sluice {
namespace {

constexpr Tick kMonday{1'000'000};

Evidence scan() {
  Evidence evidence{.kind = EvidenceKind::scan,
                    .about = sha256("release"),
                    .by = "trivy",
                    .source = "scans/trivy.sarif",
                    .observed = kMonday,
                    .valid_until = kMonday + kDayMs,
                    .bytes = sha256("{}")};
  evidence.id = evidence_id(evidence);
  return evidence;
}

TEST_CASE("evidence: its id is that of kind, release, author and bytes, not of place and time") {
  Evidence again = scan();
  again.source = "elsewhere.sarif";
  again.observed = kMonday + kHourMs;
  again.valid_until = {};
  CHECK(evidence_id(again) == scan().id);
  for (const auto change :
       {+[](Evidence& e) { e.kind = EvidenceKind::drill; },
        +[](Evidence& e) { e.about = sha256("another release"); },
        +[](Evidence& e) { e.by = "another tool"; }, +[](Evidence& e) { e.bytes = sha256("[]"); },
        +[](Evidence& e) { e.assessed = {{.domain = "security"}}; }}) {
    Evidence other = scan();
    change(other);
    CHECK(evidence_id(other) != scan().id);
  }
}

TEST_CASE(
    "evidence: assessed under another rule it is another record, with another result it is not") {
  Evidence one = scan();
  one.assessed = {{.domain = "security", .rule = sha256("rule")}};
  Evidence other = one;
  other.assessed[0].verdict = Verdict::fail;
  CHECK(evidence_id(other) == evidence_id(one));
  other.assessed[0].rule = sha256("another rule");
  CHECK(evidence_id(other) != evidence_id(one));
}

TEST_CASE("quality: a rule's digest changes with what decides, and with nothing else") {
  const QualityRule rule = usual_quality()[0];
  const Digest scans = rule_digest(rule, Proof::scan, {});
  QualityRule other = rule;
  other.valid_for_ms = 1;
  other.tests_min = 9;
  CHECK(rule_digest(other, Proof::scan, {}) == scans);
  CHECK(rule_digest(other, Proof::tests, {}) != rule_digest(rule, Proof::tests, {}));
  other.tools = {"Semgrep"};
  CHECK(rule_digest(other, Proof::scan, {}) != scans);
  other = rule;
  other.fails_at = "low";
  CHECK(rule_digest(other, Proof::scan, {}) != scans);
  const Evaluator signer{
      .name = "reviewer", .key_file = "k", .key = "PEM", .domains = {"security"}};
  const Digest with_key = rule_digest(rule, Proof::evaluation, {signer});
  Evaluator changed = signer;
  changed.key = "another";
  CHECK(rule_digest(rule, Proof::evaluation, {changed}) != with_key);
  changed = signer;
  changed.domains.push_back("performance");
  CHECK(rule_digest(rule, Proof::evaluation, {changed}) != with_key);
  CHECK(signers_of({signer, {.name = "ci", .user = "ci"}}) == std::vector{signer});
}

TEST_CASE("evidence: nothing rests on what is unknown, expired or revoked") {
  EvidenceBook book;
  CHECK(why_not_valid(book, scan().id, kMonday) == "is not in the ledger");
  book.records.push_back({scan(), {}});
  CHECK(why_not_valid(book, scan().id, kMonday).empty());
  CHECK(why_not_valid(book, scan().id, kMonday + (kDayMs - 1)).empty());
  CHECK(why_not_valid(book, scan().id, kMonday + kDayMs).starts_with("expired at "));
  book.records[0].revocation = Revocation{"ana", "scanned another build", kMonday};
  CHECK(why_not_valid(book, scan().id, kMonday) == "was revoked by ana: scanned another build");
}

TEST_CASE("evidence: it is not valid since it was revoked, or expired, whichever came first") {
  EvidenceBook book{{{scan(), {}}}};
  const Tick late = kMonday + 2 * kDayMs;
  const Tick expired = scan().valid_until;
  REQUIRE(expired < late);
  CHECK(not_valid_since(book, {scan().id}, late) == expired);
  book.records[0].revocation = Revocation{"ana", "scanned another build", kMonday};
  CHECK(not_valid_since(book, {scan().id}, late) == kMonday);
  CHECK(not_valid_since(book, {sha256("unknown")}, late) == late);
}

TEST_CASE("evidence: of several the first that is not valid is named") {
  EvidenceBook book{{{scan(), {}}}};
  const Digest unknown = sha256("unknown");
  CHECK(why_not_valid(book, {scan().id}, kMonday).empty());
  CHECK(why_not_valid(book, {scan().id, unknown}, kMonday) ==
        evidence_name(unknown) + ", which is not in the ledger");
}

TEST_CASE("evidence: without an end it is valid for good") {
  EvidenceBook book{{{scan(), {}}}};
  book.records[0].evidence.valid_until = {};
  CHECK(why_not_valid(book, scan().id, kMonday + 1'000 * kDayMs).empty());
}

TEST_CASE("evidence: a person may type the beginning of an id") {
  const EvidenceBook book{{{scan(), {}}}};
  CHECK(book.matching(evidence_name(scan().id)).size() == 1);
  CHECK(book.matching(scan().id.hex).size() == 1);
  CHECK(book.matching("").empty());
  CHECK(book.matching("E-").empty());
  CHECK(book.matching("E-0000000000000").empty());
}

}  // namespace
}  // namespace sluice
