// Clustering: how bad events cluster in an environment's baseline, as the judge has learnt it and
// begins with it the next time. Sums, whose meaning is judge/design_effect.h's.
#pragma once

namespace sluice {

struct ClusterSums {
  double spread = 0;
  double events = 0;
  double variance = 0;
  friend bool operator==(const ClusterSums&, const ClusterSums&) = default;
};

// Of errors and of requests over target, by what fails together: servers, or buckets of clients
// where servers are few; and by client beside servers.
struct Clustering {
  ClusterSums errors_by_group;
  ClusterSums errors_by_client;
  ClusterSums slow_by_group;
  ClusterSums slow_by_client;
  friend bool operator==(const Clustering&, const Clustering&) = default;
};

}  // namespace sluice
