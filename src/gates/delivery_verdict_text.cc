// How a verdict looks in a terminal and in a pipe.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/decisions.h"
#include "gates/delivery_verdict.h"

namespace sluice::gates {
namespace {

constexpr std::size_t kIdWidth = 35;  // the longest id and a gap
constexpr std::size_t kVerdictWidth = 14;
constexpr std::size_t kWhyColumn = 2 + kIdWidth + kVerdictWidth;
constexpr std::size_t kWhyWidthMin = 30;

// Code points, which is what fills the columns of a terminal well enough.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = width_of(text);
  return std::string(text) + std::string(used < width ? width - used : 1, ' ');
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  for (const std::string_view word : split(text, ' ')) {
    std::string& line = lines.back();
    if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
      lines.emplace_back(word);
    } else {
      line += (line.empty() ? "" : " ") + std::string(word);
    }
  }
  return lines;
}

std::string_view colour_of(Verdict verdict, bool unbuilt) {
  if (unbuilt) return "\x1b[2m";
  switch (verdict) {
    case Verdict::pass: return "\x1b[32m";
    case Verdict::fail: return "\x1b[1;31m";
    case Verdict::inconclusive: return "\x1b[33m";
  }
  return "";
}

struct Page {
  bool colour = false;
  std::size_t why_column = kWhyColumn;
  std::size_t why_width = kWhyWidthMin;
  std::string text;

  // `columns` as wide as the terminal. Where the reason does not fit beside, it goes below.
  Page(bool with_colour, int columns) : colour(with_colour) {
    const auto all = static_cast<std::size_t>(std::max(columns, 60));
    if (all < kWhyColumn + kWhyWidthMin) why_column = 6;
    why_width = all - why_column;
  }

  [[nodiscard]] std::string painted(std::string_view words, std::string_view paint) const {
    if (!colour) return std::string(words);
    return std::string(paint) + std::string(words) + "\x1b[0m";
  }

  void hang(std::string_view words, std::string_view lead) {
    const std::size_t indent = width_of(lead);
    bool first = true;
    for (const std::string& line : wrapped(words, why_width - indent)) {
      text += std::string(why_column, ' ') + (first ? std::string(lead) : std::string(indent, ' '));
      text += line + "\n";
      first = false;
    }
  }

  void add(const ClauseVerdict& one) {
    const bool unbuilt = one.code == kNotBuilt;
    const std::string word =
        painted(padded(to_text(one.verdict), kVerdictWidth), colour_of(one.verdict, unbuilt));
    std::string why = printable(one.why, 2000);
    if (one.verdict == Verdict::inconclusive) why = one.code + ": " + why;
    const std::string head = "  " + padded(to_text(one.clause), kIdWidth);
    if (why_column == kWhyColumn) {
      const std::size_t start = text.size();
      hang(why, "");
      text.replace(start, kWhyColumn, head + word);
    } else {
      text += head + painted(to_text(one.verdict), colour_of(one.verdict, unbuilt)) + "\n";
      hang(why, "");
    }
    const bool shows_remedy = one.verdict != Verdict::pass && !unbuilt && !one.remedy.empty();
    if (shows_remedy) hang(printable(one.remedy, 2000), "→ ");
  }
};

std::string counted(const DeliveryVerdict& verdict, Verdict which) {
  std::string names;
  std::size_t count = 0;
  for (const ClauseVerdict& one : verdict.clauses) {
    if (one.verdict != which || one.code == kNotBuilt) continue;
    ++count;
    if (which == Verdict::pass || count > 4) continue;
    names += (names.empty() ? "" : ", ") + std::string(to_text(one.clause));
  }
  if (count > 4 && !names.empty()) names += ", …";
  const auto decided = std::ranges::count(verdict.clauses, kByException, &ClauseVerdict::code);
  if (which == Verdict::pass && decided > 0) names = fmt::format("{} by exception", decided);
  return fmt::format("{} {}{}", count, to_text(which), names.empty() ? "" : " (" + names + ")");
}

}  // namespace

std::string render(const DeliveryVerdict& verdict, bool colour, int columns) {
  Page page(colour, columns);
  for (const CriterionVerdict& criterion : verdict.criteria) {
    page.text += padded(to_text(criterion.criterion), 2 + kIdWidth);
    page.text += page.painted(to_text(criterion.verdict), colour_of(criterion.verdict, false));
    page.text += "\n";
    for (const ClauseVerdict& one : verdict.clauses) {
      if (info(one.clause).criterion == criterion.criterion) page.add(one);
    }
    page.text += "\n";
  }
  std::string summary;
  for (const std::string& line :
       wrapped(summary_line(verdict), static_cast<std::size_t>(std::max(columns, 60)))) {
    summary += line + "\n";
  }
  const std::size_t word = summary.find(':');
  page.text += page.painted(summary.substr(0, word), colour_of(verdict.overall, false)) +
               summary.substr(word);
  return page.text;
}

std::string render_clauses(std::span<const ClauseVerdict> clauses, bool colour, int columns) {
  Page page(colour, columns);
  for (const ClauseVerdict& one : clauses) page.add(one);
  return page.text;
}

std::string summary_line(const DeliveryVerdict& verdict) {
  const auto unbuilt = std::ranges::count(verdict.clauses, kNotBuilt, &ClauseVerdict::code);
  return fmt::format("{}: {} of {} clauses evaluated: {}, {}, {}; {} not built",
                     to_text(verdict.overall), verdict.evaluated, verdict.clauses.size(),
                     counted(verdict, Verdict::pass), counted(verdict, Verdict::fail),
                     counted(verdict, Verdict::inconclusive), unbuilt);
}

}  // namespace sluice::gates
