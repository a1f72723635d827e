#include "gates/change_history.h"

#include <doctest/doctest.h>

#include "gates/start_gates.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

ClauseVerdict verdict_of(const Contract& contract) {
  const Policy policy = testing::complete_policy();
  const Service service = testing::adopted_service(policy);
  const Release release = testing::release_of_contract();
  return pre_contract({contract, policy, service, release});
}

Commit commit(char digit, std::string message, bool merge = false) {
  return {std::string(40, digit), message, message, merge};
}

TEST_CASE("commits: every one is covered by the mission that its message mentions") {
  const Contract contract = testing::complete_contract();

  CHECK(why_incomplete(contract) == "");
  CHECK(verdict_of(contract).verdict == Verdict::pass);
  CHECK(verdict_of(contract).why.contains("compared with 1 commit of `v1.3.0..v1.4.0`"));
}

TEST_CASE("commits: one that no change covers fails the contract, and is named") {
  Contract contract = testing::complete_contract();
  contract.history->commits.push_back(commit('b', "Sell the customers' addresses"));
  const ClauseVerdict found = verdict_of(contract);

  CHECK(found.verdict == Verdict::fail);
  CHECK(found.code == "commit_uncovered");
  CHECK(found.why.contains("bbbbbbbbbb `Sell the customers' addresses`"));
  CHECK(why_incomplete(contract).contains("1 commit of"));
}

TEST_CASE("commits: a mission is mentioned as a whole word") {
  Contract contract = testing::complete_contract();
  contract.changes[0].mission = contract.changes[1].mission = "MIS-4";
  contract.history->commits = {commit('a', "MIS-44: another one")};
  CHECK_FALSE(why_incomplete(contract).empty());

  contract.history->commits = {commit('a', "MIS-44, (MIS-4): this one, too")};
  CHECK(why_incomplete(contract).empty());
}

TEST_CASE("commits: a dash in the column of missions covers nothing") {
  Contract contract = testing::complete_contract();
  contract.changes[0].mission = contract.changes[1].mission = "-";
  contract.history->commits = {commit('a', "basket - prices")};

  CHECK_FALSE(why_incomplete(contract).empty());
}

TEST_CASE("commits: a change covers those that it names") {
  Contract contract = testing::complete_contract();
  contract.history->commits.push_back(commit('b', "tidy up"));
  contract.changes[0].commits = {"bbbbbbb"};
  contract.history->named["bbbbbbb"] = std::string(40, 'b');

  CHECK(verdict_of(contract).verdict == Verdict::pass);
}

TEST_CASE("commits: a change that names one which does not exist fails") {
  Contract contract = testing::complete_contract();
  contract.changes[0].commits = {"0123456"};
  contract.history->named["0123456"] = "";
  const ClauseVerdict found = verdict_of(contract);

  CHECK(found.verdict == Verdict::fail);
  CHECK(found.code == "commit_unknown");
}

TEST_CASE("commits: merges bring nothing of their own") {
  Contract contract = testing::complete_contract();
  contract.history->commits.push_back(commit('b', "Merge branch", true));

  CHECK(why_incomplete(contract).empty());
}

TEST_CASE("commits: without a range or a repository the contract says so and does not fail") {
  Contract no_range = testing::complete_contract();
  no_range.commits.clear();
  CHECK(verdict_of(no_range).verdict == Verdict::pass);
  CHECK(verdict_of(no_range).why.contains("not compared with commits"));

  Contract no_repository = testing::complete_contract();
  no_repository.history.reset();
  CHECK(verdict_of(no_repository).verdict == Verdict::pass);
  CHECK(verdict_of(no_repository).why.contains("no Git repository"));
}

TEST_CASE("commits: a range that the repository cannot show is inconclusive") {
  Contract contract = testing::complete_contract();
  contract.history->commits.clear();
  contract.history->trouble = "`v1.3.0` is not in the repository";
  const ClauseVerdict found = verdict_of(contract);

  CHECK(found.verdict == Verdict::inconclusive);
  CHECK(found.code == "commits_unread");
}

}  // namespace
}  // namespace sluice::gates
