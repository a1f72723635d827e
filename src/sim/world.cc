#include "sim/world.h"

#include <algorithm>
#include <cmath>

#include "judge/exp_log.h"

namespace sluice::sim {
namespace {

constexpr double kHourAsMs = static_cast<double>(kHourMs);
constexpr double kTwoPi = 6.28318530717958648;
constexpr double kRateMax = 1.0;

// Of a period of one turn, in a polynomial: std::sin differs from machine to machine.
double sine(double turns) {
  const double x = (turns - std::floor(turns) - 0.5) * kTwoPi;  // -pi to pi; the sign is turned
  const double y = std::fabs(x) > kTwoPi / 4 ? (x > 0 ? kTwoPi / 2 - x : -kTwoPi / 2 - x) : x;
  const double square = y * y;
  const double tail = 1.0 / 120 - square * (1.0 / 5'040 - square / 362'880);
  return -y * (1 - square * (1.0 / 6 - square * tail));
}

void add(Counts& into, const Counts& more) {
  into.requests += more.requests;
  into.errors += more.errors;
  into.over_target += more.over_target;
}

void sum_up(Counted& tick) {
  tick.canary = tick.baseline = {};
  for (const Counts& host : tick.canary_hosts) add(tick.canary, host);
  for (const Counts& unit : tick.baseline_units) add(tick.baseline, unit);
}

void add(Counted& into, const Counted& more) {
  for (std::size_t i = 0; i < into.canary_hosts.size(); ++i) {
    add(into.canary_hosts[i], more.canary_hosts[i]);
  }
  for (std::size_t i = 0; i < into.baseline_units.size(); ++i) {
    add(into.baseline_units[i], more.baseline_units[i]);
  }
  into.elapsed_ms += more.elapsed_ms;
}

int unit_of(int host) { return (host - kCanaryHosts) / kHostsInUnit; }

}  // namespace

void World::Rates::add(int host, double rate) {
  if (host < kCanaryHosts) {
    canary[static_cast<std::size_t>(host)] += rate;
  } else {
    baseline[static_cast<std::size_t>(unit_of(host))] += rate / kHostsInUnit;
  }
}

World::World(const ServiceModel& service, std::uint64_t seed)
    : service_(service),
      trouble_(service.trouble == nullptr ? Trouble{} : *service.trouble),
      random_(seed) {
  baseline_gamma_.fill(1);
  if (trouble_.one_incident) one_incident_ms_ = random_.below(kHourMs);
}

Counted World::tick(double share, std::int64_t ms) {
  if (share > 0) canary_ms_ = canary_ms_ < 0 ? 0 : canary_ms_;
  const double requests = service_.requests_per_second * static_cast<double>(ms) / kSecondMs *
                          (trouble_.seasonal ? 1 + season(0.5) : 1);
  begin_bursts(requests, background(), share, ms);
  begin_episodes(ms);
  begin_incidents(ms);
  draw_gamma();
  Counted tick;
  tick.elapsed_ms = ms;
  count_traffic(requests, share, rates(share), tick);
  count_bursts(ms, tick);
  reset_counters(ms, tick);
  now_ms_ += ms;
  if (canary_ms_ >= 0) canary_ms_ += ms;
  add(lost_, tick);
  Counted told = lost_;
  sum_up(told);
  told.seen = !random_.chance(trouble_.scrapes_lost);
  if (told.seen) lost_ = {};
  return told;
}

double World::season(double amplitude) const {
  return amplitude * sine(static_cast<double>(now_ms_) / kHourAsMs);
}

// The baseline's error rate now, bursts and episodes apart.
double World::background() const {
  double rate = service_.error_rate;
  if (trouble_.seasonal) rate *= judge::exp(season(judge::ln(5.0)));
  if (trouble_.climbs_to != 1) {
    const double way =
        std::min(1.0, static_cast<double>(std::max<std::int64_t>(canary_ms_, 0)) / kHourAsMs);
    rate *= 1 + (trouble_.climbs_to - 1) * way;
  }
  return rate;
}

void World::begin_bursts(double requests, double error_rate, double share, std::int64_t ms) {
  const Bursts& law = trouble_.bursts;
  if (law.size <= 0) return;
  const double expected = requests * error_rate * law.of_errors / law.size +
                          law.per_hour * static_cast<double>(ms) / kHourAsMs;
  for (std::int64_t i = random_.poisson(expected); i > 0; --i) {
    Burst burst;
    burst.canary = random_.chance(share);
    burst.unit = static_cast<int>(random_.below(burst.canary ? kCanaryHosts : kBaselineUnits));
    burst.errors_left =
        law.sized_alike ? static_cast<std::int64_t>(law.size) : random_.geometric(law.size);
    burst.ms_left = law.lasts_ms;
    bursts_.push_back(burst);
  }
}

void World::begin_episodes(std::int64_t ms) {
  const Episodes& law = trouble_.episodes;
  const double expected = law.per_host_hour * kHosts * static_cast<double>(ms) / kHourAsMs;
  for (std::int64_t i = random_.poisson(expected); i > 0; --i) {
    episodes_.push_back({.host = static_cast<int>(random_.below(kHosts)),
                         .began_ms = now_ms_,
                         .lasts_ms = law.lasts_ms,
                         .rate = law.rate,
                         .course = law.course});
  }
  std::erase_if(episodes_,
                [this](const Episode& one) { return now_ms_ >= one.began_ms + one.lasts_ms; });
}

void World::begin_incidents(std::int64_t ms) {
  const Incidents& law = trouble_.incidents;
  if (trouble_.one_incident) {
    if (canary_ms_ < one_incident_ms_ || one_incident_ms_ < 0) return;
    one_incident_ms_ = -1;
    strike(law);
    return;
  }
  const double expected = law.per_hour * static_cast<double>(ms) / kHourAsMs;
  for (std::int64_t i = random_.poisson(expected); i > 0; --i) strike(law);
}

void World::strike(const Incidents& incident) {
  for (int host = 0; host < kHosts; ++host) {
    if (incident.hosts < 1 && !random_.chance(incident.hosts)) continue;
    episodes_.push_back(
        {.host = host, .began_ms = now_ms_, .lasts_ms = incident.lasts_ms, .rate = incident.rate});
  }
}

void World::draw_gamma() {
  if (trouble_.gamma_ms == 0 || now_ms_ < gamma_due_ms_) return;
  gamma_due_ms_ = now_ms_ + trouble_.gamma_ms;
  canary_gamma_ = random_.exponential();
  for (double& gamma : baseline_gamma_) gamma = random_.exponential();
}

// What the canary alone suffers, beyond its error rate.
double World::canary_addition(double share) const {
  double rate = trouble_.per_share * share;
  if (trouble_.start_rate <= 0 || canary_ms_ < 0) return rate;
  const double way = static_cast<double>(canary_ms_) / static_cast<double>(trouble_.start_lasts_ms);
  if (trouble_.start_fades) return rate + trouble_.start_rate * judge::exp(-way);
  return rate + (way < 1 ? trouble_.start_rate : 0);
}

World::Rates World::rates(double share) {
  const double now = background() * trouble_.alone;
  const bool onset = canary_ms_ >= service_.onset_ms;
  const double worse = onset ? service_.canary_error_rate - service_.error_rate : 0;
  Rates out;
  out.canary.fill(now * canary_gamma_ + worse + canary_addition(share));
  for (std::size_t i = 0; i < out.baseline.size(); ++i) out.baseline[i] = now * baseline_gamma_[i];
  for (const Episode& one : episodes_) {
    const double way =
        static_cast<double>(now_ms_ - one.began_ms) / static_cast<double>(one.lasts_ms);
    switch (one.course) {
      case Course::level: out.add(one.host, one.rate); break;
      case Course::rising: out.add(one.host, one.rate * way); break;
      case Course::fading: out.add(one.host, one.rate * (1 - way)); break;
    }
  }
  return out;
}

void World::count_traffic(double requests, double share, const Rates& rates, Counted& tick) {
  const auto count = [this](Counts& unit, double expected, double rate, double over_target) {
    const double failing = std::clamp(rate, 0.0, kRateMax);
    unit.errors = random_.poisson(expected * failing);
    unit.requests = unit.errors + random_.poisson(expected * (1 - failing));
    unit.over_target = random_.binomial(unit.requests, over_target);
  };
  const double over =
      canary_ms_ >= service_.onset_ms ? service_.canary_over_target : service_.over_target;
  for (std::size_t i = 0; i < rates.canary.size(); ++i) {
    count(tick.canary_hosts[i], requests * share / kCanaryHosts, rates.canary[i], over);
  }
  for (std::size_t i = 0; i < rates.baseline.size(); ++i) {
    count(tick.baseline_units[i], requests * (1 - share) / kBaselineUnits, rates.baseline[i],
          service_.over_target);
  }
}

void World::count_bursts(std::int64_t ms, Counted& tick) {
  for (Burst& burst : bursts_) {
    const double part = static_cast<double>(ms) / static_cast<double>(burst.ms_left);
    const std::int64_t errors =
        burst.ms_left <= ms ? burst.errors_left : random_.binomial(burst.errors_left, part);
    burst.errors_left -= errors;
    burst.ms_left -= ms;
    for (std::int64_t i = 0; i < errors; ++i) {
      if (trouble_.bursts.spread == Spread::arm) {
        burst.unit = static_cast<int>(random_.below(burst.canary ? kCanaryHosts : kBaselineUnits));
      }
      const auto unit = static_cast<std::size_t>(burst.unit);
      add(burst.canary ? tick.canary_hosts[unit] : tick.baseline_units[unit], {1, 1, 0});
    }
  }
  std::erase_if(bursts_,
                [](const Burst& burst) { return burst.ms_left <= 0 || burst.errors_left == 0; });
}

void World::reset_counters(std::int64_t ms, Counted& tick) {
  const double chance = trouble_.resets_per_host_hour * static_cast<double>(ms) / kHourAsMs;
  if (chance <= 0) return;
  for (Counts& host : tick.canary_hosts) {
    if (random_.chance(chance)) host = {};
  }
  for (Counts& unit : tick.baseline_units) {
    if (random_.chance(chance)) unit = {};
  }
}

}  // namespace sluice::sim
