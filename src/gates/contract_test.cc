#include <doctest/doctest.h>

#include "gates/start_gates.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

struct Case {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  Service service = testing::adopted_service(policy);
  Release release = testing::release_of_contract();

  [[nodiscard]] ClauseVerdict look() const {
    return pre_contract({contract, policy, service, release});
  }
};

void check_fails(const Case& given, std::string_view code, std::string_view words) {
  const ClauseVerdict verdict = given.look();
  CAPTURE(verdict.why);
  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == code);
  CHECK(verdict.why.contains(words));
  CHECK_FALSE(verdict.remedy.empty());
}

TEST_CASE("pre.contract: a complete contract passes, and its approval boxes are called claims") {
  const ClauseVerdict verdict = Case{}.look();

  CAPTURE(verdict.why);
  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at > 10);
  CHECK(verdict.why.contains("0 of 1 approval boxes ticked, which are claims"));
}

TEST_CASE("pre.contract: another kind of document is refused, whatever else is in it") {
  Case given;
  given.contract.is_contract = false;
  given.contract.complaints = {
      {"x.md", {1, 1}, "the title is `Mission Brief`", "write a contract"}};
  check_fails(given, "not_a_contract", "Mission Brief");
}

TEST_CASE("pre.contract: a release id has the form REL-2026-008") {
  for (const char* id : {"", "REL-26-008", "REL-2026-08", "REL-YYYY-NNN", "rel-2026-008",
                         "REL-2026-008x", "REL-2026_008"}) {
    Case given;
    given.contract.release_id = id;
    check_fails(given, "release_id", "at 3:1");
  }
  Case long_number;
  long_number.contract.release_id = "REL-2026-12345";
  CHECK(long_number.look().verdict == Verdict::pass);
}

TEST_CASE("pre.contract: a draft is refused, and the release manager may change that") {
  Case given;
  given.contract.status = "draft";
  check_fails(given, "not_approved", "`draft` at 4:1");
  CHECK(given.look().remedy.contains("only the release manager"));
}

TEST_CASE("pre.contract: a contract that was already used is refused") {
  for (const char* status : {"deployed", "rolled-back", "Deploying"}) {
    Case given;
    given.contract.status = status;
    check_fails(given, "already_used", "already used");
  }
}

TEST_CASE("pre.contract: a status from an option list never chosen from is no approval") {
  Case given;
  given.contract.status = "draft | approved | deploying | deployed | rolled-back";
  check_fails(given, "not_approved", "draft | approved");
}

TEST_CASE("pre.contract: somebody answers for the release") {
  Case given;
  given.contract.release_manager.clear();
  check_fails(given, "no_release_manager", "release manager");
}

TEST_CASE("pre.contract: each required section is named when it is missing") {
  Case given;
  given.contract.summary.clear();
  given.contract.changes.clear();
  given.contract.stages.clear();
  given.contract.rollback.present = false;
  given.contract.pre_deployment.clear();
  check_fails(given, "section_missing", "`Release Summary`");
  for (const char* title : {"Changes Included", "Progressive Rollout Plan", "Rollback Plan",
                            "Pre-Deployment Checklist"}) {
    CHECK(given.look().why.contains(title));
  }
}

TEST_CASE("pre.contract: one change at least has a known type; others are noted") {
  Case given;
  given.contract.changes[0].type = ChangeType::unknown;
  CHECK(given.look().verdict == Verdict::pass);
  CHECK(given.look().why.contains("1 change of another type"));

  given.contract.changes[1].type = ChangeType::unknown;
  check_fails(given, "no_known_change", "type");
}

TEST_CASE("pre.contract: whether anything breaks is decided, and what breaks is listed") {
  Case given;
  given.contract.breaking = std::nullopt;
  check_fails(given, "breaking_undecided", "Breaking Changes");

  given.contract.breaking = true;
  check_fails(given, "breaking_unnamed", "none is listed");

  given.contract.breaking_changes = {"GET /basket is gone: use /v2/basket"};
  CHECK(given.look().verdict == Verdict::pass);
}

TEST_CASE("pre.contract: placeholders left are counted, five of them with line and column") {
  Case given;
  for (int line = 1; line <= 7; ++line) {
    given.contract.placeholders.push_back(
        {"x.md", {line, 3}, "`{{VALUE_" + std::to_string(line) + "}}` is a placeholder", ""});
  }
  check_fails(given, "placeholder_left", "7 placeholders left");
  const std::string why = given.look().why;
  CHECK(why.contains("`{{VALUE_5}}` is a placeholder at 5:3"));
  CHECK_FALSE(why.contains("VALUE_6"));
  CHECK(why.contains("and 2 more"));
}

TEST_CASE("pre.contract: whatever could not be read as meant is refused with its text and place") {
  Case given;
  given.contract.complaints = {
      {"x.md", {31, 12}, "`25% (incl. 3 customers)` is no percentage", "write `25 %`"}};
  check_fails(given, "unreadable", "`25% (incl. 3 customers)` is no percentage at 31:12");
  CHECK(given.look().remedy.contains("write `25 %`"));
}

TEST_CASE("pre.contract: a contract lists what is delivered, and it could be read") {
  Case given;
  given.contract.artifacts.clear();
  check_fails(given, "no_artifacts", "no artifact");

  Case unread;
  unread.release.artifacts.clear();
  check_fails(unread, "artifact_unread", "`server` at `build/storefront`");
}

TEST_CASE("pre.contract: configuration and migrations are read and pinned as artifacts are") {
  Case unread;
  unread.contract.configuration = {{.name = "limits", .location = "limits.conf", .at = {26, 1}}};
  check_fails(unread, "artifact_unread", "file of configuration `limits` at `limits.conf`");
  unread.release.configuration = {{"limits", "limits.conf", sha256("limits")}};
  CHECK(unread.look().verdict == Verdict::pass);
  unread.contract.configuration[0].digest_text = "sha256:" + sha256("other limits").hex;
  check_fails(unread, "artifact_changed", sha256("other limits").brief());

  Case migration;
  migration.contract.migrations = {{.name = "0042.sql", .detail = "a column", .at = {30, 1}}};
  check_fails(migration, "artifact_unread", "migration `0042.sql`");
}

TEST_CASE("pre.contract: an artifact that is not the pinned one is refused") {
  Case given;
  given.contract.artifacts[0].digest_text = "sha256:" + sha256("another build").hex;
  check_fails(given, "artifact_changed", sha256("another build").brief());

  given.contract.artifacts[0].digest_text = "sha256:" + sha256("storefront 1.4.0").hex;
  CHECK(given.look().verdict == Verdict::pass);

  given.contract.artifacts[0].digest_text = "sha256:abc";
  check_fails(given, "artifact_digest", "`sha256:abc`");
}

TEST_CASE("pre.contract: a revision that was rolled back is refused until the contract changes") {
  Case given;
  given.service.outcomes = {{.delivery = {"D-0001"},
                             .release = given.release.digest,
                             .contract_revision = given.contract.revision_digest,
                             .phase = Phase::rolled_back}};
  check_fails(given, "rolled_back_before", "`D-0001`");
  CHECK(given.look().remedy.contains("change the contract"));

  given.contract.revision_digest = sha256("contract, revision 2");
  CHECK(given.look().verdict == Verdict::pass);
}

TEST_CASE("pre.contract: a release id that was delivered with another digest is refused") {
  Case given;
  Release other = given.release;
  other.digest = sha256("something else");
  given.service.releases.push_back(other);
  given.service.outcomes = {{.delivery = {"D-0001"},
                             .release = other.digest,
                             .contract_revision = sha256("x"),
                             .phase = Phase::done}};
  check_fails(given, "release_id_reused", "`D-0001`");

  given.service.outcomes[0].phase = Phase::rolled_back;
  CHECK(given.look().verdict == Verdict::pass);
}

TEST_CASE("pre.contract: what the contract says against one of its own changes counts") {
  Case given;
  REQUIRE_FALSE(given.contract.changes.empty());
  for (const char* said : {"FAIL", "failed", "Fail (see report)"}) {
    given.contract.changes[0].quality_verdict = said;
    check_fails(given, "change_failed", said);
  }
  for (const char* said : {"ESCALATE", "pending", "not evaluated", "open"}) {
    given.contract.changes[0].quality_verdict = said;
    CAPTURE(said);
    CHECK(given.look().verdict == Verdict::inconclusive);
    CHECK(given.look().code == "change_open");
  }
  for (const char* said : {"PASS", "PASS WITH NOTES", "-", "", "see report"}) {
    given.contract.changes[0].quality_verdict = said;
    CHECK(given.look().verdict == Verdict::pass);
  }
}

TEST_CASE("pre.contract: terminal escapes in a contract do not reach the verdict") {
  Case given;
  given.contract.status = "\x1b[2Japproved";

  CHECK_FALSE(given.look().why.contains('\x1b'));
}

}  // namespace
}  // namespace sluice::gates
