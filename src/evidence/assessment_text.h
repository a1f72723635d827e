// The words of assessments: counts and lists, as a person reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/assessment.h"

namespace sluice::evidence {

// "1 finding", "3 findings".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view one);

// The first five with "; " between them, then "and 3 more".
[[nodiscard]] std::string listed(const std::vector<std::string>& things);

// Foreign text between back-ticks, printable and short.
[[nodiscard]] std::string in_ticks(std::string_view foreign);

// What stands against a PASS, in the order in which it was found; the first code counts.
class Doubts {
 public:
  void add(std::string_view code, std::string why, std::string remedy);
  [[nodiscard]] bool none() const { return whys_.empty(); }
  [[nodiscard]] Assessment assessment(Verdict verdict, std::int64_t looked_at) const;

 private:
  std::string code_;
  std::vector<std::string> whys_;
  std::vector<std::string> remedies_;
};

[[nodiscard]] Assessment passed(std::string why, std::int64_t looked_at);

}  // namespace sluice::evidence
