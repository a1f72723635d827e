// Behaviour: how well this version of the storefront works. It is read from the file that a
// release carries as its artifact `config`, so that one program can play every release of the demo.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace storefront {

struct Behaviour {
  double error_rate = 0;        // part of the pages answered with 500
  double slow_rate = 0;         // part of the pages answered late
  std::int64_t slow_ms = 0;     // how late
  std::int64_t healthy_ms = 0;  // /healthz answers 200 for so long after the start; 0: always
  bool on_signal = false;       // pages are flawless until SIGUSR1 arrives
};

// The lines are `key = value`; `#` begins a comment.
//   error_rate = 0.05
//   slow_rate  = 0.10
//   slow_ms    = 800
//   health     = ok                  or: fail after 5 s
//   faults     = on signal           left out: from the start
//   only_in    = production          left out or empty: in every environment
// Nothing, and the reason in `wrong`, when a line is not understood: a service that guesses what
// it was told is worse than one that does not start.
[[nodiscard]] std::optional<Behaviour> parse_behaviour(std::string_view text,
                                                       std::string_view environment,
                                                       std::string& wrong);

// Spreads a rate evenly over the requests: of 20 requests at 0.05 it picks one, the same one each
// time. `phase`, from 0 to below 1, is how far it is on the way to the first.
class Spread {
 public:
  Spread(double rate, double phase) : rate_(rate), owed_(phase) {}

  [[nodiscard]] bool picks_next() {
    owed_ += rate_;
    if (owed_ < 1) return false;
    owed_ -= 1;
    return true;
  }

 private:
  double rate_;
  double owed_;
};

}  // namespace storefront
