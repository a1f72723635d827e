// What `sluice check` writes for GitHub and GitLab.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/check_report.h"
#include "codec/json.h"
#include "gates/before_start.h"

namespace sluice::cli {
namespace {

using codec::Json;

constexpr std::size_t kAnnotationsMax = 10;  // of a kind in a step; GitHub drops the others
constexpr std::size_t kSummaryBytesMax = (std::size_t{1} << 20U) - 1'024;
constexpr std::size_t kTextMax = 1'000;

// Paths in reports are relative, without `./`.
std::string path_of(std::string_view file) {
  while (file.starts_with("./")) file.remove_prefix(2);
  return printable(file.empty() ? "sluice.yaml" : file, 400);
}

std::string advice(const CheckedClause& clause) {
  std::string text = printable(clause.verdict.why, kTextMax);
  if (!clause.verdict.remedy.empty()) text += ". " + printable(clause.verdict.remedy, kTextMax);
  if (!clause.who.empty()) text += ". Who can: " + clause.who;
  return text;
}

// A cell of a table: one line, nothing of it is markup.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : printable(text, kTextMax)) {
    if (std::string_view("\\|<>*_[]#&").contains(c)) out += '\\';
    out += c;
  }
  return out;
}

// As the runner of GitHub Actions takes values apart.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += property ? "%3A" : ":"; break;
      case ',': out += property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

struct Annotations {
  std::string kind;  // "error", "warning"
  std::vector<std::string> lines = {};

  void add(std::string_view file, int line, std::string_view title, std::string_view text) {
    lines.push_back(fmt::format("::{} file={},line={},title={}::{}\n", kind,
                                escaped(path_of(file), true), std::max(line, 1),
                                escaped(title, true), escaped(text, false)));
  }
  // The last one says how many there would be more.
  [[nodiscard]] std::string text() const {
    std::string out;
    const bool cut = lines.size() > kAnnotationsMax;
    const std::size_t shown = cut ? kAnnotationsMax - 1 : lines.size();
    for (std::size_t i = 0; i < shown; ++i) out += lines[i];
    if (cut) {
      out += fmt::format("::{} title=sluice::{} more; `sluice check` lists them all\n", kind,
                         lines.size() - shown);
    }
    return out;
  }
};

std::string_view severity_of(const ClauseVerdict& one) {
  if (one.verdict == Verdict::inconclusive) return "major";
  return info(one.clause).emergency == EmergencyRule::never ? "blocker" : "critical";
}

Json quality_issue(std::string_view name, std::string_view severity, std::string text,
                   std::string_view path, int line) {
  const std::string identity = fmt::format("sluice {} {} {}", name, path, text);
  return Json(Json::Object{
      {"description", std::move(text)},
      {"check_name", name},
      {"fingerprint", sha256(identity).hex},
      {"severity", severity},
      {"location",
       Json(Json::Object{{"path", path},
                         {"lines", Json(Json::Object{{"begin", std::max(line, 1)}})}})}});
}

}  // namespace

std::string as_markdown(const CheckReport& report) {
  std::string out = fmt::format(
      "## sluice check: {} {}\n\nRelease `{}`, contract `{}`, policy `{}`.\n\n**{}**\n\n",
      cell(report.release_id), cell(report.title), report.release.brief(),
      report.contract_revision.brief(), report.policy.brief(), summary_of(report));
  out += "| clause | verdict | why | what would make it pass | who can |\n|---|---|---|---|---|\n";
  std::vector<std::string> rows;
  for (const Verdict wanted : {Verdict::fail, Verdict::inconclusive, Verdict::pass}) {
    for (const CheckedClause& clause : report.clauses) {
      const ClauseVerdict& one = clause.verdict;
      if (one.verdict != wanted) continue;
      rows.push_back(fmt::format("| `{}` | {} | {} | {} | {} |\n", to_text(one.clause),
                                 to_text(one.verdict), cell(one.why), cell(one.remedy),
                                 cell(clause.who)));
    }
  }
  for (const std::string& row : rows) out += row;
  if (!report.complaints.empty()) out += "\nIn the contract:\n\n";
  std::size_t left = report.complaints.size();
  for (const Complaint& complaint : report.complaints) {
    const std::string line = "- " + cell(to_text(complaint)) + "\n";
    if (out.size() + line.size() > kSummaryBytesMax) break;
    out += line;
    --left;
  }
  if (left > 0) out += fmt::format("- and {} more\n", left);
  return out;
}

std::string as_github(const CheckReport& report) {
  Annotations errors{"error"};
  Annotations warnings{"warning"};
  for (const CheckedClause& clause : report.clauses) {
    const ClauseVerdict& one = clause.verdict;
    if (one.verdict == Verdict::pass || gates::holds_nothing(one)) continue;
    Annotations& kind = one.verdict == Verdict::fail ? errors : warnings;
    kind.add(report.contract_file, 1,
             fmt::format("{} {}", to_text(one.clause), to_text(one.verdict)), advice(clause));
  }
  for (const Complaint& complaint : report.complaints) {
    errors.add(complaint.file, complaint.at.line, "contract",
               printable(complaint.wrong + "; " + complaint.right, kTextMax));
  }
  return errors.text() + warnings.text() +
         "::notice title=sluice::" + escaped(summary_of(report), false) + "\n";
}

std::string as_gitlab(const CheckReport& report) {
  Json::Array issues;
  for (const CheckedClause& clause : report.clauses) {
    const ClauseVerdict& one = clause.verdict;
    if (one.verdict == Verdict::pass || gates::holds_nothing(one)) continue;
    issues.push_back(quality_issue(
        to_text(one.clause), severity_of(one),
        fmt::format("{} {}: {}", to_text(one.clause), to_text(one.verdict), advice(clause)),
        path_of(report.contract_file), 1));
  }
  for (const Complaint& complaint : report.complaints) {
    // Its place belongs to what it says: two alike in one file are two.
    issues.push_back(quality_issue("contract", "major", printable(to_text(complaint), kTextMax),
                                   path_of(complaint.file), complaint.at.line));
  }
  return Json(std::move(issues)).dump() + "\n";
}

}  // namespace sluice::cli
