#include "judge/leave_one_out.h"

namespace sluice::judge {
namespace {

// With groups configured, but only one or two seen, this many requests are waited for before
// leave-one-out is given up: the first of many servers must not decide alone, and where there are
// only two the wait is short. All clients may have one address, so less is waited for a third.
constexpr double kRequestsToMeetGroups = 10;
constexpr double kRequestsToMeetClients = 6;

// A group with more than this part of the requests, once there are so many, is not left out.
constexpr double kMostRequests = 0.75;
constexpr double kRequestsToTellMost = 100;

}  // namespace

LeaveOneOut::LeaveOneOut(const Settings& settings)
    : divisions_{Division{0, settings.groups, kRequestsToMeetGroups},
                 Division{settings.groups, settings.client_groups, kRequestsToMeetClients}} {}

void LeaveOneOut::meet(const Batch& batch) {
  canary_requests_ += static_cast<double>(batch.canary.requests);
  for (Division& division : divisions_) {
    for (int g = division.first; g < division.first + division.number; ++g) {
      if (batch.canary_groups[g].requests == 0) continue;
      if (!met(g)) ++division.met;
      requests_[g] += static_cast<double>(batch.canary_groups[g].requests);
    }
  }
}

bool LeaveOneOut::possible() const {
  return divisions_[0].met >= kGroupsMin || divisions_[1].met >= kGroupsMin;
}

bool LeaveOneOut::counts(const Division& division) const {
  if (division.met >= kGroupsMin) return true;
  return division.number >= kGroupsMin && division.met > 0 &&
         canary_requests_ < division.requests_to_meet;
}

bool LeaveOneOut::counts(int group) const {
  if (!met(group)) return false;
  if (!counts(divisions_[group < divisions_[1].first ? 0 : 1])) return false;
  return canary_requests_ < kRequestsToTellMost ||
         requests_[group] <= kMostRequests * canary_requests_;
}

}  // namespace sluice::judge
