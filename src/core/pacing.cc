#include "core/pacing.h"

#include <algorithm>

#include "core/evolve.h"

namespace sluice::core {
namespace {

constexpr int kCutDivisor = 4;

bool compared_for_customers(const Moment& m) {
  const EnvironmentPlan& environment = m.environment();
  return environment.customer_facing && environment.judged &&
         !m.service.environment(environment.name).baseline_release.empty();
}

Share present_share(const Moment& m) { return m.service.environment(m.environment().name).share; }

// What the canary may have by now: also what was asked for and has not been observed.
Share most_of(const Moment& m) {
  Share most = present_share(m);
  for (const PendingEffect& pending : m.service.pending) {
    const auto* share = std::get_if<SetShare>(&pending.effect);
    if (share == nullptr || share->environment != m.environment().name) continue;
    most = std::max(most, share->share);
  }
  return most;
}

bool has_traffic_to_cut(const Moment& m) {
  switch (m.delivery.phase) {
    case Phase::shifting:
    case Phase::soaking:
    case Phase::smoking:
    case Phase::validating: return compared_for_customers(m);
    case Phase::deploying:
    case Phase::drilling:
    case Phase::finishing:
    case Phase::rolling_back:
    case Phase::done:
    case Phase::rolled_back:
    case Phase::aborted: break;
  }
  return false;
}

}  // namespace

Share next_share(const Moment& m) {
  const Share cap = current_stage(m.delivery).share;
  if (!m.delivery.plan.parameters.evidence_paced || !compared_for_customers(m)) return cap;
  return stepped_share(present_share(m), m.seen.pace.allowed, cap, m.now - m.delivery.share_since);
}

bool harm_suspected(const Moment& m) {
  if (!m.seen.flaky_probes.empty() || !m.seen.worse_gauges.empty()) return true;
  return m.environment().judged && m.seen.suspicion != Suspicion::none;
}

std::string suspicion_words(const Moment& m) {
  std::string all = m.seen.suspicion_words;
  for (const std::string* more : {&m.seen.worse_gauges, &m.seen.flaky_probes}) {
    if (!all.empty() && !more->empty()) all += "; ";
    all += *more;
  }
  return all;
}

std::optional<Decision> must_cut(const Moment& m) {
  if (m.seen.suspicion != Suspicion::cut || m.delivery.share_cut) return std::nullopt;
  if (!has_traffic_to_cut(m)) return std::nullopt;
  if (m.seen.baseline_probes_failing || m.seen.baseline_live_servers == 0) return std::nullopt;
  if (most_of(m) <= m.seen.pace.at_first) return std::nullopt;
  const Share from = present_share(m);
  const Share to((from.bp() + kCutDivisor - 1) / kCutDivisor);
  const EnvironmentName& name = m.environment().name;
  const ShareCut cut{.environment = name,
                     .stage = m.delivery.stage,
                     .from = from,
                     .to = to,
                     .detail = m.seen.suspicion_words,
                     .generation = m.service.generation + 1};
  Service next = m.service;
  evolve(next, cut, m.now);
  Decision decision{{cut}};
  for (Event& event : intend(next, {SetShare{name, m.baseline(), to}})) {
    decision.events.push_back(std::move(event));
  }
  return decision;
}

}  // namespace sluice::core
