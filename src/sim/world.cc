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
  for (std::size_t i = 0; i < into.canary_clients.size(); ++i) {
    add(into.canary_clients[i], more.canary_clients[i]);
    add(into.baseline_clients[i], more.baseline_clients[i]);
  }
  into.elapsed_ms += more.elapsed_ms;
  into.units = more.units;
}

}  // namespace

void World::Rates::add(int host, double rate, const Fleet& fleet) {
  if (host < kCanaryHosts) {
    canary[static_cast<std::size_t>(host)] += rate;
  } else {
    const int unit = (host - kCanaryHosts) / fleet.hosts_in_unit;
    baseline[static_cast<std::size_t>(unit)] += rate / fleet.hosts_in_unit;
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
  begin_resets(ms);
  draw_gamma();
  Counted tick;
  tick.elapsed_ms = ms;
  tick.units = service_.fleet.units;
  count_traffic(requests, share, rates(share), tick);
  count_bursts(ms, tick);
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
  if (!service_.course.empty()) {
    rate *=
        service_.course[static_cast<std::size_t>(now_ms_ / kCourseStepMs) % service_.course.size()];
  }
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
    burst.unit =
        static_cast<int>(random_.below(burst.canary ? kCanaryHosts : service_.fleet.units));
    burst.errors_left =
        law.sized_alike ? static_cast<std::int64_t>(law.size) : random_.geometric(law.size);
    burst.ms_left = law.lasts_ms;
    if (law.one_client) burst.client = static_cast<int>(random_.below(kClientBuckets));
    bursts_.push_back(burst);
  }
}

void World::begin_episodes(std::int64_t ms) {
  const Episodes& law = trouble_.episodes;
  const double expected =
      law.per_host_hour * service_.fleet.hosts() * static_cast<double>(ms) / kHourAsMs;
  for (std::int64_t i = random_.poisson(expected); i > 0; --i) {
    episodes_.push_back({.host = static_cast<int>(random_.below(service_.fleet.hosts())),
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
  for (int host = 0; host < service_.fleet.hosts(); ++host) {
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
      case Course::level: out.add(one.host, one.rate, service_.fleet); break;
      case Course::rising: out.add(one.host, one.rate * way, service_.fleet); break;
      case Course::fading: out.add(one.host, one.rate * (1 - way), service_.fleet); break;
    }
  }
  return out;
}

void World::begin_resets(std::int64_t ms) {
  const double chance = trouble_.resets_per_host_hour * static_cast<double>(ms) / kHourAsMs;
  if (chance <= 0) return;
  for (bool& host : canary_reset_) host = random_.chance(chance);
  for (bool& unit : baseline_reset_) unit = random_.chance(chance);
}

void World::count_traffic(double requests, double share, const Rates& rates, Counted& tick) {
  const double over =
      canary_ms_ >= service_.onset_ms ? service_.canary_over_target : service_.over_target;
  if (share > 0) {
    count_arm({tick.canary_hosts, tick.canary_clients, rates.canary, requests * share, over,
               &canary_requests_},
              canary_reset_);
  }
  if (share < 1) {
    const auto units = static_cast<std::size_t>(service_.fleet.units);
    count_arm({std::span(tick.baseline_units).first(units), tick.baseline_clients,
               std::span(rates.baseline).first(units), requests * (1 - share), service_.over_target,
               &baseline_requests_},
              baseline_reset_);
  }
}

void World::count_arm(const Arm& arm, std::span<const bool> reset) {
  const double expected = arm.requests / static_cast<double>(arm.units.size());
  draw_errors(arm, expected);
  double last_rate = -1;
  double last_mean = 0;
  for (std::size_t i = 0; i < arm.units.size(); ++i) {
    Counts& unit = arm.units[i];
    const double failing = std::clamp(arm.rates[i], 0.0, kRateMax);
    if (failing != last_rate) {
      last_rate = failing;
      last_mean = expected * (1 - failing);
    }
    unit.requests = unit.errors + arm.table->draw(last_mean, random_);
    unit.over_target = random_.binomial(unit.requests, arm.over_target);
    if (reset[i]) unit = {};
  }
  divide_by_client(arm);
}

// What all units fail alike is drawn at once, and falls on each alike.
void World::draw_errors(const Arm& arm, double expected) {
  const double least = std::clamp(*std::ranges::min_element(arm.rates), 0.0, kRateMax);
  const auto units = static_cast<std::int64_t>(arm.units.size());
  for (std::int64_t i = random_.poisson(expected * least * static_cast<double>(units)); i > 0;
       --i) {
    ++arm.units[static_cast<std::size_t>(random_.below(units))].errors;
  }
  for (std::size_t i = 0; i < arm.units.size(); ++i) {
    const double more = std::min(arm.rates[i], kRateMax) - least;
    if (more > 0) arm.units[i].errors += random_.poisson(expected * more);
  }
}

void World::divide_by_client(const Arm& arm) {
  Counts all;
  for (const Counts& unit : arm.units) add(all, unit);
  const auto failed = random_.eight_ways(all.errors);
  const auto answered = random_.eight_ways(all.requests - all.errors);
  std::int64_t late = all.over_target;
  std::int64_t left = all.requests;
  for (std::size_t i = 0; i < arm.clients.size(); ++i) {
    const std::int64_t requests = failed[i] + answered[i];
    const double part = left > 0 ? static_cast<double>(late) / static_cast<double>(left) : 0;
    const std::int64_t mine =
        std::max(std::min({random_.binomial(requests, part), requests, late}),
                 late - (left - requests));  // what is left must have room for the others
    arm.clients[i] = {requests, failed[i], mine};
    late -= mine;
    left -= requests;
  }
}

void World::count_bursts(std::int64_t ms, Counted& tick) {
  for (Burst& burst : bursts_) {
    const double part = static_cast<double>(ms) / static_cast<double>(burst.ms_left);
    const std::int64_t errors =
        burst.ms_left <= ms ? burst.errors_left : random_.binomial(burst.errors_left, part);
    burst.errors_left -= errors;
    burst.ms_left -= ms;
    count_burst(burst, errors, tick);
  }
  std::erase_if(bursts_,
                [](const Burst& burst) { return burst.ms_left <= 0 || burst.errors_left == 0; });
}

void World::count_burst(Burst& burst, std::int64_t errors, Counted& tick) {
  const Bursts& law = trouble_.bursts;
  for (; errors > 0; --errors) {
    if (law.spread == Spread::arm) {
      burst.unit =
          static_cast<int>(random_.below(burst.canary ? kCanaryHosts : service_.fleet.units));
    }
    if (!law.one_client) burst.client = static_cast<int>(random_.below(kClientBuckets));
    const auto unit = static_cast<std::size_t>(burst.unit);
    const auto client = static_cast<std::size_t>(burst.client);
    if (burst.canary ? canary_reset_[unit] : baseline_reset_[unit]) continue;
    add(burst.canary ? tick.canary_hosts[unit] : tick.baseline_units[unit], {1, 1, 0});
    add(burst.canary ? tick.canary_clients[client] : tick.baseline_clients[client], {1, 1, 0});
  }
}

}  // namespace sluice::sim
