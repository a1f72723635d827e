// Burn: how many times faster than its objective allows a service fails. An objective is the part
// of its requests that succeed; what it leaves is the error budget, and a burn rate of 1 uses up
// exactly that. Of the whole service, canary and baseline together, where its customers are.
//
// As an observation has it, and as the ledger keeps it.
#pragma once

#include <cstdint>
#include <vector>

namespace sluice {

// What the whole service answered in one minute, which is numbered from 1970 on.
struct MinuteCounts {
  std::int64_t minute = 0;
  std::int64_t requests = 0;
  std::int64_t errors = 0;
  friend bool operator==(const MinuteCounts&, const MinuteCounts&) = default;
};

// So far back the longest window reaches, and no further what is kept.
inline constexpr std::int64_t kBurnMinutesKept = 3 * 24 * 60;

struct Burn {
  double objective = 0;   // 0: nobody looks at burn rates here, and nothing else says anything
  bool computed = false;  // from requests of the last minutes
  bool burning = false;   // over the factor in both windows of a pair: nothing advances
  double service = 0;     // burn rate over an hour or over five minutes, the lower of both
  double canary = 0;      // of the canary alone, since its stage began
  double highest = 0;     // that `service` ever was in this environment, of enough requests
  std::int64_t data_minutes = 0;      // with requests, in the hour until now
  std::int64_t highest_minutes = 0;   // and in the hour before the highest
  std::vector<MinuteCounts> minutes;  // the last few, the newest, which goes on, at the end
  friend bool operator==(const Burn&, const Burn&) = default;
};

// What one delivery's ledger says of it in one environment.
struct BurnRecord {
  bool burning = false;
  std::int64_t burning_since_ms = 0;  // since 1970; 0: it is not
  bool held = false;                  // it was burning at some time
  bool advanced = false;              // and more traffic was given, or a stage left, meanwhile
  int left_computed = 0;              // stages, and the validation, left with burn rates computed
  int left_without = 0;               // and without
  double objective = 0;
  double highest = 0;
  std::int64_t highest_minutes = 0;
  std::int64_t at_ms = 0;  // when this was last known
  bool computed = false;   // then
  friend bool operator==(const BurnRecord&, const BurnRecord&) = default;
};

}  // namespace sluice
