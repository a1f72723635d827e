// Every row of the corpus of evidence, and of evaluation reports and answers about rollbacks,
// against what its table expects. `SLUICE_CORPUS=FOLDER evidence_corpus_test` runs another corpus
// of the same layout.
#include <filesystem>

#include <doctest/doctest.h>

#include "base/text.h"
#include "codec/json.h"
#include "contract/rollback_claim.h"
#include "evidence/assessment.h"
#include "support/corpus_tally.h"
#include "support/origins.h"

using namespace sluice;
using namespace sluice::evidence;
using sluice::testing::Expectation;
namespace fs = std::filesystem;

namespace {

bool is_here(const fs::path& file) {
  if (fs::exists(file)) return true;
  MESSAGE("the corpus is absent: nothing was checked, there is no " << file.string());
  return false;
}

// "GATE FAIL / ESCALATE (malformed)": what the words of the table accept.
std::optional<Expectation> evidence_expectation(std::string_view words) {
  const std::string lower = to_lower_ascii(words);
  if (lower.starts_with("gate depends")) return Expectation{.pass = true, .fail = true};
  if (lower.starts_with("vulnerability does not block")) return Expectation{.pass = true};
  if (lower.starts_with("vulnerability blocks")) return Expectation{.fail = true};
  if (lower.starts_with("parse")) return Expectation{.pass = true};
  if (lower.starts_with("reject")) return Expectation{.fail = true};
  const Expectation found{.pass = lower.starts_with("gate pass"),
                          .fail = lower.starts_with("gate fail") || lower.starts_with("fail"),
                          .inconclusive = lower.contains("escalate")};
  if (!found.pass && !found.fail && !found.inconclusive) return std::nullopt;
  return found;
}

template <class Facts, class Rule>
Assessment assessed(const Result<Facts>& facts, const Rule& rule) {
  return facts ? assess(*facts, rule) : unreadable(facts.error());
}

// Where the table asks only whether the file can be read, being read is a PASS.
Assessment only_read(const Result<CycloneDxFacts>& facts) {
  if (!facts) return {.verdict = Verdict::fail, .code = "rejected", .why = facts.error().message};
  return {.verdict = Verdict::pass, .code = "read", .looked_at = 1};
}

Assessment assess_file(const fs::path& file, std::string_view expected) {
  const std::string bytes = sluice::testing::bytes_of_file(file);
  if (file.extension() == ".sarif") return assessed(read_sarif(bytes), ScanRule{});
  if (file.extension() == ".xml") return assessed(read_junit(bytes), TestRule{});
  const bool reading = expected.starts_with("PARSE") || expected.starts_with("REJECT");
  if (reading) return only_read(read_cyclonedx(bytes));
  return assessed(read_cyclonedx(bytes), VulnerabilityRule{});
}

std::string said_by(const Assessment& found) {
  return fmt::format("{} ({}) {}", to_text(found.verdict), found.code, found.why);
}

}  // namespace

TEST_CASE("evidence corpus: no file passes that a careful reader would not let pass") {
  const fs::path folder = sluice::testing::corpus_root() / "evidence";
  if (!is_here(folder / "ORIGINS.md")) return;
  sluice::testing::CorpusTally tally("evidence");
  for (const auto& row : sluice::testing::read_origins(folder)) {
    const auto expected = evidence_expectation(row.expected);
    if (!expected) {
      tally.add_not_understood(row.file, row.expected);
      continue;
    }
    const Assessment found = assess_file(folder / row.file, row.expected);
    tally.add(row.file, *expected, found.verdict, said_by(found));
  }
  tally.conclude();
}

namespace {

// Of the rows of contracts/ORIGINS.md that are about evaluation reports.
std::optional<Expectation> report_expectation(const sluice::testing::OriginsRow& row) {
  const std::string lower = to_lower_ascii(row.expected);
  const bool about = row.file.starts_with("evaluations/") || lower.contains("verdict = none");
  if (!about) return std::nullopt;
  const Expectation found{.pass = lower.starts_with("overall pass") || lower.starts_with("pass"),
                          .fail = lower.contains("fail"),
                          .inconclusive = lower.contains("escalate") || lower.contains("none") ||
                                          lower.contains("not-a-report") ||
                                          lower.contains("incomplete")};
  return found;
}

}  // namespace

TEST_CASE("evidence corpus: evaluation reports come to what a careful reader says") {
  const fs::path folder = sluice::testing::corpus_root() / "contracts";
  if (!is_here(folder / "ORIGINS.md")) return;
  sluice::testing::CorpusTally tally("evaluation reports");
  for (const auto& row : sluice::testing::read_origins(folder)) {
    const auto expected = report_expectation(row);
    if (!expected) continue;
    const std::string bytes = sluice::testing::bytes_of_file(folder / row.file);
    const Assessment found = assess(read_evaluation_report(bytes, row.file), ReportRule{});
    tally.add(row.file, *expected, found.verdict, said_by(found));
  }
  tally.conclude();
}

TEST_CASE("evidence corpus: no other document is taken for an evaluation that passed") {
  const fs::path folder = sluice::testing::corpus_root() / "contracts";
  if (!is_here(folder / "ORIGINS.md")) return;
  int looked_at = 0;
  for (const auto& row : sluice::testing::read_origins(folder)) {
    if (row.file.starts_with("evaluations/")) continue;
    ++looked_at;
    INFO(row.file);
    const std::string bytes = sluice::testing::bytes_of_file(folder / row.file);
    CHECK(assess(read_evaluation_report(bytes, row.file), {}).verdict != Verdict::pass);
  }
  CHECK(looked_at > 0);
}

namespace {

std::string_view word_of(Claim claim) {
  switch (claim) {
    case Claim::yes: return "tested";
    case Claim::no: return "not-tested";
    case Claim::planned: return "planned";
    case Claim::not_applicable: return "not-applicable";
    case Claim::unclear: return "unclear";
  }
  return "?";
}

// A claim as a verdict about "rollback tested": only `yes` would let a reader go on.
Verdict verdict_of(std::string_view word) {
  if (word == "tested") return Verdict::pass;
  return word == "not-tested" ? Verdict::fail : Verdict::inconclusive;
}

Expectation expecting(Verdict verdict) {
  return {.pass = verdict == Verdict::pass,
          .fail = verdict == Verdict::fail,
          .inconclusive = verdict == Verdict::inconclusive};
}

// "rollback tested: NO (partial)"
std::optional<Expectation> rollback_expectation(std::string_view words) {
  const std::string lower = to_lower_ascii(words);
  const std::size_t at = lower.find("rollback tested:");
  if (at == std::string::npos || lower.starts_with("parse")) return std::nullopt;
  const std::string_view said = trim(std::string_view(lower).substr(at + 16));
  if (said.starts_with("yes")) return expecting(Verdict::pass);
  if (said.starts_with("no") && !said.starts_with("not app")) return expecting(Verdict::fail);
  return expecting(Verdict::inconclusive);
}

}  // namespace

TEST_CASE("evidence corpus: answers about a tested rollback are told apart") {
  const fs::path file =
      sluice::testing::corpus_root() / "contracts" / "rollback-tested-answers.json";
  if (!is_here(file)) return;
  const auto json = codec::parse_json(sluice::testing::bytes_of_file(file));
  REQUIRE(json);
  REQUIRE(json->find("cases") != nullptr);
  sluice::testing::CorpusTally tally("answers about a tested rollback");
  int same = 0;
  for (const codec::Json& one : *json->find("cases")->array()) {
    const std::string expected = one.string_or("expected", "");
    const std::string_view said = word_of(contract::rollback_claim(one.string_or("answer", "")));
    if (said == expected) ++same;
    const std::string both = fmt::format("{}, the reader says {}", said, expected);
    if (said != expected) MESSAGE(one.string_or("id", "") << ": " << both);
    tally.add(one.string_or("id", ""), expecting(verdict_of(expected)), verdict_of(said), both);
  }
  MESSAGE("the same word in " << same << " cases");
  tally.conclude();
}

TEST_CASE("evidence corpus: sections about rollback are found and told apart") {
  const fs::path folder = sluice::testing::corpus_root() / "contracts";
  if (!is_here(folder / "ORIGINS.md")) return;
  sluice::testing::CorpusTally tally("sections about rollback");
  for (const auto& row : sluice::testing::read_origins(folder)) {
    const auto expected = rollback_expectation(row.expected);
    if (!expected) continue;
    const std::string document = sluice::testing::bytes_of_file(folder / row.file);
    const std::string answer = contract::rollback_answer(document);
    const std::string_view said = word_of(contract::rollback_claim(answer));
    tally.add(row.file, *expected, verdict_of(said), std::string(said));
  }
  tally.conclude();
}
