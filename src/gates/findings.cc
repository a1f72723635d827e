#include "gates/findings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::gates {
namespace {

constexpr std::size_t kNamedMax = 5;  // more than a person reads at once; the count says the rest

}  // namespace

void Findings::Reasons::add(std::string_view first_code, std::string why, std::string remedy) {
  if (code.empty()) code = first_code;
  whys.push_back(std::move(why));
  if (std::ranges::find(remedies, remedy) == remedies.end()) remedies.push_back(std::move(remedy));
}

void Findings::fail(std::string_view code, std::string why, std::string remedy) {
  faults_.add(code, std::move(why), std::move(remedy));
}

void Findings::doubt(std::string_view code, std::string why, std::string remedy) {
  doubts_.add(code, std::move(why), std::move(remedy));
}

void Findings::note(std::string text) { notes_.push_back(std::move(text)); }

ClauseVerdict Findings::verdict(std::string_view found) const {
  ClauseVerdict verdict{.clause = clause_, .looked_at = looked_at_};
  if (failed() || !doubts_.whys.empty()) {
    const Reasons& reasons = failed() ? faults_ : doubts_;
    verdict.verdict = failed() ? Verdict::fail : Verdict::inconclusive;
    verdict.code = reasons.code;
    verdict.why = list_text(reasons.whys);
    verdict.remedy = list_text(reasons.remedies);
    return verdict;
  }
  if (looked_at_ == 0) {
    verdict.code = "nothing_examined";
    verdict.why = "there was nothing to examine";
    verdict.remedy = "describe in the contract or in sluice.yaml what this clause is about";
    return verdict;
  }
  verdict.verdict = Verdict::pass;
  verdict.code = "ok";
  verdict.why = found;
  for (const std::string& note : notes_) verdict.why += "; " + note;
  verdict.evidence = evidence_;
  return verdict;
}

std::string list_text(const std::vector<std::string>& things) {
  std::string out;
  for (std::size_t i = 0; i < things.size() && i < kNamedMax; ++i) {
    out += (i == 0 ? "" : "; ") + things[i];
  }
  if (things.size() > kNamedMax) out += fmt::format("; and {} more", things.size() - kNamedMax);
  return out;
}

std::string quoted(std::string_view foreign) {
  std::string text = printable(trim(foreign), 80);
  std::ranges::replace(text, '`', '\'');
  return "`" + text + "`";
}

std::string count_text(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

ClauseVerdict not_built(Clause clause) {
  return {.clause = clause,
          .verdict = Verdict::inconclusive,
          .code = std::string(kNotBuilt),
          .why = "this Sluice has no gate for the clause yet",
          .remedy = "check it as before; it neither holds nor passes a delivery"};
}

}  // namespace sluice::gates
