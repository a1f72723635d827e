#include "gates/decisions.h"

#include <doctest/doctest.h>

#include "gates/before_start.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

constexpr Tick kNow{1'790'000'000'000};
const Speaker kAna{"ana", 1001};
const Speaker kBen{"ben", 1002};
const Speaker kCleo{"cleo", 1003};

// Two approvals for production, one of them of security; Cleo wrote the contract.
struct Case {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  Service service = testing::adopted_service(policy);
  Release release = testing::release_of_contract();
  Tick now = kNow;

  Case() {
    service.evidence.records.clear();  // what is decided is the first evidence
    contract.author = "Cleo Marsh <cleo@shop.example>";
    policy.people = {{"Ana Lima", "ana", {"release", "security"}},
                     {"Ben Okafor", "1002", {"operations", "release"}},
                     {"Cleo Marsh", "cleo", {"release", "security", "operations"}},
                     {"Dan Petri", "dan", {}}};
    policy.approvals = {
        {.environment = {"production"}, .count = 2, .domains = {"security", "operations"}}};
  }

  [[nodiscard]] Facts facts() const { return {contract, policy, service, release, now}; }
  [[nodiscard]] ClauseVerdict look() const { return pre_contract(facts()); }

  // As the engine does it.
  void approve(const Speaker& speaker) {
    const auto approvals = approvals_by(facts(), speaker, "");
    REQUIRE(approvals);
    for (Approval approval : *approvals) {
      approval.evidence = record(EvidenceKind::approval, approval.name, {});
      service.approvals.push_back(approval);
    }
  }

  Digest record(EvidenceKind kind, const std::string& by, Tick until) {
    Evidence evidence{.kind = kind, .about = release.digest, .by = by, .valid_until = until};
    evidence.bytes = sha256(by + std::to_string(service.evidence.records.size()));
    evidence.id = evidence_id(evidence);
    service.evidence.records.push_back({evidence, {}});
    return evidence.id;
  }

  [[nodiscard]] std::string refusal(const Speaker& speaker) const {
    const auto approvals = approvals_by(facts(), speaker, "");
    return approvals ? "approved" : approvals.error().message;
  }
};

Case approved() {
  Case given;
  given.approve(kAna);
  given.approve(kBen);
  return given;
}

void check_missing(const Case& given, std::string_view words) {
  const ClauseVerdict verdict = given.look();
  CAPTURE(verdict.why);
  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "approvals_missing");
  CHECK(verdict.why.contains(words));
  CHECK(verdict.evidence.empty());
}

TEST_CASE("approvals: enough people with the domains that are asked for, and it rests on them") {
  const ClauseVerdict verdict = approved().look();
  CAPTURE(verdict.why);
  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why.contains("`production` approved by Ana Lima; Ben Okafor"));
  CHECK(verdict.evidence.size() == 2);
}

TEST_CASE(
    "approvals: what is missing is counted, and who can give it is named without the author") {
  Case given;
  check_missing(given, "0 of 2 approvals for `production` (nobody)");
  CHECK(given.look().remedy.contains("by Ana Lima; Ben Okafor"));
  CHECK_FALSE(given.look().remedy.contains("Cleo"));
  given.approve(kAna);
  check_missing(given,
                "1 of 2 approvals for `production` (Ana Lima); none with the domain "
                "`operations`");
  CHECK(given.look().remedy.contains("by Ben Okafor"));
}

TEST_CASE("approvals: whatever they are bound to must be what it was") {
  Case contract = approved();
  contract.contract.revision_digest = sha256("revision 2");
  check_missing(contract, "2 more given before contract, release or sluice.yaml changed");
  Case release = approved();
  release.release.digest = sha256("another build");
  release.contract.artifacts.clear();
  CHECK(release.look().why.contains("0 of 2"));
  Case policy = approved();
  policy.policy.digest = sha256("another sluice.yaml");
  check_missing(policy, "0 of 2");
}

TEST_CASE("approvals: one that was revoked does not count, nor one of somebody who may no more") {
  Case revoked = approved();
  revoked.service.evidence.records[0].revocation = Revocation{"ana", "not mine", kNow};
  check_missing(revoked, "1 of 2 approvals for `production` (Ben Okafor)");
  Case removed = approved();
  removed.policy.people[0].domains.clear();
  check_missing(removed, "1 of 2");
  Case author = approved();
  author.contract.revision_authors = {"ben okafor", "1002"};
  check_missing(author, "(Ana Lima)");
}

TEST_CASE("approvals: nobody counts twice") {
  Case given;
  given.approve(kAna);
  CHECK(given.refusal(kAna).contains("has approved this already"));
  Approval again = given.service.approvals[0];
  again.evidence = given.record(EvidenceKind::approval, "Ana Lima", {});
  given.service.approvals.push_back(again);
  check_missing(given, "1 of 2");
}

TEST_CASE("approvals: the author, a stranger and who has no domain are refused") {
  const Case given;
  CHECK(given.refusal(kCleo).contains("authors do not approve"));
  CHECK(given.refusal({"eve", 1009}).contains("eve (uid 1009) is nobody in `people`"));
  CHECK(given.refusal({"dan", 1004}).contains("has none of the domains that are asked for"));
}

TEST_CASE("approvals: an author whom nobody knows might be anybody") {
  Case nameless;
  nameless.contract.author.clear();
  CHECK(nameless.refusal(kAna).contains("names no author"));
  CHECK(nameless.look().code == "author_unknown");
  Case unknown = approved();
  unknown.contract.author = "A. Lima";
  CHECK(unknown.look().code == "author_unknown");
  CHECK(unknown.look().why.contains("the author `A. Lima` is nobody in sluice.yaml"));
}

TEST_CASE("approvals: an environment of one's own, and none where none are asked for") {
  Case given;
  CHECK(approvals_by(given.facts(), kAna, "staging").error().code == ErrorCode::invalid_input);
  CHECK(approvals_by(given.facts(), kAna, "production")->size() == 1);
  given.policy.approvals.clear();
  CHECK(approvals_by(given.facts(), kAna, "").error().code == ErrorCode::invalid_input);
  CHECK(given.look().verdict == Verdict::pass);
}

// An open clause, as no gate of today finds one before the start.
ClauseVerdict open_clause(Clause clause = Clause::progression_health) {
  return {.clause = clause,
          .verdict = Verdict::inconclusive,
          .code = "no_load",
          .why = "staging had no load",
          .remedy = "wait"};
}

struct Excepted : Case {
  std::vector<ClauseVerdict> verdicts{open_clause()};

  Excepted() {
    const auto exception =
        exception_by(facts(), kBen, verdicts[0], "the load test comes on Monday");
    REQUIRE(exception);
    Exception made = *exception;
    made.evidence = record(EvidenceKind::exception, made.name, kNow + kDayMs);
    service.exceptions.push_back(made);
  }
  [[nodiscard]] ClauseVerdict applied() {
    apply_exceptions(verdicts, facts());
    return verdicts[0];
  }
};

TEST_CASE("exceptions: an open clause becomes PASS by exception, with everything that was known") {
  Excepted given;
  const ClauseVerdict verdict = given.applied();
  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.code == kByException);
  CHECK(verdict.why.contains("exception of Ben Okafor until"));
  CHECK(verdict.why.contains("the load test comes on Monday"));
  CHECK(verdict.why.contains("no_load: staging had no load"));
  CHECK(verdict.evidence.size() == 1);
  CHECK(verdict.looked_at > 0);
}

TEST_CASE("exceptions: bound to release, finding and time, and to who made them") {
  Excepted release;
  release.release.digest = sha256("another");
  CHECK(release.applied().verdict == Verdict::inconclusive);
  Excepted finding;
  finding.verdicts[0].why = "staging had no load and no probe";
  CHECK(finding.applied().verdict == Verdict::inconclusive);
  Excepted late;
  late.now = kNow + kDayMs;
  CHECK(late.applied().verdict == Verdict::inconclusive);
  Excepted revoked;
  revoked.service.evidence.records[0].revocation = Revocation{"ana", "no", kNow};
  CHECK(revoked.applied().verdict == Verdict::inconclusive);
  Excepted removed;
  removed.policy.people[1].domains = {"release"};
  CHECK(removed.applied().verdict == Verdict::inconclusive);
}

TEST_CASE("exceptions: a FAIL stays one, although an exception about the open clause exists") {
  Excepted given;
  given.verdicts[0].verdict = Verdict::fail;
  CHECK(given.applied().verdict == Verdict::fail);
}

TEST_CASE("exceptions: what nobody may decide, and who may not") {
  const Case given;
  const auto refusal = [&](const ClauseVerdict& found, const Speaker& speaker) {
    const auto made = exception_by(given.facts(), speaker, found, "because");
    return made ? "made" : made.error().message;
  };
  ClauseVerdict failed = open_clause();
  failed.verdict = Verdict::fail;
  CHECK(refusal(failed, kBen).contains("nobody may decide that away"));
  CHECK(refusal(open_clause(Clause::pre_quality_security), kAna).contains("security has no"));
  CHECK(refusal(open_clause(Clause::emergency_signal), kBen).contains("emergency"));
  CHECK(refusal(not_built(Clause::pre_migrations), kBen).contains("holds nothing"));
  CHECK(refusal(open_clause(), kAna).contains("has not the domain `operations`"));
  CHECK(refusal(open_clause(), kCleo).contains("authors do not decide"));
  CHECK(refusal(open_clause(), {"eve", 7}).contains("is nobody"));
  CHECK(refusal(open_clause(), kBen) == "made");
}

}  // namespace
}  // namespace sluice::gates
