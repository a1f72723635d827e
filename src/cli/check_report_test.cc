// One report in every format, compared with tests/golden/check, and the limits of the platforms.
#include "cli/check_report.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "codec/json.h"
#include "gates/decisions.h"

namespace sluice::cli {
namespace {

Policy some_policy() {
  Policy policy{.digest = sha256("sluice.yaml"), .service = {"storefront"}};
  policy.people = {{"Ana Lima", "ana", {"security"}}, {"Ben Okafor", "ben", {"operations"}}};
  return policy;
}

LoadedContract some_contract() {
  LoadedContract loaded;
  loaded.contract.file = "./work/releases/storefront 1.4.md";
  loaded.contract.revision_digest = sha256("contract");
  loaded.contract.release_manager = "Jonas Weber";
  loaded.release = {.id = "REL-2026-104", .title = "Storefront <1.4.0> & more"};
  loaded.release.digest = sha256("release");
  loaded.complaints = {{"work/releases/x.md", {12, 3}, "`5 %` follows `25 %`", "list them rising"}};
  return loaded;
}

ClauseVerdict verdict(Clause clause, Verdict verdict, std::string code, std::string why,
                      std::string remedy = {}) {
  return {.clause = clause,
          .verdict = verdict,
          .code = std::move(code),
          .why = std::move(why),
          .remedy = std::move(remedy),
          .looked_at = 1};
}

CheckReport some_report() {
  return make_report(
      some_policy(), some_contract(),
      {verdict(Clause::progression_health, Verdict::pass, std::string(gates::kByException),
               "PASS by exception of Ben Okafor"),
       verdict(Clause::pre_quality_security, Verdict::fail, "finding",
               "one <high> finding: 100% of | it, \"quoted\"", "correct it"),
       verdict(Clause::pre_contract, Verdict::inconclusive, "unread", "nobody knows", "find out"),
       verdict(Clause::pre_migrations, Verdict::inconclusive, std::string(kNotBuilt),
               "no gate yet"),
       verdict(Clause::plan_stages, Verdict::pass, "ok", "four stages")});
}

CheckReport many(std::size_t count) {
  CheckReport report = some_report();
  report.complaints.assign(count, report.complaints[0]);
  for (std::size_t i = 0; i < count; ++i) report.complaints[i].at.line = static_cast<int>(i + 1);
  return report;
}

std::size_t lines_with(std::string_view text, std::string_view words) {
  std::size_t count = 0;
  for (std::size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++count;
  return count;
}

// Rewritten when SLUICE_ACCEPT=1.
void check_golden(const std::string& name, const std::string& now) {
  const std::string path = SLUICE_SOURCE_DIR "/tests/golden/check/" + name;
  const char* accept = std::getenv("SLUICE_ACCEPT");
  if (accept != nullptr && std::string_view(accept) == "1") {
    std::ofstream(path, std::ios::binary) << now;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::stringstream accepted;
  accepted << file.rdbuf();
  INFO(path << " differs; SLUICE_ACCEPT=1 rewrites it");
  CHECK(accepted.str() == now);
}

TEST_CASE("check: one report in every format is what was accepted") {
  const CheckReport report = some_report();
  check_golden("report.txt", as_text(report, false, 100));
  check_golden("report.json", as_json(report));
  check_golden("report.md", as_markdown(report));
  check_golden("report.sarif", as_sarif(report));
  check_golden("report.xml", as_junit(report));
  check_golden("report.github", as_github(report));
  check_golden("report.gitlab.json", as_gitlab(report));
}

TEST_CASE("check: each open clause says who can do something, by domain or by office") {
  const CheckReport report = some_report();
  CHECK(report.clauses[0].who.empty());
  CHECK(report.clauses[1].who == "Ana Lima (security)");
  CHECK(report.clauses[2].who == "Jonas Weber (release manager)");
  CHECK(report.clauses[3].who.empty());
}

TEST_CASE("check: exceptions are counted, and the exit follows the worst") {
  CheckReport report = some_report();
  CHECK(
      summary_of(report).contains("2 PASS (1 by exception), 1 FAIL, 1 INCONCLUSIVE, 1 not built"));
  CHECK(exit_of(report) == Exit::denied);
  report.clauses.erase(report.clauses.begin() + 1);
  CHECK(exit_of(report) == Exit::usage);
  report.complaints.clear();
  CHECK(exit_of(report) == Exit::undecided);
  report.clauses.erase(report.clauses.begin() + 1);
  CHECK(exit_of(report) == Exit::allowed);
}

TEST_CASE("check github: ten annotations of a kind at most, and the rest is counted") {
  const std::string text = as_github(many(30));
  CHECK(lines_with(text, "::error ") == 10);
  CHECK(text.contains("::error title=sluice::22 more"));
  // The clauses come first: what is cut is the least.
  CHECK(text.contains("title=pre.quality.security FAIL::"));
  CHECK(lines_with(as_github(many(9)), "::error ") == 10);
  CHECK_FALSE(as_github(many(9)).contains(" more; "));
}

TEST_CASE("check github: nothing of a file becomes a command of its own") {
  CheckReport report = some_report();
  report.clauses[1].verdict.why = "bad\n::set-output name=x::y\r%0A";
  const std::string text = as_github(report);
  CHECK(lines_with(text, "\n::set-output") == 0);
  CHECK(text.contains("%250A"));
  report.contract_file = "a:b,c.md";
  CHECK(as_github(report).contains("file=a%3Ab%2Cc.md,"));
}

TEST_CASE("check markdown: never longer than a step summary may be") {
  CheckReport report = many(5'000);
  for (Complaint& complaint : report.complaints) complaint.wrong = std::string(900, 'x');
  const std::string text = as_markdown(report);
  CHECK(text.size() < (std::size_t{1} << 20U));
  CHECK(text.size() > (std::size_t{1} << 19U));
  CHECK(text.contains(" more\n"));
}

TEST_CASE(
    "check sarif and gitlab: they are JSON, with one result for each thing that is not right") {
  const auto sarif = codec::parse_json(as_sarif(some_report()));
  REQUIRE(sarif);
  const codec::Json& run = sarif->find("runs")->array()->front();
  CHECK(run.find("results")->array()->size() == 3);
  CHECK(run.find("results")->array()->front().string_or("ruleId", "") == "pre.quality.security");
  const auto issues = codec::parse_json(as_gitlab(many(40)));
  REQUIRE(issues);
  CHECK(issues->array()->size() == 42);
  std::vector<std::string> fingerprints;
  for (const codec::Json& issue : *issues->array()) {
    fingerprints.push_back(issue.string_or("fingerprint", ""));
  }
  std::ranges::sort(fingerprints);
  CHECK(std::ranges::adjacent_find(fingerprints) == fingerprints.end());
  CHECK(as_gitlab(some_report()).contains("\"path\":\"work/releases/storefront 1.4.md\""));
}

TEST_CASE("check sarif: at most as many results as a platform shows") {
  const auto sarif = codec::parse_json(as_sarif(many(6'000)), std::size_t{64} << 20U);
  REQUIRE(sarif);
  CHECK(sarif->find("runs")->array()->front().find("results")->array()->size() == 5'000);
}

}  // namespace
}  // namespace sluice::cli
