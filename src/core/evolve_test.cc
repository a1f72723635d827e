#include "core/evolve.h"

#include <doctest/doctest.h>

namespace sluice::core {
namespace {

TEST_CASE("evolve: a share that is to be set replaces one that waits, and nothing else does") {
  const EnvironmentName production{"production"};
  Service service;
  evolve(service, AdoptionStarted{.environments = {production}, .generation = 1}, Tick{1});
  evolve(service, EffectIntended{1, 1, StartSlot{production, Slot::a, {}}}, Tick{2});
  evolve(service, EffectIntended{2, 1, SetShare{production, Slot::a, Share(5'000)}}, Tick{3});
  CHECK(service.pending.size() == 2);
  evolve(service, EffectIntended{3, 2, SetShare{production, Slot::a, Share::none()}}, Tick{4});
  REQUIRE(service.pending.size() == 2);
  CHECK(service.pending[0].id == 1);
  CHECK(service.pending[1].id == 3);
}

}  // namespace
}  // namespace sluice::core
