// Findings: what a gate notes down while it looks at one clause, and the verdict that follows.
//
// One thing wrong is enough for FAIL, else one doubt for INCONCLUSIVE. A gate that examined nothing
// gets INCONCLUSIVE, whatever it believes: a PASS always rests on something. Notes belong to a PASS
// only. Text from files goes through quoted(), so that nothing of it can steer a terminal or grow
// without bound.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.h"

namespace sluice::gates {

class Findings {
 public:
  explicit Findings(Clause clause) : clause_(clause) {}

  void looked_at(int things = 1) { looked_at_ += things; }
  // `code` is a short stable word; the first one becomes the verdict's.
  void fail(std::string_view code, std::string why, std::string remedy);
  // What could not be found out. The first code of the doubts is the verdict's where nothing
  // failed.
  void doubt(std::string_view code, std::string why, std::string remedy);
  void note(std::string text);
  void rests_on(const Digest& evidence) { evidence_.push_back(evidence); }

  [[nodiscard]] bool failed() const { return !faults_.whys.empty(); }
  // `found` is what a PASS says. Every other verdict names at most five things and the number of
  // the others.
  [[nodiscard]] ClauseVerdict verdict(std::string_view found) const;

 private:
  struct Reasons {
    std::string code;
    std::vector<std::string> whys;
    std::vector<std::string> remedies;  // each once
    void add(std::string_view first_code, std::string why, std::string remedy);
  };

  Clause clause_;
  int looked_at_ = 0;
  Reasons faults_;
  Reasons doubts_;
  std::vector<std::string> notes_;
  std::vector<Digest> evidence_;
};

// The first five with "; " between them, "and 3 more" after them.
[[nodiscard]] std::string list_text(const std::vector<std::string>& things);

// Foreign text between back-ticks: printable, short, and without back-ticks of its own.
[[nodiscard]] std::string quoted(std::string_view foreign);

// "1 stage", "3 stages".
[[nodiscard]] std::string count_text(std::size_t count, std::string_view one);

// The clause has no gate yet.
[[nodiscard]] ClauseVerdict not_built(Clause clause);

}  // namespace sluice::gates
