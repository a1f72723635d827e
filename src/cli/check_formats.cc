// What `sluice check` writes for other programs: SARIF 2.1.0 and JUnit XML.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/check_report.h"
#include "codec/json.h"
#include "gates/before_start.h"

namespace sluice::cli {
namespace {

using codec::Json;

constexpr std::size_t kTextMax = 4'000;
constexpr std::size_t kResultsMax = 5'000;  // what GitHub shows of one upload
constexpr std::string_view kComplaintRule = "contract";

std::string relative(std::string_view file) {
  while (file.starts_with("./")) file.remove_prefix(2);
  return printable(file.empty() ? "sluice.yaml" : file, 400);
}

// Of a URI reference: everything that is not plain is escaped.
std::string uri_of(std::string_view file) {
  std::string out;
  for (const char c : relative(file)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").contains(c);
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Json text_json(std::string_view text) {
  return Json(Json::Object{{"text", printable(text, kTextMax)}});
}

Json location(std::string_view file, const Position& at) {
  // No column: ours count bytes, and readers count characters.
  Json region(Json::Object{{"startLine", std::max(at.line, 1)}});
  return Json(Json::Object{
      {"physicalLocation",
       Json(Json::Object{{"artifactLocation", Json(Json::Object{{"uri", uri_of(file)}})},
                         {"region", std::move(region)}})}});
}

Json result(std::string_view rule, std::string_view level, const std::string& text, Json where,
            const std::string& identity) {
  Json::Array locations;
  locations.push_back(std::move(where));
  return Json(Json::Object{
      {"ruleId", rule},
      {"level", level},
      {"message", text_json(text)},
      {"locations", std::move(locations)},
      {"partialFingerprints", Json(Json::Object{{"sluice/v1", sha256(identity).hex}})}});
}

std::string message_of(const CheckedClause& clause) {
  std::string text = fmt::format("{}: {}", to_text(clause.verdict.verdict), clause.verdict.why);
  if (!clause.verdict.remedy.empty()) text += ". What would make it pass: " + clause.verdict.remedy;
  if (!clause.who.empty()) text += ". Who can: " + clause.who;
  return text;
}

Json::Array rules_of(const CheckReport& report) {
  Json::Array rules;
  for (const CheckedClause& clause : report.clauses) {
    const ClauseInfo& known = info(clause.verdict.clause);
    rules.push_back(
        Json(Json::Object{{"id", known.id}, {"shortDescription", text_json(known.policy_says)}}));
  }
  rules.push_back(
      Json(Json::Object{{"id", kComplaintRule},
                        {"shortDescription", text_json("the contract can be read as meant")}}));
  return rules;
}

// What stays the same while the finding does: not its numbers, not its words.
Json::Array results_of(const CheckReport& report) {
  Json::Array results;
  for (const Verdict wanted : {Verdict::fail, Verdict::inconclusive}) {
    for (const CheckedClause& clause : report.clauses) {
      const ClauseVerdict& one = clause.verdict;
      if (one.verdict != wanted || gates::holds_nothing(one)) continue;
      results.push_back(result(
          to_text(one.clause), wanted == Verdict::fail ? "error" : "warning", message_of(clause),
          location(report.contract_file, {}),
          fmt::format("{} {} {}", relative(report.contract_file), to_text(one.clause), one.code)));
    }
  }
  for (const Complaint& complaint : report.complaints) {
    if (results.size() >= kResultsMax) break;
    results.push_back(result(kComplaintRule, "error", complaint.wrong + "; " + complaint.right,
                             location(complaint.file, complaint.at), to_text(complaint)));
  }
  return results;
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : printable(text, kTextMax)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string test_case(const CheckedClause& clause) {
  const ClauseVerdict& one = clause.verdict;
  const std::string head =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"",
                  xml(to_text(info(one.clause).criterion)), xml(to_text(one.clause)));
  if (one.verdict == Verdict::pass) return head + "/>\n";
  const std::string text = xml(message_of(clause));
  std::string inside;
  if (gates::holds_nothing(one)) {
    inside = fmt::format("<skipped message=\"{}\"/>", text);
  } else {
    const std::string_view kind = one.verdict == Verdict::fail ? "failure" : "error";
    inside = fmt::format("<{} type=\"{}\" message=\"{}\"/>", kind, xml(one.code), text);
  }
  return head + ">\n      " + inside + "\n    </testcase>\n";
}

}  // namespace

std::string as_sarif(const CheckReport& report) {
  Json::Array runs;
  Json::Array invocations;
  invocations.push_back(Json(Json::Object{{"executionSuccessful", true},
                                          {"exitCode", static_cast<int>(exit_of(report))}}));
  Json driver(Json::Object{{"name", "sluice"}, {"rules", rules_of(report)}});
  runs.push_back(Json(Json::Object{{"tool", Json(Json::Object{{"driver", std::move(driver)}})},
                                   {"invocations", std::move(invocations)},
                                   {"results", results_of(report)}}));
  return Json(Json::Object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                           {"version", "2.1.0"},
                           {"runs", std::move(runs)}})
             .dump() +
         "\n";
}

std::string as_junit(const CheckReport& report) {
  int failures = report.complaints.empty() ? 0 : 1;
  int errors = 0;
  int skipped = 0;
  std::string cases;
  for (const CheckedClause& clause : report.clauses) {
    const ClauseVerdict& one = clause.verdict;
    cases += test_case(clause);
    if (one.verdict == Verdict::pass) continue;
    ++(gates::holds_nothing(one) ? skipped : one.verdict == Verdict::fail ? failures : errors);
  }
  if (!report.complaints.empty()) {
    cases += fmt::format(
        "    <testcase classname=\"contract\" name=\"readable\">\n      <failure type=\"contract\" "
        "message=\"{} complaints, the first: {}\"/>\n    </testcase>\n",
        report.complaints.size(), xml(to_text(report.complaints.front())));
  }
  const std::size_t tests = report.clauses.size() + (report.complaints.empty() ? 0 : 1);
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", tests, failures,
                  errors, skipped);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n  <testsuite name=\"sluice "
      "check {}\" {}>\n{}  </testsuite>\n</testsuites>\n",
      counts, xml(report.release_id), counts, cases);
}

}  // namespace sluice::cli
