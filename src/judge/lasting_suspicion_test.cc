#include "judge/lasting_suspicion.h"

#include <doctest/doctest.h>

namespace sluice::judge {
namespace {

constexpr Tick kStart{1'000'000};

TEST_CASE("lasting suspicion: what passes on its way to the line is not acted on") {
  LastingSuspicion suspicion;

  CHECK(suspicion.note(Suspicion::stop, kStart) == Suspicion::none);
  CHECK(suspicion.note(Suspicion::cut, kStart + 4) == Suspicion::none);
  CHECK(suspicion.note(Suspicion::cut, kStart + (kSuspectedMs - 1)) == Suspicion::none);
}

TEST_CASE("lasting suspicion: each grade counts once it has been held, also by a graver one") {
  LastingSuspicion suspicion;
  (void)suspicion.note(Suspicion::stop, kStart);
  (void)suspicion.note(Suspicion::cut, kStart + 40);

  CHECK(suspicion.note(Suspicion::cut, kStart + kSuspectedMs) == Suspicion::stop);
  CHECK(suspicion.note(Suspicion::cut, kStart + (40 + kSuspectedMs)) == Suspicion::cut);
}

TEST_CASE("lasting suspicion: a doubt that is gone is gone at once, and begins anew") {
  LastingSuspicion suspicion;
  (void)suspicion.note(Suspicion::cut, kStart);
  REQUIRE(suspicion.note(Suspicion::cut, kStart + kSuspectedMs) == Suspicion::cut);

  CHECK(suspicion.note(Suspicion::stop, kStart + 60) == Suspicion::stop);
  CHECK(suspicion.note(Suspicion::none, kStart + 61) == Suspicion::none);
  CHECK(suspicion.note(Suspicion::stop, kStart + 62) == Suspicion::none);
}

}  // namespace
}  // namespace sluice::judge
