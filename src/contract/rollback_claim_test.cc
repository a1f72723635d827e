#include "contract/rollback_claim.h"

#include <doctest/doctest.h>

namespace sluice::contract {
namespace {

void all_are(Claim claim, const std::vector<std::string>& answers) {
  for (const std::string& answer : answers) {
    INFO(answer);
    CHECK(static_cast<int>(rollback_claim(answer)) == static_cast<int>(claim));
  }
}

TEST_CASE("rollback claim: a test of the way back that was performed is a yes") {
  all_are(Claim::yes, {"Yes",
                       "yes.",
                       "**Yes**, manually",
                       "Yes — in staging on 2026-03-01, took 40 s",
                       "Rollback was tested in staging.",
                       "Tested by disabling the flag; traffic came back.",
                       "The downgrade path has been verified by hand.",
                       "Yes, no issues were found.",
                       "We rolled back in staging and verified that orders went through.",
                       "Manual test performed:\n\n1. Deploy 1.4\n2. Downgrade to 1.3, verify\n",
                       "Disabled the gate and restarted.\n\nConfirmed that nothing was lost.",
                       "Upgrade->downgrade->upgrade testing was done with the beta.",
                       "Yes. Downgraded from 1.4 to 1.3 and ran the smoke tests.",
                       "Rollback is tested on every merge by the e2e job",
                       "Unit tests, and a manual downgrade test was performed in a cluster",
                       "- [x] Yes",
                       "Drilled in staging: deploy, shift to 50 %, roll back, verify; 2 min",
                       "We performed a rollback drill without data loss.",
                       "Yes, 3 of 3 rollbacks. No data lost.",
                       "Yes. No issues."});
}

TEST_CASE("rollback claim: a denial beats everything that stands beside it") {
  all_are(Claim::no, {"No",
                      "Not yet",
                      "no, never",
                      "untested",
                      "TODO",
                      "// TODO //",
                      "TBD",
                      "None",
                      "Upgrade was tested. Rollback was not tested.",
                      "We have not fully tested rollback.",
                      "The rollback hasn't been tested yet.",
                      "Rollback could not be tested in staging.",
                      "Upgrade was tested but not rollback.",
                      "There are no rollback tests.",
                      "The rollback was only partially tested.",
                      "Nobody has tested the downgrade.",
                      "Rollback was tested, although the data part was never verified.",
                      "Upgrade was tested manually, downgrade was not.",
                      "Rollback was tested and failed.",
                      "Yes, but rollback failed.",
                      "Rollback tested: it did not work.",
                      "We ran out of time to test the rollback.",
                      "The rollback test was cancelled.",
                      "I tried to roll back, without success.",
                      "We verified that rollback is impossible after the migration."});
}

TEST_CASE("rollback claim: a promise is no test") {
  all_are(Claim::planned, {"Will be tested before launch", "Yes, will be done before launch",
                           "We plan to test the downgrade", "Rollback is to be tested in staging",
                           "No, tests will be added.", "Yes. This will be tested in beta.",
                           "Not yet, planned for May", "Rollback testing done, results pending.",
                           "We're going to rehearse the rollback, a drill is planned"});
}

TEST_CASE("rollback claim: that it does not matter is a claim of its own") {
  all_are(Claim::not_applicable,
          {"n/a", "N/A.", "Not applicable", "No need to test, it is stateless",
           "Does not apply to this release", "This should not affect rollback.", "Not needed"});
}

TEST_CASE("rollback claim: what says too little is unclear") {
  all_are(Claim::unclear, {"",
                           "yes / no",
                           "[yes/no]",
                           "yesterday",
                           "Tested by hand.",
                           "Manual tests were run.",
                           "Rollback should work.",
                           "Rollback can be tested with the flag.",
                           "See the ticket.",
                           "Yes, the upgrade was tested.",
                           "Yes, by unit tests",
                           "Yes, if the flag is off",
                           "Upgrade was tested. To roll back, disable the flag.",
                           "Was rollback tested? See above.",
                           "Yes, only in development",
                           "Once rollback was tested we ship.",
                           "The previous release's rollback was tested.",
                           "Rollback was verified by code review",
                           "The rollback procedure was validated by the lead.",
                           "Rollback is tested.",
                           "We confirmed with the team that rollback is possible.",
                           "Yes (mostly)",
                           "Yes, in principle",
                           "Everything was tested, rollback instructions are below.",
                           "Customers tested it and asked for a rollback.",
                           "We tested whether the feature is disabled.",
                           "Yes for 1.3, not for 1.4",
                           "<!-- Rollback was tested -->",
                           "Yes, except for the database",
                           "Rollback was tested and it corrupted data.",
                           "Rollback tested; it left orphaned rows.",
                           "Yes, and the database crashed",
                           "- [ ] yes",
                           "[ ] yes",
                           "☐ yes",
                           "Yes, according to the vendor.",
                           "Rollback has been tested by the vendor.",
                           "QA says the rollback was tested, I have not seen it.",
                           "Yes. Actually no.",
                           "Y/N",
                           "Rollback was tested with the previous release.",
                           "Yes, and it took the site down for ten minutes.",
                           "Yes, apart from the search index.",
                           "Rollback was tested; results were inconclusive.",
                           "Yes, see below. TODO: fill in.",
                           "Rollback tested with mocks.",
                           "The upgrade was tested and rollback works the same way.",
                           "Tested rollback of the API, the database was left out.",
                           "Yes: 0 of 3 rollbacks succeeded.",
                           "Drilled in staging: to roll back, deploy the old one"});
}

TEST_CASE("rollback claim: an answer without end is not read to its end") {
  std::string words = "Rollback was tested";
  while (words.size() < 60'000) words += " no";
  CHECK(rollback_claim(words) != Claim::yes);
  CHECK(rollback_claim("Yes. " + std::string(70'000, 'x')) == Claim::unclear);
}

TEST_CASE("rollback claim: the answer is found below its question") {
  constexpr std::string_view kHeadings =
      "###### What metrics inform a rollback?\n\nErrors\n\n###### Were upgrade and rollback "
      "tested?\n\n<!-- describe -->\nYes, manually\n\n###### Next?\n\nNo\n";
  CHECK(rollback_claim(rollback_answer(kHeadings)) == Claim::yes);
  constexpr std::string_view kItems =
      "* **How can it fail?**\n  It cannot.\n\n* **Was rollback tested?**\n  Not yet.\n\n* "
      "**More?**\n  Yes\n";
  CHECK(rollback_claim(rollback_answer(kItems)) == Claim::no);
  CHECK(rollback_answer("# Notes\n\nYes\n").empty());
}

}  // namespace
}  // namespace sluice::contract
