#include "sim/trouble.h"

#include <algorithm>
#include <array>

namespace sluice::sim {
namespace {

constexpr std::int64_t kSeconds = kSecondMs;

constexpr std::array<Trouble, 20> kTroubles{{
    {.name = "iid", .what = "errors are independent"},
    {.name = "clusters3",
     .what = "errors in bursts of 3 over 2 s on one host",
     .alone = 0,
     .bursts = {.of_errors = 1, .size = 3, .lasts_ms = 2 * kSeconds}},
    {.name = "clusters10",
     .what = "errors in bursts of 10 over 10 s on one host",
     .alone = 0,
     .bursts = {.of_errors = 1, .size = 10, .lasts_ms = 10 * kSeconds}},
    {.name = "clusters30",
     .what = "errors in bursts of 30 over 20 s on one host",
     .alone = 0,
     .bursts = {.of_errors = 1, .size = 30, .lasts_ms = 20 * kSeconds}},
    {.name = "badclient",
     .what = "12 clients an hour send 200 failing requests each in 30 s to one host",
     .alone = 0.33,
     .bursts = {.per_hour = 12,
                .size = 200,
                .sized_alike = true,
                .lasts_ms = 30 * kSeconds,
                .one_client = true}},
    {.name = "badhost",
     .what = "every host fails half of its requests for 60 s, once in 20 hours",
     .alone = 0.5,
     .episodes = {.per_host_hour = 0.05, .lasts_ms = 60 * kSeconds, .rate = 0.5}},
    {.name = "blips",
     .what = "every host fails half of its requests for 5 s, once an hour",
     .alone = 0.3,
     .episodes = {.per_host_hour = 1, .lasts_ms = 5 * kSeconds, .rate = 0.5}},
    {.name = "gamma",
     .what = "the error rate of each unit is drawn anew every 10 s, coefficient of variation 1",
     .gamma_ms = 10 * kSeconds},
    {.name = "shared",
     .what = "both arms fail 20 % of requests for 3 min, once",
     .incidents = {.lasts_ms = 180 * kSeconds, .rate = 0.2},
     .one_incident = true},
    {.name = "seasonal",
     .what = "traffic varies by half, the error rate by a factor of 5 up and down",
     .seasonal = true},
    {.name = "climbing",
     .what = "the error rate of both arms climbs tenfold over the hour",
     .climbs_to = 10},
    {.name = "missing",
     .what = "one scrape in five is lost, its counts come with the next",
     .scrapes_lost = 0.2},
    {.name = "resets",
     .what = "counters of a host start from 0 six times an hour, what they had counted is lost",
     .resets_per_host_hour = 6},
    {.name = "retries",
     .what = "30 clients an hour retry 40 times in 5 s, at every host of their arm",
     .alone = 0.5,
     .bursts = {.per_hour = 30,
                .size = 40,
                .sized_alike = true,
                .lasts_ms = 5 * kSeconds,
                .spread = Spread::arm,
                .one_client = true}},
    {.name = "slowburn",
     .what = "a host's error rate climbs to 20 % over 10 min before it is restarted",
     .alone = 0.5,
     .episodes = {.per_host_hour = 0.05,
                  .lasts_ms = 600 * kSeconds,
                  .rate = 0.2,
                  .course = Course::rising}},
    {.name = "restarts",
     .what = "every host is restarted once an hour and is cold: 5 % errors, fading over a minute",
     .alone = 0.5,
     .episodes =
         {.per_host_hour = 1, .lasts_ms = 60 * kSeconds, .rate = 0.05, .course = Course::fading}},
    {.name = "dependency",
     .what = "six times an hour a database stalls for 20 s: 10 % errors on a third of all hosts",
     .alone = 0.5,
     .incidents = {.per_hour = 6, .lasts_ms = 20 * kSeconds, .rate = 0.1, .hosts = 0.33}},
    {.name = "coldstart",
     .what = "the canary alone fails 5 % of requests in its first 10 s",
     .shared = false,
     .start_rate = 0.05,
     .start_lasts_ms = 10 * kSeconds},
    {.name = "coldcaches",
     .what = "the canary alone starts with cold caches: 3 % errors, fading with 20 s",
     .shared = false,
     .start_rate = 0.03,
     .start_lasts_ms = 20 * kSeconds,
     .start_fades = true},
    {.name = "neighbour",
     .what = "a noisy neighbour takes from the canary as its share grows: 0.1 % at a share of 5 %",
     .shared = false,
     .per_share = 0.02},
}};

}  // namespace

std::span<const Trouble> troubles() { return kTroubles; }

const Trouble* find_trouble(std::string_view name) {
  const auto found = std::ranges::find(kTroubles, name, &Trouble::name);
  return found == kTroubles.end() ? nullptr : &*found;
}

}  // namespace sluice::sim
