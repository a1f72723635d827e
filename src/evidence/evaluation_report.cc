#include "evidence/evaluation_report.h"

#include "base/text.h"
#include "contract/blocks.h"
#include "contract/fields.h"
#include "contract/inline_text.h"
#include "contract/placeholder.h"
#include "contract/section_table.h"
#include "contract/source_text.h"
#include "evidence/report_words.h"

namespace sluice::evidence {
namespace {

using contract::Block;
using contract::BlockKind;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_verdict_label(std::string_view label) {
  constexpr std::array<std::string_view, 8> kLabels{
      "overall verdict", "verdict",        "final verdict",   "overall",
      "overall result",  "overall status", "overall outcome", "evaluation verdict"};
  return is_one_of(label, kLabels);
}

bool is_evaluator_label(std::string_view label) {
  constexpr std::array<std::string_view, 5> kLabels{"evaluated by", "evaluator", "reviewed by",
                                                    "assessed by", "evaluation by"};
  return is_one_of(label, kLabels);
}

bool is_finding_label(std::string_view label) {
  constexpr std::array<std::string_view, 4> kLabels{"finding", "issue", "description", "problem"};
  return is_one_of(label, kLabels);
}

// Lines that belong to the finding above them.
bool is_detail_label(std::string_view label) {
  constexpr std::array<std::string_view, 12> kLabels{
      "policy",   "policy clause", "clause", "evidence", "remediation", "recommendation",
      "location", "impact",        "owner",  "status",   "severity",    "file"};
  return is_one_of(label, kLabels);
}

bool is_resolved(std::string_view shown) {
  constexpr std::array<std::string_view, 5> kWords{"resolved", "fixed", "closed", "remediated",
                                                   "verified"};
  std::string word = to_lower_ascii(trim(shown));
  while (word.ends_with('.')) word.pop_back();
  return is_one_of(word, kWords);
}

bool heads_findings(std::string_view title) {
  const std::string lower = to_lower_ascii(title);
  return std::ranges::any_of(std::to_array<std::string_view>({"finding", "issue", "violation",
                                                              "defect", "vulnerabilit", "problem"}),
                             [&](std::string_view word) { return lower.contains(word); });
}

FindingSeverity worse_of(FindingSeverity one, FindingSeverity two) {
  if (one == FindingSeverity::critical || two == FindingSeverity::critical) {
    return FindingSeverity::critical;
  }
  return std::max(one, two);  // unclear is worse than major
}

// FAIL beats what is unclear, that beats ESCALATE, and that a PASS.
int rank(EvaluationVerdict verdict) {
  switch (verdict) {
    case EvaluationVerdict::pass: return 0;
    case EvaluationVerdict::pass_with_notes: return 1;
    case EvaluationVerdict::escalate: return 2;
    case EvaluationVerdict::unclear: return 3;
    case EvaluationVerdict::fail: return 4;
  }
  return 4;
}

bool speaks_of_evaluation(std::string_view title) {
  const std::string lower = to_lower_ascii(title);
  return lower.contains("evaluation") && !lower.contains("template");
}

class ReportReader {
 public:
  ReportReader(std::string_view bytes, std::string file)
      : source_(contract::read_source(bytes, std::move(file))),
        document_(contract::read_blocks(source_)) {}

  EvaluationReport run() {
    for (const Block& block : document_.blocks) {
      if (block.kind == BlockKind::heading) {
        read_heading(block);
      } else if (block.kind == BlockKind::row) {
        read_pair(block);
      } else {
        read_text(block);
      }
    }
    finish_finding();
    read_tables();
    report_.is_report |=
        !report_.findings.empty() && !report_.title.empty() && speaks_of_evaluation(report_.title);
    report_.placeholders = contract::find_placeholders(source_, document_);
    report_.complaints = std::move(source_.complaints);
    return std::move(report_);
  }

 private:
  // A finding while its lines are being read.
  struct Open {
    ReportFinding finding;
    std::string raw;
    int level = 0;  // indentation
  };

  void read_heading(const Block& heading) {
    finish_finding();
    verdict_expected_ = false;
    const std::string shown = contract::plain(heading.text);
    if (heading.level == 1 && report_.title.empty()) {
      report_.title = printable(shown);
      report_.is_report |= speaks_of_evaluation(shown);
    }
    if (heading.level <= section_level_) section_.reset();
    if (heading.level <= findings_level_) findings_level_ = 0;
    if (const auto severity = severity_of_heading(shown)) {
      section_ = severity;
      section_level_ = heading.level;
      report_.is_report = true;
    } else if (const auto one = severity_beside(shown); one && heading.level > 1) {
      open_finding(*one, shown, heading.at);
    }
    if (heading.level > 1 && findings_level_ == 0 && heads_findings(shown)) {
      findings_level_ = heading.level;
    }
    const auto field = contract::leading_field(contract::plain(heading.text), heading.at);
    if (field && is_verdict_label(field->label)) return take_verdict(value_in(heading.text));
    verdict_expected_ = is_verdict_label(to_lower_ascii(trim(shown)));
  }

  // Behind the first colon, raw, without the emphasis that the heading or line may end with.
  static std::string value_in(std::string_view raw) {
    const std::size_t colon = raw.find(':');
    std::string_view value = colon == std::string_view::npos ? raw : raw.substr(colon + 1);
    while (value.starts_with('*') || value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with('*') || value.ends_with(' ')) value.remove_suffix(1);
    return std::string(value);
  }

  void take_verdict(std::string_view raw) {
    auto said = verdict_in(raw);
    if (!said) return;
    if (unticked_) said = EvaluationVerdict::unclear;
    report_.is_report = true;
    if (!report_.overall) {
      report_.overall = said;
      return;
    }
    report_.contradicts_itself |= *report_.overall != *said;
    if (rank(*said) > rank(*report_.overall)) report_.overall = said;
  }

  // | Overall verdict | PASS |
  void read_pair(const Block& row) {
    if (row.cells.size() != 2) return;
    std::string label = to_lower_ascii(contract::plain(row.cells[0].text));
    while (label.ends_with(':')) label.pop_back();
    const bool of_columns =
        row.header && to_lower_ascii(contract::plain(row.cells[1].text)) == "definition";
    if (!of_columns && label != "verdict" && is_verdict_label(label))
      take_verdict(row.cells[1].text);
    // "| Severity | Count |" names columns.
    const bool names_columns = row.header && label == "severity";
    if (!names_columns) take_field(label, row.cells[1].text);
  }

  // "- [x] PASS" below "Overall Verdict": the ticked one is meant, the others say nothing.
  bool read_box(const Block& block) {
    if (!verdict_expected_ || !block.tick) return false;
    if (*block.tick) take_verdict(block.text);
    return true;
  }

  void read_text(const Block& block) {
    if (read_box(block)) return;
    unticked_ = block.tick && !*block.tick;
    const auto whole = contract::leading_field(block.text, block.at);
    const auto bare = contract::leading_field(contract::plain(block.text), block.at);
    if (bare && is_verdict_label(bare->label)) finish_finding();  // it is about the whole report
    if (starts_finding(block, whole)) {
      start_finding(block);
    } else if (const auto severity = severity_in_list(block)) {
      open_finding(*severity, first_line_of(block), block.at);
    }
    Position at = block.at;
    bool first = true;
    for (const std::string_view line : split(block.text, '\n')) {
      read_line(line, at, first);
      first = false;
      ++at.line;
    }
    if (is_open_) open_.raw += "\n" + block.text;
  }

  void read_line(std::string_view line, Position at, bool first) {
    const std::vector<contract::Field> fields = contract::line_fields(line, at);
    for (const contract::Field& field : fields) {
      if (is_verdict_label(field.label)) {
        take_verdict(field.value);
      } else {
        take_field(field.label, field.value);
      }
    }
    if (first && verdict_expected_ && fields.empty()) take_verdict(line);
    if (first && !trim(line).empty()) verdict_expected_ = false;
    // "**Overall Verdict: PASS**"
    const std::string shown = contract::plain(line);
    const auto bare = contract::leading_field(shown, at);
    if (fields.empty() && bare && is_verdict_label(bare->label)) {
      take_verdict(value_in(line));
    }
  }

  void take_field(const std::string& label, std::string_view raw) {
    const std::string shown = contract::plain(raw);
    if (is_evaluator_label(label)) {
      report_.is_report = true;
      if (report_.evaluator.empty()) report_.evaluator = printable(shown);
    } else if (label == "date" && report_.date.empty()) {
      report_.date = printable(shown);
    } else if (label.starts_with("blocking")) {
      take_blocking(shown);
    } else if (const auto severity = severity_of_label(label)) {
      take_labelled(*severity, raw);
    } else if (heads_findings(label) && !is_finding_label(label)) {
      count(FindingSeverity::critical, number_before(shown, "critical"));
      count(FindingSeverity::major,
            std::max(number_before(shown, "major"), number_before(shown, "high")));
    } else if (label == "severity" && !contract::holds_placeholder(raw)) {
      take_severity(shown);
    } else if (label == "status" && is_open_) {
      open_.finding.resolved = is_resolved(shown);
    }
  }

  // "1 critical, 0 major", "none", or what it is that blocks.
  void take_blocking(std::string_view shown) {
    const std::int64_t critical = number_before(shown, "critical");
    const std::int64_t major = number_before(shown, "major");
    report_.claimed_critical += critical;
    report_.claimed_major += major;
    const std::string lower = to_lower_ascii(trim(shown));
    const bool counted = lower.contains("critical") || lower.contains("major");
    const bool points = lower.starts_with("see ") || lower == "no" || lower.starts_with("0 ");
    report_.names_blocking |= !counted && !points && !says_none(shown) && !speaks_of_repair(shown);
  }

  // "**Critical:** 2", "**Critical:** none", "**Critical:** a key in the URL".
  void take_labelled(FindingSeverity severity, std::string_view raw) {
    const std::string shown = contract::plain(raw);
    if (const auto number = parse_integer(trim(shown))) return count(severity, *number);
    const bool nothing = says_none(shown) || to_lower_ascii(trim(shown)) == "no";
    if (section_ || is_open_ || nothing || contract::holds_placeholder(raw)) return;
    report_.findings.push_back({.severity = severity,
                                .resolved = speaks_of_repair(shown),
                                .text = printable(shown, 160),
                                .at = {}});
  }

  void count(FindingSeverity severity, std::int64_t number) {
    if (severity == FindingSeverity::critical) report_.counted_critical += number;
    if (severity == FindingSeverity::major) report_.counted_major += number;
  }

  // Of an item or a paragraph below "Findings", where it stands in the line itself.
  [[nodiscard]] std::optional<FindingSeverity> severity_in_list(const Block& block) const {
    if (findings_level_ == 0 || section_) return std::nullopt;
    if (is_open_ && block.kind == BlockKind::item && block.level > open_.level) return std::nullopt;
    const std::string line = first_line_of(block);
    const auto field = contract::leading_field(line, block.at);
    if (field && is_detail_label(field->label)) return std::nullopt;
    return severity_beside(line);
  }

  static std::string first_line_of(const Block& block) {
    return contract::plain(split(block.text, '\n').front());
  }

  void open_finding(FindingSeverity severity, const std::string& shown, Position at) {
    finish_finding();
    open_ = {};
    is_open_ = true;
    open_.finding = {.severity = severity,
                     .resolved = speaks_of_repair(shown),
                     .text = printable(shown, 160),
                     .at = at};
  }

  void take_severity(std::string_view shown) {
    const auto severity = severity_in(shown);
    if (!severity) return;
    if (!is_open_) {
      open_ = {};
      is_open_ = true;
    }
    FindingSeverity& said = open_.finding.severity;
    const bool by_section = section_ && said == *section_;
    said = by_section || said != FindingSeverity::unclear ? worse_of(said, *severity) : *severity;
  }

  [[nodiscard]] bool starts_finding(const Block& block,
                                    const std::optional<contract::Field>& field) const {
    if (field && is_finding_label(field->label)) return true;
    if (!section_ || says_none(contract::plain(block.text))) return false;
    if (field && (is_detail_label(field->label) || is_verdict_label(field->label))) return false;
    if (block.kind == BlockKind::item) return !is_open_ || block.level <= open_.level;
    return !is_open_ && block.kind == BlockKind::paragraph;
  }

  void start_finding(const Block& block) {
    finish_finding();
    open_ = {};
    is_open_ = true;
    open_.finding.severity = section_.value_or(FindingSeverity::unclear);
    open_.finding.at = block.at;
    const std::string_view first_line = split(block.text, '\n').front();
    open_.finding.text = printable(contract::plain(first_line), 160);
    open_.level = block.kind == BlockKind::item ? block.level : 0;
  }

  void finish_finding() {
    if (!is_open_) return;
    if (!contract::holds_placeholder(open_.raw)) report_.findings.push_back(open_.finding);
    is_open_ = false;
  }

  void read_tables() {
    for (const contract::SectionTable& table : contract::tables_of(document_.blocks)) {
      const auto policy = table.column({"policy", "policies", "domain", "area"});
      const auto verdict = table.column({"verdict", "result"});
      const auto severity = table.column({"severity", "sev", "criticality"});
      // Columns of these names hold other words, too, and then say nothing about severity.
      const auto perhaps =
          table.column({"risk", "risk level", "priority", "rating", "level", "impact"});
      const auto finding = table.column({"finding", "issue", "description", "title", "problem",
                                         "vulnerability", "summary", "details"});
      for (const Block* row : table.rows()) {
        if (policy && verdict) {
          read_policy(*row, *policy, *verdict, table.column({"applicable", "applicable?"}));
        } else if ((severity || perhaps) && finding) {
          read_finding(*row, severity ? *severity : *perhaps, *finding,
                       table.column({"status", "state"}), severity.has_value());
        }
        read_counts(table, *row);
      }
    }
  }

  void read_policy(const Block& row, std::size_t policy, std::size_t verdict,
                   std::optional<std::size_t> applicable) {
    report_.is_report |= speaks_of_evaluation(report_.title);
    const std::string applies = to_lower_ascii(contract::cell_text(row, applicable));
    const std::string raw = verdict < row.cells.size() ? row.cells[verdict].text : "";
    report_.policies.push_back({.policy = printable(contract::cell_text(row, policy)),
                                .applicable = applies != "no" && !applies.starts_with("n/a"),
                                .verdict = verdict_in(raw).value_or(EvaluationVerdict::unclear),
                                .at = row.at});
  }

  // | Critical | Major | Minor |
  void read_counts(const contract::SectionTable& table, const Block& row) {
    const auto number = [&](std::initializer_list<std::string_view> names) {
      return parse_integer(trim(contract::cell_text(row, table.column(names)))).value_or(0);
    };
    count(FindingSeverity::critical, number({"critical"}));
    count(FindingSeverity::major, number({"major", "high"}));
  }

  void read_finding(const Block& row, std::size_t severity, std::size_t finding,
                    std::optional<std::size_t> status, bool is_severity) {
    const std::string text = contract::cell_text(row, finding);
    const auto said = severity_in(contract::cell_text(row, severity));
    if (said == FindingSeverity::unclear && !is_severity) return;
    if (says_none(text) || !said || contract::holds_placeholder(text)) return;
    report_.findings.push_back({.severity = *said,
                                .resolved = is_resolved(contract::cell_text(row, status)),
                                .text = printable(text, 160),
                                .at = row.at});
  }

  contract::SourceText source_;
  contract::Document document_;
  EvaluationReport report_;
  std::optional<FindingSeverity> section_;  // what the heading above says
  int section_level_ = 0;
  int findings_level_ = 0;         // of the heading "Findings" above; 0: none
  bool unticked_ = false;          // the block being read has a tick box that is empty
  bool verdict_expected_ = false;  // by a heading that is only "Overall Verdict"
  Open open_;
  bool is_open_ = false;
};

}  // namespace

std::string_view to_text(EvaluationVerdict verdict) {
  switch (verdict) {
    case EvaluationVerdict::pass: return "PASS";
    case EvaluationVerdict::pass_with_notes: return "PASS WITH NOTES";
    case EvaluationVerdict::fail: return "FAIL";
    case EvaluationVerdict::escalate: return "ESCALATE";
    case EvaluationVerdict::unclear: return "unclear";
  }
  return "?";
}

std::string_view to_text(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::minor: return "minor";
    case FindingSeverity::major: return "major";
    case FindingSeverity::critical: return "critical";
    case FindingSeverity::unclear: return "unclear";
  }
  return "?";
}

EvaluationReport read_evaluation_report(std::string_view bytes, std::string file) {
  return ReportReader(bytes, std::move(file)).run();
}

}  // namespace sluice::evidence
