// Leave one out: which groups of the canary are left out in turn, statistics notes 3.8 ii.
//
// One group, of servers or of clients, may fail for reasons of its own: evidence of harm is what is
// left without the group that leaves the least. Groups are known by their requests. In each of the
// two divisions (Batch) there must be some, or what is left would say nothing.
#pragma once

#include <array>

#include "base/tick.h"
#include "judge/batch.h"

namespace sluice::judge {

// A group that fails now and another one later make each view without a third look bad. What the
// views have gathered is therefore brought down to the least of them now and then: long against
// most outages of one server, short against the hours between them.
inline constexpr std::int64_t kLevelEveryMs = 10 * kMinuteMs;

class LeaveOneOut {
 public:
  explicit LeaveOneOut(const Settings& settings);

  // To be called first for every batch: groups show up.
  void meet(const Batch& batch);

  // Entries of Batch::canary_groups that are in use.
  [[nodiscard]] int groups() const { return divisions_[1].first + divisions_[1].number; }
  // It has had a request.
  [[nodiscard]] bool met(int group) const { return requests_[group] > 0; }
  // It is left out in turn.
  [[nodiscard]] bool counts(int group) const;
  // At least kGroupsMin groups of one division had traffic.
  [[nodiscard]] bool possible() const;

 private:
  // One way to divide the canary: a range of its groups.
  struct Division {
    int first = 0;
    int number = 0;
    double requests_to_meet = 0;  // until it is given up where fewer than kGroupsMin were met
    int met = 0;
  };

  [[nodiscard]] bool counts(const Division& division) const;

  std::array<Division, 2> divisions_;
  double canary_requests_ = 0;
  std::array<double, kCanaryEntriesMax> requests_{};  // of each group; 0: not met
};

}  // namespace sluice::judge
