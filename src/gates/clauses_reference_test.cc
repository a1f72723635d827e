// What is written about the clauses agrees with the code: which have no gate yet, the reference in
// docs/, and the delivery policy itself.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "base/text.h"
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
      "pre.quality.security",
      "pre.quality.architecture",
      "pre.quality.performance",
      "pre.quality.observability",
      "pre.observability.instrumentation",
      "pre.observability.slo",
      "pre.observability.dashboard",
      "pre.observability.alerting",
      "pre.flags",
      "pre.migrations",
      "plan.window",
      "post.telemetry.traces",
      "post.telemetry.metrics",
      "post.telemetry.logs",
      "post.burn_rate",
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

std::string_view rule_text(EmergencyRule rule) {
  switch (rule) {
    case EmergencyRule::never: return "never";
    case EmergencyRule::defer: return "defer";
    case EmergencyRule::not_affected: return "—";
  }
  return "?";
}

// "| `id` | the policy says | … | criterion | E | built |": the cells, trimmed.
std::vector<std::string> cells_of(std::string_view row) {
  std::vector<std::string> cells;
  for (const std::string_view cell : split(row, '|')) cells.emplace_back(trim(cell));
  return cells;
}

TEST_CASE(
    "clauses: docs/reference/clauses.md has a row for each, as the code has it, in its order") {
  const std::vector<std::string> lines = lines_of(SLUICE_SOURCE_DIR "/docs/reference/clauses.md");
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : lines) {
    std::vector<std::string> cells = cells_of(line);
    if (line.starts_with("| `") && cells.size() == 8) rows.push_back(std::move(cells));
  }
  REQUIRE(rows.size() == all_clauses().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ClauseInfo& clause = all_clauses()[i];
    const std::vector<std::string>& row = rows[i];
    CAPTURE(clause.id);
    CHECK(row[1] == "`" + std::string(clause.id) + "`");
    CHECK(row[2] == clause.policy_says);
    CHECK(row[3].size() > 20);
    CHECK(row[4] == to_text(clause.criterion));
    CHECK(row[5].starts_with(rule_text(clause.emergency)));
    CHECK(row[6] == (clause.built ? "yes" : "not yet"));
  }
}

// A sentence of the policy, by words that no other line of it has, and the clauses that cover it.
struct Covered {
  std::string_view words;
  std::vector<std::string_view> clauses;
};

const std::vector<Covered>& coverage() {
  static const std::vector<Covered> kCoverage{
      {"progress through isolated environments", {"progression.isolated", "progression.order"}},
      {"**Development** —", {"progression.order"}},
      {"**Staging** —", {"progression.order", "progression.health"}},
      {"**Production** —", {"progression.order", "progression.health"}},
      {"Promotion between environments requires evidence",
       {"progression.health", "progression.order"}},
      {"All quality policy evaluations passed",
       {"pre.quality.security", "pre.quality.architecture", "pre.quality.performance",
        "pre.quality.observability"}},
      {"Release contract completed", {"pre.contract"}},
      {"Observability verified",
       {"pre.observability.instrumentation", "pre.observability.slo", "pre.observability.dashboard",
        "pre.observability.alerting"}},
      {"Rollback plan documented and tested", {"pre.rollback.documented", "pre.rollback.tested"}},
      {"Feature flags configured for new features", {"pre.flags"}},
      {"Database migrations backward-compatible", {"pre.migrations"}},
      {"Progressive rollout plan defined", {"plan.stages"}},
      {"Health checks defined and monitored", {"plan.health_checks"}},
      {"Automatic rollback triggers configured", {"plan.triggers"}},
      {"Deployment window communicated", {"plan.window"}},
      {"No manual steps", {"plan.automated"}},
      {"Health metrics validated within", {"post.health"}},
      {"Error rate within acceptable bounds", {"post.error_rate"}},
      {"Performance metrics within target", {"post.performance"}},
      {"Telemetry verified",
       {"post.telemetry.traces", "post.telemetry.metrics", "post.telemetry.logs"}},
      {"Health target burn rate", {"post.burn_rate"}},
      {"Customer-facing functionality verified", {"post.smoke"}},
      {"Deployment recorded in change log", {"post.changelog"}},
      {"Automatic rollback if any of",
       {"rollback.error_rate", "rollback.p99", "rollback.health_check", "rollback.critical_alert"}},
      {"Error rate increases >", {"rollback.error_rate"}},
      {"p99 latency exceeds target", {"rollback.p99"}},
      {"- Health check failures", {"rollback.health_check"}},
      {"Critical alert triggered", {"rollback.critical_alert"}},
      {"Customer-facing release notes written", {"notes.written"}},
      {"Changes categorized", {"notes.categorised"}},
      {"Breaking changes clearly highlighted", {"notes.breaking"}},
      {"Migration instructions provided", {"notes.migration"}},
      {"When an active production incident", {"emergency.justified"}},
      {"may be compressed or skipped", {"emergency.justified", "emergency.backfill"}},
      {"Security checks are never skippable", {"emergency.security", "pre.quality.security"}},
      {"A rollback plan must be documented before",
       {"emergency.rollback_documented", "pre.rollback.documented"}},
      {"Post-deployment health evidence must be provided", {"emergency.evidence"}},
      {"A post-incident signal must be filed", {"emergency.signal"}},
      {"Follow-up work to backfill", {"emergency.backfill"}},
  };
  return kCoverage;
}

// Every line of text below "Mandatory Requirements", but for headings.
std::vector<std::string> requirements(const std::vector<std::string>& policy) {
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string& line : policy) {
    if (line.starts_with("## ")) inside = line == "## Mandatory Requirements";
    if (inside && !line.empty() && !line.starts_with('#')) found.push_back(line);
  }
  return found;
}

TEST_CASE(
    "clauses: every requirement of the delivery policy is covered, and every clause has one") {
  const auto policy = lines_of(SLUICE_SOURCE_DIR "/../shared/policy/delivery-policy.md");
  if (policy.empty()) {
    MESSAGE("NOT CHECKED: ../shared/policy/delivery-policy.md is absent");
    return;
  }
  const std::vector<std::string> lines = requirements(policy);
  REQUIRE(lines.size() >= 30);
  for (const std::string& line : lines) {
    CAPTURE(line);
    const auto covers = [&](const Covered& one) { return line.contains(one.words); };
    CHECK(std::ranges::count_if(coverage(), covers) == 1);
  }
  CHECK(lines.size() == coverage().size());
}

TEST_CASE("clauses: every clause comes from a requirement of the policy, and no other is named") {
  std::set<std::string_view> named;
  for (const Covered& one : coverage()) {
    for (const std::string_view id : one.clauses) {
      CAPTURE(id);
      CHECK(find_clause(id).has_value());
      named.insert(id);
    }
  }
  for (const ClauseInfo& clause : all_clauses()) {
    CAPTURE(clause.id);
    CHECK(named.contains(clause.id));
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
