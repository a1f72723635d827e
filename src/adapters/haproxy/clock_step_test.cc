#include "adapters/haproxy/clock_step.h"

#include <doctest/doctest.h>

namespace sluice::haproxy {
namespace {

TEST_CASE("clock step: a wall clock that is set is noticed once, in both directions") {
  ClockStep step;
  CHECK(step.look(1'795'000'000'000, 1'000) == 0);
  CHECK(step.look(1'795'000'002'000, 3'000) == 0);
  CHECK(step.look(1'795'000'002'010 - 7'200'000, 3'010) == -7'200'000);
  CHECK(step.look(1'795'000'002'020 - 7'200'000, 3'020) == 0);
  CHECK(step.look(1'795'000'002'030, 3'030) == 7'200'000);
}

TEST_CASE("clock step: two readings that are not quite simultaneous are no step") {
  ClockStep step;
  CHECK(step.look(10'000, 1'000) == 0);
  CHECK(step.look(10'450, 1'050) == 0);
  CHECK(step.look(10'100, 1'100) == 0);
}

}  // namespace
}  // namespace sluice::haproxy
