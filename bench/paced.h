// Paced: harm where the share grows only as fast as the evidence allows (judge/pace.h), beside a
// share that is fixed; at several cadences of looking, and several times until what was decided is
// so at the router.
#pragma once

#include <string>
#include <vector>

#include "bench/harm.h"

namespace sluice::bench {

struct Cadence {
  std::int64_t look_ms = 0;   // between two looks
  std::int64_t delay_ms = 0;  // from a decision until the router obeys
};

struct PacedCase {
  double requests_per_second = 0;
  double canary_error_rate = 0;
  Cadence cadence;
  bool paced = true;  // false: 5 % from the start
};

struct PacedRow {
  PacedCase one;
  int found = 0;                // taken back within the horizon of a quarter of an hour
  std::vector<double> failed;   // of the canary's requests, until no more is sent there
  std::vector<double> full_ms;  // of a release that is good: until it has the whole 5 %
};

// Releases of which half or all requests fail, from 100 to 10,000 requests a second.
[[nodiscard]] std::vector<PacedCase> paced_cases();
// Every cadence, at 1,000 requests a second, all requests failing.
[[nodiscard]] std::vector<PacedCase> cadence_cases();

// The robust judge at a margin of 0.5 %; baseline 0.1 %; a minute of the baseline before.
[[nodiscard]] std::vector<PacedRow> run_paced(const std::vector<PacedCase>& cases,
                                              const Effort& effort, std::uint64_t first_cell);
[[nodiscard]] std::string paced_table(const std::vector<PacedRow>& rows);

}  // namespace sluice::bench
