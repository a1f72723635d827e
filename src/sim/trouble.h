// Trouble: how errors come about in a simulated service when they are not independent.
//
// Each is a law that both arms obey (so a release that obeys it is healthy, however unlucky), or
// one in which harm follows the canary alone; `shared` says which. The first nine are those of
// statistics notes 4.4, the tenth and the next three of 5.1; the others were written before any
// result was looked at. Rates are per hour, times in milliseconds, sizes in failing requests.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/tick.h"

namespace sluice::sim {

// Which requests a burst strikes.
enum class Spread {
  host,  // one host of one arm
  arm,   // one arm, any of its hosts: a client whose retries go everywhere
};

// Failing requests that come together. They are requests of their own.
struct Bursts {
  double of_errors = 0;      // this part of all errors comes in bursts; or
  double per_hour = 0;       // so many bursts in the whole service
  double size = 0;           // mean
  bool sized_alike = false;  // every burst has that size; else geometric
  std::int64_t lasts_ms = 0;
  Spread spread = Spread::host;
  bool one_client = false;  // all of a burst are of one client; else of many
};

enum class Course { level, rising, fading };

// A time in which a part of one host's requests fails.
struct Episodes {
  double per_host_hour = 0;
  std::int64_t lasts_ms = 0;
  double rate = 0;  // at its worst
  Course course = Course::level;
};

// Something that both arms depend on.
struct Incidents {
  double per_hour = 0;
  std::int64_t lasts_ms = 0;
  double rate = 0;
  double hosts = 1;  // each host is struck with this chance
};

struct Trouble {
  std::string_view name;
  std::string_view what;
  bool shared = true;  // both arms obey the same law; false: harm follows the canary alone
  double alone = 1;    // independent errors, as a multiple of the service's rate
  Bursts bursts;
  Episodes episodes;
  Incidents incidents;
  bool one_incident = false;        // exactly one, at a random time of the hour
  std::int64_t gamma_ms = 0;        // each unit's rate is drawn anew so often, exponential
  bool seasonal = false;            // traffic +-50 %, error rate times and by 5, within an hour
  double climbs_to = 1;             // multiple of the error rate that an hour's climb ends at
  double start_rate = 0;            // of the canary, right after its start
  std::int64_t start_lasts_ms = 0;  // level so long; or, if `start_fades`, by a factor e
  bool start_fades = false;
  double per_share = 0;             // the canary's additional errors at a share of one
  double scrapes_lost = 0;          // so many ticks are counted with the next
  double resets_per_host_hour = 0;  // a counter starts from 0: a tick of that host is not seen
};

[[nodiscard]] std::span<const Trouble> troubles();

// Null where there is none of that name.
[[nodiscard]] const Trouble* find_trouble(std::string_view name);

}  // namespace sluice::sim
