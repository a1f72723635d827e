// Forecast: how long promotion is going to take, at a rate of requests.
#pragma once

#include <cstdint>
#include <string>

#include "judge/judge.h"

namespace sluice::judge {

// Milliseconds until so many requests have come; 0 where none are missing, below 0: never, or
// nothing is known of it. A year at most.
[[nodiscard]] std::int64_t time_for_ms(double requests, double requests_per_second);

// ", 6 s at today's rate", to follow what describe_missing() says of requests.
// `requests_per_second` are the canary's. Empty where requests are not what is missing, or nothing
// is known of them.
[[nodiscard]] std::string describe_time(const Finding& finding, double requests_per_second);

}  // namespace sluice::judge
