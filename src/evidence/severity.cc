#include "evidence/severity.h"

#include <charconv>

#include "base/text.h"

namespace sluice::evidence {
namespace {

struct Word {
  std::string_view text;
  Severity severity;
};

constexpr std::array<Word, 10> kWords{{{"none", Severity::none},
                                       {"info", Severity::none},
                                       {"informational", Severity::none},
                                       {"negligible", Severity::low},
                                       {"low", Severity::low},
                                       {"medium", Severity::medium},
                                       {"moderate", Severity::medium},
                                       {"high", Severity::high},
                                       {"important", Severity::high},
                                       {"critical", Severity::critical}}};

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::none: return "none";
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
    case Severity::critical: return "critical";
  }
  return "?";
}

std::optional<Severity> severity_of_score(double score) {
  if (!(score >= 0.0 && score <= 10.0)) return std::nullopt;
  if (score >= 9.0) return Severity::critical;
  if (score >= 7.0) return Severity::high;
  if (score >= 4.0) return Severity::medium;
  return score > 0.0 ? Severity::low : Severity::none;
}

std::optional<Severity> parse_severity(std::string_view text) {
  const std::string lower = to_lower_ascii(trim(text));
  for (const Word& word : kWords) {
    if (word.text == lower) return word.severity;
  }
  double score = 0;
  const auto [end, error] = std::from_chars(lower.data(), lower.data() + lower.size(), score);
  const bool whole = error == std::errc{} && end == lower.data() + lower.size();
  return whole && !lower.empty() ? severity_of_score(score) : std::nullopt;
}

}  // namespace sluice::evidence
