#include "judge/bound.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "judge/judge.h"

namespace sluice::judge {
namespace {

struct Row {
  double baseline;
  double canary;
  double margin;
  double requests;  // as published, to three digits
};

TEST_CASE("bound: reproduces the published table at a share of 5 % and alpha 0.001") {
  constexpr Row kTable[] = {
      {0, .01, 0, 230},         {0, .05, 0, 45.8},        {0, .5, 0, 4.20},
      {0, 1, 0, 1.74},          {1e-4, 2e-4, 0, 191e3},   {1e-4, 5e-4, 0, 18.8e3},
      {1e-4, .0101, 0, 275},    {1e-4, .0501, 0, 48.2},   {1e-4, .5001, 0, 4.23},
      {1e-4, 1, 0, 1.75},       {1e-3, 2e-3, 0, 19.1e3},  {1e-3, 5e-3, 0, 1878},
      {1e-3, .011, 0, 484},     {1e-3, .051, 0, 60.6},    {1e-3, .501, 0, 4.41},
      {1e-3, 1, 0, 1.78},       {1e-2, .02, 0, 1885},     {1e-2, .05, 0, 184},
      {1e-2, .06, 0, 130},      {1e-2, .51, 0, 5.41},     {1e-2, 1, 0, 2.00},
      {0, .01, .005, 3553},     {0, .05, .005, 97.1},     {0, .5, .005, 4.46},
      {0, 1, .005, 1.78},       {1e-3, .011, .005, 4158}, {1e-3, .051, .005, 109},
      {1e-3, .501, .005, 4.68}, {1e-3, 1, .005, 1.83},    {1e-2, .02, .005, 9366},
      {1e-2, .05, .005, 283},   {1e-2, .06, .005, 187},   {1e-2, .51, .005, 5.72},
      {1e-2, 1, .005, 2.05},    {1e-3, .051, .01, 179},   {1e-3, .501, .01, 5.00},
      {1e-3, 1, .01, 1.88},
  };
  for (const Row& row : kTable) {
    CAPTURE(row.baseline);
    CAPTURE(row.canary);
    CAPTURE(row.margin);
    CHECK(requests_to_find({row.canary, row.baseline}, row.margin, 0.05, 1e-3) ==
          doctest::Approx(row.requests).epsilon(0.004));
  }
}

TEST_CASE("bound: no number of requests finds what lies within the margin") {
  CHECK(std::isinf(requests_to_find({0.005, 0.001}, 0.005, 0.05, 1e-3)));
  CHECK(std::isinf(requests_to_clear({0.02, 0.001}, 0.005, 0.05, 0.05)));
  CHECK(std::isinf(requests_below_target(0.02, 0.01, 0.05)));
}

TEST_CASE("bound: promotion needs the published numbers") {
  CHECK(requests_to_clear({0, 0}, .005, .05, .05) == doctest::Approx(598).epsilon(0.002));
  CHECK(requests_to_clear({1e-3, 1e-3}, .005, .05, .05) == doctest::Approx(935).epsilon(0.002));
  CHECK(requests_to_clear({1e-2, 1e-2}, .01, .05, .01) == doctest::Approx(1508).epsilon(0.002));
  CHECK(requests_to_clear({6e-3, 1e-3}, .01, .05, .05) == doctest::Approx(2186).epsilon(0.002));
}

TEST_CASE("requests_to_promote: about 360 without errors, more with them, never at the target") {
  const Settings settings;
  CHECK(requests_to_promote(settings, 0, 0.05) == doctest::Approx(358).epsilon(0.01));
  CHECK(requests_to_promote(settings, 0.01, 0.05) == doctest::Approx(1.2 * 981).epsilon(0.01));
  CHECK(requests_to_promote(settings, 0, 1) == doctest::Approx(358).epsilon(0.01));
  CHECK(requests_to_promote(settings, 0.01, 1) < 0);
  CHECK(requests_to_promote({.margin = 0}, 0.01, 0.05) < 0);
}

TEST_CASE("rate_interval: covers the rate, narrows with requests, is whole without any") {
  CHECK(rate_interval(0, 0).low == 0);
  CHECK(rate_interval(0, 0).high == 1);
  const Interval few = rate_interval(21, 412);
  CHECK(few.low == doctest::Approx(0.0214).epsilon(1e-4));  // by lgamma, elsewhere
  CHECK(few.high == doctest::Approx(0.0984).epsilon(1e-4));
  const Interval many = rate_interval(2'100, 41'200);
  CHECK(many.low > few.low);
  CHECK(many.high < few.high);
  CHECK(rate_interval(0, 100).low == 0);
  CHECK(rate_interval(100, 100).high == 1);
  // n = 1, k = 0: ln B(1/2, 3/2) - ln B(1/2, 1/2) = -ln 2, so 1 - p > alpha / 2.
  CHECK(rate_interval(0, 1).high == doctest::Approx(0.975).epsilon(1e-3));
}

TEST_CASE("rate_interval: finite and in order for any counts") {
  for (const std::int64_t n :
       std::vector<std::int64_t>{1, 7, 1'000, 1LL << 31, 1LL << 53, 1LL << 62}) {
    for (const std::int64_t k : std::vector<std::int64_t>{0, 1, 15, 16, n / 2, n - 1, n}) {
      const Interval interval = rate_interval(k, n);
      CHECK(interval.low >= 0);
      CHECK(interval.low <= interval.high);
      CHECK(interval.high <= 1);
    }
  }
}

}  // namespace
}  // namespace sluice::judge
