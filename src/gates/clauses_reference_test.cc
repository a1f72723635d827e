// What is written about the clauses agrees with the code: which have no gate yet, the reference in
// docs/, the codes of reasons, and the delivery policy itself. docs/reference/clauses.md is written
// from the code: SLUICE_ACCEPT=1 gates_test writes it anew.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "base/text.h"
#include "gates/clause_reference.h"
#include "gates/reason_codes.h"
#include "model/clause.h"

namespace sluice::gates {
namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("clauses: exactly these have no gate yet") {
  const std::vector<std::string_view> expected{
      "pre.observability.instrumentation",
      "pre.observability.slo",
      "pre.observability.dashboard",
      "pre.observability.alerting",
      "pre.migrations",
      "plan.window",
      "post.telemetry.traces",
      "post.telemetry.metrics",
      "post.telemetry.logs",
      "notes.written",
      "notes.categorised",
      "notes.breaking",
      "notes.migration",
      "emergency.justified",
      "emergency.security",
      "emergency.rollback_documented",
      "emergency.evidence",
      "emergency.signal",
      "emergency.backfill",
  };
  std::vector<std::string_view> found;
  for (const ClauseInfo& clause : all_clauses()) {
    if (!clause.built) found.push_back(clause.id);
  }
  CHECK(found == expected);
}

constexpr const char* kReference = SLUICE_SOURCE_DIR "/docs/reference/clauses.md";

std::string_view rule_text(EmergencyRule rule) {
  switch (rule) {
    case EmergencyRule::never: return "never";
    case EmergencyRule::defer: return "defer";
    case EmergencyRule::not_affected: return "—";
  }
  return "?";
}

// What an emergency may not defer of a clause that it may defer otherwise.
std::string_view emergency_note(Clause clause) {
  if (clause == Clause::pre_contract) {
    return "; identity, changes, rollback plan and one break-glass approval never";
  }
  if (clause == Clause::pre_migrations) {
    return " where the files could not be understood; FAIL never";
  }
  return "";
}

// "| a | b |": the cells, trimmed.
std::vector<std::string> cells_of(std::string_view row) {
  std::vector<std::string> cells;
  for (const std::string_view cell : split(row, '|')) cells.emplace_back(trim(cell));
  return cells;
}

// `pre.*` is every clause whose id begins so.
bool is_about(const ReasonCode& code, std::string_view id) {
  for (const std::string_view part : split(code.clauses, ',')) {
    const std::string_view one = trim(part);
    if (one == id || (one.ends_with('*') && id.starts_with(one.substr(0, one.size() - 1)))) {
      return true;
    }
  }
  return false;
}

std::string codes_about(std::string_view id) {
  std::string codes;
  for (const ReasonCode& code : reason_codes()) {
    if (!is_about(code, id)) continue;
    codes += fmt::format("{}`{}`", codes.empty() ? "" : ", ", code.code);
  }
  return codes.empty() ? "-" : codes;
}

std::string lines_about(Clause clause) {
  std::string text;
  for (const PolicyLine& line : policy_lines()) {
    if (std::ranges::find(line.clauses, clause) == line.clauses.end()) continue;
    text += fmt::format("{}> {}\n", text.empty() ? "" : ">\n", line.text);
  }
  return text;
}

std::string section_of(const ClauseInfo& clause) {
  return fmt::format(
      "### `{}`\n\n{}\n| | |\n|---|---|\n| the policy says | {} |\n| how Sluice knows | {} |\n"
      "| criterion | {} |\n| in an emergency | {}{} |\n| built | {} |\n| its codes | {} |\n"
      "| whose business | `{}` |\n\n",
      clause.id, lines_about(clause.clause), clause.policy_says, how_known(clause.clause),
      to_text(clause.criterion), rule_text(clause.emergency), emergency_note(clause.clause),
      clause.built ? "yes" : "not yet", codes_about(clause.id), domain_of(clause.clause));
}

constexpr std::string_view kIntroduction = R"(# The clauses

<!-- Written from the code by `SLUICE_ACCEPT=1 build/release/src/gates_test`: edit clause.cc,
     clause_reference.cc and reason_codes.cc. -->

Every line of the delivery policy is a clause with an id. The command line, the verdict and the tests use the same id.
A clause is PASS, FAIL or INCONCLUSIVE, always with a reason, and with a remedy where something can be done.

- **When.** Clauses of `progression`, `pre`, `plan`, `rollback` and `notes` are looked at before a delivery starts
  (`sluice check`, `sluice deliver`). A FAIL, or an INCONCLUSIVE other than `not_built`, refuses the start. `progression.order`,
  `progression.health` and `rollback.*` are looked at again at the end, and `post.*` only then.
- **How Sluice knows** says what is looked at, or, for a clause that is not built, what will be.
- **In an emergency** a clause is *never* skipped, *deferred*, or — (not affected).
- **Built** *not yet*: the gate does not exist. The clause is INCONCLUSIVE with the code `not_built`. It does not hold a
  delivery, and it is never PASS, so that the verdict of the whole is INCONCLUSIVE at best.
- **Whose business** is the domain in `sluice.yaml` of those who may [decide](../guide/deciding.md) the clause where it is open.
- A delivery is PASS only if every criterion that applies, and the mandatory rest, is PASS. FAIL beats INCONCLUSIVE beats PASS.

What is quoted is the policy's own text.

)";

constexpr std::string_view kAboutCodes = R"(## Codes

Beside the reason, each verdict has a short code that does not change with the wording. The verdict itself says what was found,
where, and who can do what about it.

| code | verdict | clauses | meaning | what to do |
|---|---|---|---|---|
)";

struct Chapter {
  std::string_view title;
  std::string_view beginning;  // of the ids
};
constexpr std::array<Chapter, 7> kChapters{{{"Environment progression", "progression."},
                                            {"Before the deployment", "pre."},
                                            {"The plan", "plan."},
                                            {"After the deployment", "post."},
                                            {"Rollback", "rollback."},
                                            {"Release notes", "notes."},
                                            {"Emergency", "emergency."}}};

std::string reference_text() {
  std::string text(kIntroduction);
  for (const Chapter& chapter : kChapters) {
    text += fmt::format("## {}\n\n", chapter.title);
    for (const ClauseInfo& clause : all_clauses()) {
      if (clause.id.starts_with(chapter.beginning)) text += section_of(clause);
    }
  }
  text += kAboutCodes;
  for (const ReasonCode& code : reason_codes()) {
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", code.code, to_text(code.verdict),
                        code.clauses, code.meaning, code.what_to_do);
  }
  return text;
}

std::string whole_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("clauses: docs/reference/clauses.md is what the code says") {
  const std::string text = reference_text();
  if (std::getenv("SLUICE_ACCEPT") != nullptr) std::ofstream(kReference) << text;
  CHECK_MESSAGE(whole_text(kReference) == text,
                "SLUICE_ACCEPT=1 gates_test writes it anew; read the difference");
}

TEST_CASE("clauses: each has an explanation, and a chapter of the reference") {
  for (const ClauseInfo& clause : all_clauses()) {
    CAPTURE(clause.id);
    CHECK(how_known(clause.clause).size() > 20);
    CHECK(std::ranges::count_if(kChapters, [&](const Chapter& chapter) {
            return clause.id.starts_with(chapter.beginning);
          }) == 1);
  }
}

// Every code that a source of the gates or of the core gives to a verdict.
std::set<std::string> codes_in_sources() {
  // fail("code", …), doubt("code", …), failed(clause, "code", …), unknown(clause, "code", …);
  // doubts.add("code", …); take_back(found, "code", …); drill_failed(m, "code", …);
  // .code = "code"; return {"code", …}; constexpr std::string_view kNotBuilt = "code".
  const std::regex given(
      R"re(\b(?:fail|doubt|failed|unknown|add|refused|take_back|drill_failed|open_verdict)\()re"
      R"re(\s*(?:[\w.]+,\s*)?"([a-z_]+)")re"
      R"re(|return \{\s*"([a-z_]+)",)re"
      R"re(|\bcode = "([a-z_]+)")re"
      R"re(|constexpr std::string_view k(?:NotBuilt|NotReached|ByException|DrilledInStaging) = "([a-z_]+)")re");
  std::set<std::string> codes;
  for (const std::string_view folder : {"gates", "core", "model", "evidence"}) {
    const std::filesystem::path path =
        std::filesystem::path(SLUICE_SOURCE_DIR) / "src" / std::string(folder);
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      const std::string name = entry.path().filename();
      if (name.ends_with("_test.cc")) continue;
      const std::string text = whole_text(entry.path());
      for (std::sregex_iterator at(text.begin(), text.end(), given); at != std::sregex_iterator();
           ++at) {
        for (std::size_t i = 1; i < at->size(); ++i) {
          if ((*at)[i].matched) codes.insert((*at)[i]);
        }
      }
    }
  }
  return codes;
}

TEST_CASE("codes: every one that a gate gives is in the table, and every one there is given") {
  // What a rollback speaks about after the deployment is named after its cause.
  std::set<std::string> given = codes_in_sources();
  given.insert({"trigger", "slot_failed", "smoke_failed"});
  // And what is missing, after the kind of it.
  given.insert({"scan_missing", "evaluation_missing", "tests_missing"});
  std::set<std::string> listed;
  for (const ReasonCode& code : reason_codes()) {
    CAPTURE(code.code);
    CHECK(listed.insert(std::string(code.code)).second);
    CHECK(given.contains(std::string(code.code)));
    CHECK_FALSE(code.meaning.empty());
    CHECK_FALSE(code.what_to_do.empty());
  }
  for (const std::string& code : given) {
    CAPTURE(code);
    CHECK_MESSAGE(listed.contains(code), "a code without a line in reason_codes.cc");
  }
  CHECK(given.size() > 50);
}

TEST_CASE("codes: each is about clauses that there are") {
  for (const ReasonCode& code : reason_codes()) {
    CAPTURE(code.code);
    const bool about_some = std::ranges::any_of(
        all_clauses(), [&](const ClauseInfo& clause) { return is_about(code, clause.id); });
    CHECK((code.clauses == "any" || about_some));
  }
}

// Every line of text below "Mandatory Requirements", but for headings, without its list marker.
std::vector<std::string> requirements(const std::vector<std::string>& policy) {
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string& line : policy) {
    if (line.starts_with("## ")) inside = line == "## Mandatory Requirements";
    if (!inside || line.empty() || line.starts_with('#')) continue;
    std::string_view text = line;
    for (const std::string_view marker : {"- ", "[ ] "}) {
      if (text.starts_with(marker)) text.remove_prefix(marker.size());
    }
    found.emplace_back(text);
  }
  return found;
}

TEST_CASE("clauses: every requirement of the delivery policy is covered, word for word") {
  const auto policy = lines_of(SLUICE_SOURCE_DIR "/../shared/policy/delivery-policy.md");
  if (policy.empty()) {
    MESSAGE("NOT CHECKED: ../shared/policy/delivery-policy.md is absent");
    return;
  }
  const std::vector<std::string> lines = requirements(policy);
  REQUIRE(lines.size() >= 30);
  REQUIRE(lines.size() == policy_lines().size());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i] == policy_lines()[i].text);
}

TEST_CASE("clauses: every clause comes from a requirement of the policy") {
  std::set<Clause> named;
  for (const PolicyLine& line : policy_lines()) {
    CHECK_FALSE(line.clauses.empty());
    named.insert(line.clauses.begin(), line.clauses.end());
  }
  for (const ClauseInfo& clause : all_clauses()) {
    CAPTURE(clause.id);
    CHECK(named.contains(clause.clause));
  }
}

TEST_CASE("clauses: the policy's seven criteria are the rows of its evaluation table") {
  const auto policy = lines_of(SLUICE_SOURCE_DIR "/../shared/policy/delivery-policy.md");
  if (policy.empty()) {
    MESSAGE("NOT CHECKED: ../shared/policy/delivery-policy.md is absent");
    return;
  }
  std::set<std::string> wanted;
  for (const ClauseInfo& clause : all_clauses()) {
    if (clause.criterion == Criterion::mandatory_rest) continue;
    wanted.insert(std::string(to_text(clause.criterion)));
  }
  std::set<std::string> rows;
  for (const std::string& line : policy) {
    if (!line.starts_with("| ") || line.starts_with("| Criterion")) continue;
    rows.insert(to_lower_ascii(cells_of(line)[1]));
  }
  CHECK(rows == wanted);
}

}  // namespace
}  // namespace sluice::gates
