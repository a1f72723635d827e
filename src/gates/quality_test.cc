#include "gates/quality.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "gates/before_start.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

using testing::examined_quality;

const Speaker kQuality{"quality", 2001};
const Speaker kAna{"ana", 1001};
const Speaker kCleo{"cleo", 1003};
constexpr Tick kNow{1'790'000'000'000};

// Everything passes; each test changes one thing.
struct House {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  Release release = testing::release_of_contract();
  Service service;
  Tick now = kNow;

  House() {
    policy.people.push_back({.name = "Ana Lima", .user = "ana", .domains = {"security"}});
    add_all();
  }
  [[nodiscard]] Facts facts() const { return {contract, policy, service, release, now}; }

  Result<Evidence> bring(const Speaker& speaker, Evidence examined) {
    auto made = evidence_by(facts(), speaker, std::move(examined));
    if (made && service.evidence.find(made->id) == nullptr) {
      service.evidence.records.push_back({*made, {}});
    }
    return made;
  }
  void add_all() {
    for (Evidence& evidence : examined_quality(policy)) REQUIRE(bring(kQuality, evidence));
  }
  KeptEvidence& record(Proof proof, std::string_view domain = "security") {
    const auto found =
        std::ranges::find_if(service.evidence.records, [&](const KeptEvidence& kept) {
          return kept.evidence.assessed[0].proof == proof &&
                 kept.evidence.assessed[0].domain == domain;
        });
    REQUIRE(found != service.evidence.records.end());
    return *found;
  }
  Evidence again(Proof proof, Verdict verdict, std::string_view bytes) {
    Evidence evidence = examined_quality(policy, proof, "security", verdict);
    evidence.bytes = sha256(bytes);
    return evidence;
  }
  [[nodiscard]] ClauseVerdict security() const { return pre_quality_security(facts()); }
  [[nodiscard]] std::string found() const {
    const ClauseVerdict verdict = security();
    return std::string(to_text(verdict.verdict)) + " " + verdict.code;
  }
};

TEST_CASE("quality: a scan and an evaluation that pass are PASS, and the verdict rests on both") {
  const House house;
  const ClauseVerdict verdict = house.security();
  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.evidence.size() == 2);
  CHECK(verdict.looked_at == 6);
  CHECK(verdict.why.contains("scan by quality"));
  CHECK(pre_quality_architecture(house.facts()).verdict == Verdict::pass);
  CHECK(pre_quality_performance(house.facts()).verdict == Verdict::pass);
  CHECK(pre_quality_observability(house.facts()).verdict == Verdict::pass);
}

TEST_CASE(
    "quality: nothing recorded is INCONCLUSIVE, refuses the start, and says who can do what") {
  House house;
  house.service.evidence.records.clear();
  const ClauseVerdict verdict = house.security();
  CHECK(house.found() == "INCONCLUSIVE scan_missing");
  CHECK(verdict.looked_at == 0);
  CHECK(verdict.why.contains("no scan"));
  CHECK(verdict.why.contains("no evaluation"));
  CHECK(
      verdict.remedy.contains("`sluice evidence add work/releases/2026-11-23-storefront.md FILE`"));
  CHECK(verdict.remedy.contains("quality"));
  CHECK(verdict.remedy.contains("Ana Lima"));
  CHECK_FALSE(verdict.remedy.contains("Cleo"));
  CHECK(holds_start({verdict}).size() == 1);
}

TEST_CASE("quality: security needs a scan and an evaluation; one does not stand for the other") {
  for (const Proof missing : {Proof::scan, Proof::evaluation}) {
    House house;
    const Digest id = house.record(missing).evidence.id;
    std::erase_if(house.service.evidence.records,
                  [&](const KeptEvidence& kept) { return kept.evidence.id == id; });
    CHECK(house.found() == "INCONCLUSIVE " + std::string(to_text(missing)) + "_missing");
  }
}

TEST_CASE("quality: evidence about another release does not count") {
  House house;
  house.release.digest = sha256("another build");
  CHECK(house.found() == "INCONCLUSIVE scan_missing");
  CHECK(house.security().why.contains("about other releases"));
}

TEST_CASE("quality: evidence that has expired does not count, nor what sluice.yaml calls too old") {
  House house;
  house.now = kNow + 7 * kDayMs;
  CHECK(house.found() == "INCONCLUSIVE expired");
  house.now = kNow + 2 * kDayMs;
  CHECK(house.security().verdict == Verdict::pass);
  house.policy.quality[0].valid_for_ms = kDayMs;
  CHECK(house.found() == "INCONCLUSIVE expired");
  CHECK(house.security().why.contains("older than sluice.yaml allows"));
}

TEST_CASE("quality: revoked evidence does not count") {
  House house;
  house.record(Proof::scan).revocation = Revocation{"ana (uid 1001)", "another build", kNow};
  CHECK(house.found() == "INCONCLUSIVE revoked");
  CHECK(house.security().why.contains("another build"));
}

TEST_CASE("quality: nobody whom sluice.yaml does not name is believed, now or later") {
  House house;
  CHECK(house.bring({"eve", 666}, house.again(Proof::scan, Verdict::pass, "x")).error().code ==
        ErrorCode::rejected);
  house.policy.evaluators[0].name = "somebody else";
  CHECK(house.found() == "INCONCLUSIVE not_trusted");
}

TEST_CASE("quality: an evaluator speaks of its own domains only") {
  House house;
  CHECK(house.bring(kAna, examined_quality(house.policy, Proof::evaluation, "performance"))
            .error()
            .message.contains("has not the domain"));
  CHECK(house.bring(kAna, house.again(Proof::evaluation, Verdict::pass, "Ana's")));
  house.policy.evaluators[0].domains = {"performance"};
  CHECK(house.found() == "INCONCLUSIVE not_trusted");
}

TEST_CASE("quality: the author is never the evaluator, by whatever name") {
  House house;
  CHECK(house.bring(kCleo, house.again(Proof::evaluation, Verdict::pass, "Cleo's"))
            .error()
            .message.contains("authors do not evaluate their own work"));
  for (const char* author :
       {"quality", "@quality", "Quality <q@shop.example>", "Ana Lima, quality"}) {
    CAPTURE(author);
    house.contract.author = author;
    CHECK(house.found() == "INCONCLUSIVE by_author");
  }
}

TEST_CASE("quality: where nobody can be shown not to be the author there is no PASS") {
  House house;
  house.contract.author = "Somebody Unknown";
  CHECK(house.found() == "INCONCLUSIVE author_unknown");
  house.contract.author.clear();
  CHECK(house.found() == "INCONCLUSIVE author_unknown");
  CHECK(house.security().remedy.contains("`people`"));
  CHECK_FALSE(house.bring(kQuality, house.again(Proof::scan, Verdict::pass, "x")));
}

TEST_CASE("quality: a FAIL beats every PASS, and a newer PASS of the same series ends it") {
  House house;
  house.now = kNow + kMinuteMs;
  REQUIRE(house.bring(kQuality, house.again(Proof::scan, Verdict::fail, "second scan")));
  CHECK(house.found() == "FAIL findings");
  CHECK(house.security().remedy.contains("mend it, then `sluice evidence add"));
  house.now = kNow + 2 * kMinuteMs;
  Evidence other = house.again(Proof::scan, Verdict::pass, "third scan");
  other.series = "scan by another tool";
  REQUIRE(house.bring(kQuality, other));
  CHECK(house.found() == "FAIL findings");
  REQUIRE(house.bring(kQuality, house.again(Proof::scan, Verdict::pass, "fourth scan")));
  CHECK(house.security().verdict == Verdict::pass);
}

TEST_CASE(
    "quality: a FAIL stays when time passes, when rules change, when nothing can be decided") {
  House house;
  REQUIRE(house.bring(kQuality, house.again(Proof::scan, Verdict::fail, "second scan")));
  house.now = kNow + 60 * kDayMs;
  CHECK(house.found() == "FAIL findings");
  house.policy.quality[0].fails_at = "critical";
  CHECK(house.found() == "FAIL findings");
  REQUIRE(house.bring(kQuality, house.again(Proof::scan, Verdict::inconclusive, "broken scan")));
  CHECK(house.found() == "FAIL findings");
  house.policy.evaluators.clear();
  CHECK(house.found() == "FAIL findings");
}

TEST_CASE("quality: a FAIL is revoked by an evaluator, not by the author or a stranger") {
  House house;
  REQUIRE(house.bring(kQuality, house.again(Proof::scan, Verdict::fail, "second scan")));
  KeptEvidence& failed = house.service.evidence.records.back();
  for (const char* who : {"cleo (uid 1003)", "eve (uid 7)", "", "ana"}) {
    CAPTURE(who);
    failed.revocation = Revocation{who, "a false alarm", kNow};
    CHECK(house.found() == "FAIL findings");
  }
  CHECK(house.security().why.contains("its revocation by"));
  failed.revocation = Revocation{"ana (uid 1001)", "a false alarm", kNow};
  CHECK(house.security().verdict == Verdict::pass);
}

TEST_CASE("quality: what was made earlier does not replace what was made later") {
  House house;
  Evidence old = house.again(Proof::evaluation, Verdict::pass, "an old statement");
  old.observed = kNow + -kDayMs;
  house.now = kNow + kMinuteMs;
  REQUIRE(house.bring(kQuality, house.again(Proof::evaluation, Verdict::fail, "a new one")));
  REQUIRE(house.bring(kQuality, old));
  CHECK(house.found() == "FAIL findings");
}

TEST_CASE(
    "quality: an inconclusive scan holds, unless its tool is only not among those asked for") {
  House house;
  Evidence broken = house.again(Proof::scan, Verdict::inconclusive, "a broken scan");
  broken.series = "scan by another tool";
  REQUIRE(house.bring(kQuality, broken));
  CHECK(house.found() == "INCONCLUSIVE findings");
  house.service.evidence.records.back().evidence.assessed[0].code = "tool_not_allowed";
  CHECK(house.security().verdict == Verdict::pass);
}

TEST_CASE("quality: a PASS that looked at nothing is none") {
  House house;
  house.record(Proof::scan).evidence.assessed[0].looked_at = 0;
  CHECK(house.security().verdict == Verdict::inconclusive);
}

TEST_CASE("quality: rules that changed ask for the same bytes again, which are no fresher for it") {
  House house;
  house.policy.quality[0].fails_at = "medium";
  CHECK(house.found() == "INCONCLUSIVE rule_changed");
  house.now = kNow + kDayMs;
  const auto again = house.bring(kQuality, examined_quality(house.policy, Proof::scan, "security"));
  REQUIRE(again);
  CHECK(again->observed == kNow);
  CHECK(house.security().verdict == Verdict::pass);
}

TEST_CASE("quality: what was revoked does not come back as the same bytes, by nobody") {
  House house;
  house.record(Proof::scan).revocation = Revocation{"ana (uid 1001)", "another build", kNow};
  const Evidence same = examined_quality(house.policy, Proof::scan, "security");
  CHECK(house.bring(kQuality, same).error().message.contains("was revoked by ana"));
  CHECK(house.bring(kAna, same).error().message.contains("another build"));
}

TEST_CASE("quality: the same evidence twice is one record") {
  House house;
  const std::size_t records = house.service.evidence.records.size();
  house.now = kNow + kDayMs;
  house.add_all();
  CHECK(house.service.evidence.records.size() == records);
}

TEST_CASE("quality: evidence from the future, about no domain or of another kind is refused") {
  House house;
  Evidence ahead = house.again(Proof::scan, Verdict::pass, "x");
  ahead.observed = kNow + kDayMs;
  CHECK(house.bring(kQuality, ahead).error().message.contains("later than now"));
  Evidence stranger = house.again(Proof::scan, Verdict::pass, "x");
  stranger.assessed[0].domain = "beauty";
  CHECK(house.bring(kQuality, stranger).error().code == ErrorCode::invalid_input);
  stranger.assessed.clear();
  CHECK(house.bring(kQuality, stranger).error().code == ErrorCode::invalid_input);
  Evidence approval = house.again(Proof::scan, Verdict::pass, "x");
  approval.kind = EvidenceKind::approval;
  CHECK(house.bring(kQuality, approval).error().code == ErrorCode::invalid_input);
}

TEST_CASE(
    "quality: signed evidence is its signers' word, whoever brings it, while their keys hold") {
  House house;
  house.policy.evaluators.push_back(
      {.name = "reviewer", .key_file = "keys/reviewer.pem", .key = "PEM", .domains = {"security"}});
  house.service.evidence.records.clear();
  REQUIRE(house.bring(kQuality, house.again(Proof::scan, Verdict::pass, "scan")));
  Evidence statement = house.again(Proof::evaluation, Verdict::pass, "statement");
  statement.kind = EvidenceKind::attestation;
  statement.by = "reviewer";
  statement.assessed[0].rule =
      rule_digest(house.policy.quality[0], Proof::evaluation, signers_of(house.policy.evaluators));
  const auto made = house.bring({"eve", 666}, statement);
  REQUIRE(made);
  CHECK(made->by == "reviewer");
  CHECK(house.security().verdict == Verdict::pass);
  house.policy.evaluators.back().key = "another key";
  CHECK(house.found() == "INCONCLUSIVE rule_changed");
}

TEST_CASE("quality: security has no exception, the others have one while they are inconclusive") {
  House house;
  house.service.evidence.records.clear();
  house.policy.people.push_back(
      {.name = "Ben", .user = "ben", .domains = {"security", "performance"}});
  const auto except = [&](const ClauseVerdict& found) {
    return exception_by(house.facts(), {"ben", 1002}, found, "known");
  };
  CHECK_FALSE(except(house.security()));
  CHECK(except(pre_quality_performance(house.facts())));
}

}  // namespace
}  // namespace sluice::gates
