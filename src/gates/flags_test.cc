#include "gates/flags.h"

#include <doctest/doctest.h>

#include "gates/start_gates.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

struct Situation {
  Contract contract = testing::complete_contract();
  Policy policy = testing::complete_policy();
  FlagAnswers answers{.source = "OFREP http://flags.example"};

  // One change becomes a feature behind a flag, about which the service says this.
  Situation& feature(const std::string& flag, FlagStanding standing = FlagStanding::off) {
    contract.changes[0].type = ChangeType::feature;
    contract.changes[0].flag = flag;
    answers.flags = {{flag, standing, "as the service says"}};
    return *this;
  }
  [[nodiscard]] ClauseVerdict verdict() const {
    const Service service = testing::adopted_service(policy);
    const Release release = testing::release_of_contract();
    return pre_flags({contract, policy, service, release, {}, &answers});
  }
};

void check_verdict(const Situation& situation, Verdict verdict, std::string_view code) {
  const ClauseVerdict found = situation.verdict();
  CAPTURE(found.why);
  CHECK(found.verdict == verdict);
  CHECK(found.code == code);
  CHECK(found.remedy.empty() == (verdict == Verdict::pass));
}

TEST_CASE("pre.flags: a feature whose flag is off for everybody passes, and says who said so") {
  const ClauseVerdict found = Situation().feature("new-basket").verdict();

  CHECK(found.verdict == Verdict::pass);
  CHECK(found.why.contains("1 flag of new features, off for everybody by OFREP http://flags"));
  CHECK(found.why.contains("`new-basket`"));
  CHECK(found.looked_at == 3);
}

TEST_CASE("pre.flags: a flag that is on, or on for some, or that does not exist, fails") {
  check_verdict(Situation().feature("a", FlagStanding::on), Verdict::fail, "flag_on");
  check_verdict(Situation().feature("a", FlagStanding::varies), Verdict::fail, "flag_varies");
  check_verdict(Situation().feature("a", FlagStanding::missing), Verdict::fail, "flag_missing");
}

TEST_CASE("pre.flags: what cannot be told is inconclusive, never a pass") {
  check_verdict(Situation().feature("a", FlagStanding::unknown), Verdict::inconclusive,
                "flag_unknown");
  check_verdict(Situation().feature("a", FlagStanding::wrong_type), Verdict::inconclusive,
                "flag_type");

  Situation silent = Situation().feature("a");
  silent.answers.trouble = "the service does not answer";
  check_verdict(silent, Verdict::inconclusive, "flags_unread");

  Situation nobody = Situation().feature("a");
  nobody.answers = {};
  check_verdict(nobody, Verdict::inconclusive, "no_flag_service");

  Situation about_another = Situation().feature("a");
  about_another.answers.flags[0].name = "b";
  check_verdict(about_another, Verdict::inconclusive, "flag_unknown");
}

TEST_CASE("pre.flags: a feature without a flag fails, whatever the others are") {
  Situation situation = Situation().feature("a");
  situation.contract.changes[1].type = ChangeType::feature;

  check_verdict(situation, Verdict::fail, "flag_unnamed");
  CHECK(situation.verdict().why.contains("`Price rounds half up`"));
}

TEST_CASE("pre.flags: one flag that is on beats another that cannot be told") {
  Situation situation = Situation().feature("a", FlagStanding::unknown);
  situation.contract.changes[1].type = ChangeType::feature;
  situation.contract.changes[1].flag = "b";
  situation.answers.flags.push_back({"b", FlagStanding::on, "on"});

  check_verdict(situation, Verdict::fail, "flag_on");
}

TEST_CASE("pre.flags: no feature passes only where the list of changes is shown to be whole") {
  const Situation whole;
  check_verdict(whole, Verdict::pass, "ok");
  CHECK(whole.verdict().why.starts_with("no change is a feature: 2 changes, which are all"));

  Situation no_range;
  no_range.contract.commits.clear();
  check_verdict(no_range, Verdict::inconclusive, "changes_incomplete");

  Situation no_repository;
  no_repository.contract.history.reset();
  check_verdict(no_repository, Verdict::inconclusive, "changes_incomplete");

  Situation unread;
  unread.contract.history->trouble = "`v1` is not in the repository";
  check_verdict(unread, Verdict::inconclusive, "changes_incomplete");

  Situation empty;
  empty.contract.history->commits.clear();
  check_verdict(empty, Verdict::inconclusive, "changes_incomplete");

  Situation uncovered;
  uncovered.contract.history->commits[0].message = "a feature in the dark";
  check_verdict(uncovered, Verdict::inconclusive, "changes_incomplete");
}

TEST_CASE("pre.flags: a change of an unknown type may be a feature") {
  Situation situation;
  situation.contract.changes[0].type = ChangeType::unknown;
  situation.contract.changes[0].type_text = "documentation";

  check_verdict(situation, Verdict::inconclusive, "change_type");
}

TEST_CASE("pre.flags: a contract without changes is not one without features") {
  Situation situation;
  situation.contract.changes.clear();

  check_verdict(situation, Verdict::inconclusive, "no_changes");
}

TEST_CASE("pre.flags: flags that the contract names and no change refers to are reported") {
  Situation situation = Situation().feature("a");
  situation.contract.flags = {{"a", "", {}}, {"left-over", "", {}}};

  CHECK(situation.verdict().why.contains(
      "1 flag of the section `Flags` that no change refers to: `left-over`"));
}

TEST_CASE("pre.flags: what a service says cannot steer a terminal") {
  Situation situation = Situation().feature("a\x1b[31m", FlagStanding::on);

  CHECK_FALSE(situation.verdict().why.contains('\x1b'));
}

TEST_CASE("flags of features: each once, in order, and only those of features") {
  Contract contract = testing::complete_contract();
  contract.changes = {{.text = "1", .type = ChangeType::feature, .flag = "b"},
                      {.text = "2", .type = ChangeType::feature, .flag = "a"},
                      {.text = "3", .type = ChangeType::feature, .flag = "b"},
                      {.text = "4", .type = ChangeType::fix, .flag = "kill-switch"},
                      {.text = "5", .type = ChangeType::feature}};

  CHECK(flags_of_features(contract) == std::vector<std::string>{"a", "b"});
}

}  // namespace
}  // namespace sluice::gates
