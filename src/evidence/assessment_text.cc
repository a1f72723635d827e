#include "evidence/assessment_text.h"

#include <limits>

#include "base/assert.h"
#include "base/text.h"

namespace sluice::evidence {
namespace {

constexpr std::size_t kListedMax = 5;

int bounded(std::int64_t count) {
  return static_cast<int>(std::min<std::int64_t>(count, std::numeric_limits<int>::max()));
}

}  // namespace

std::string counted(std::int64_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& things) {
  const std::size_t shown = std::min(things.size(), kListedMax);
  std::string text = fmt::format("{}", fmt::join(things.begin(), things.begin() + shown, "; "));
  if (shown < things.size()) text += fmt::format("; and {} more", things.size() - shown);
  return text;
}

std::string in_ticks(std::string_view foreign) {
  std::string text = printable(foreign, 120);
  std::ranges::replace(text, '`', '\'');
  return fmt::format("`{}`", text);
}

void Doubts::add(std::string_view code, std::string why, std::string remedy) {
  if (whys_.empty()) code_ = code;
  whys_.push_back(std::move(why));
  if (std::ranges::find(remedies_, remedy) == remedies_.end()) {
    remedies_.push_back(std::move(remedy));
  }
}

Assessment Doubts::assessment(Verdict verdict, std::int64_t looked_at) const {
  SLUICE_ASSERT(verdict != Verdict::pass && !whys_.empty());
  return {.verdict = verdict,
          .code = code_,
          .why = listed(whys_),
          .remedy = listed(remedies_),
          .looked_at = bounded(looked_at)};
}

Assessment passed(std::string why, std::int64_t looked_at) {
  SLUICE_ASSERT(looked_at > 0);
  return {.verdict = Verdict::pass,
          .code = "ok",
          .why = std::move(why),
          .looked_at = bounded(looked_at)};
}

Assessment unreadable(const Error& error) {
  return {.verdict = Verdict::inconclusive,
          .code = "unreadable",
          .why = printable(error.message, 400),
          .remedy = "bring the evidence again, whole and as the tool wrote it"};
}

}  // namespace sluice::evidence
