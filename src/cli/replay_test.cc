#include <doctest/doctest.h>

#include "cli/cli.h"
#include "codec/json.h"
#include "testing/plans.h"

namespace sluice::cli {
namespace {

// A ledger of three entries, of which the third was decided on something that is not there.
struct World {
  Context context;
  std::string out;
  std::string err;
  std::vector<LogLine> log;

  World() {
    const Plan plan = testing::small_plan();
    AdoptionStarted adopted{.service = plan.service, .release = {.digest = sha256("before")}};
    for (const EnvironmentPlan& one : plan.environments) adopted.environments.push_back(one.name);
    const EnvironmentName first = plan.environments.front().name;
    add(adopted);
    add(BaselineAdopted{sha256("before")});
    add(DeliveryStarted{DeliveryId{"D-1"}, 2, plan, {}});
    add(EffectIntended{1, 2, SetShare{first, Slot::a, Share::none()}});
    context.out = [this](std::string_view text) { out += text; };
    context.err = [this](std::string_view text) { err += text; };
    context.sleep = [](std::int64_t) {};
    context.read_log = [this](std::uint64_t from, std::size_t) -> Result<std::vector<LogLine>> {
      if (from > log.size()) return std::vector<LogLine>{};
      return std::vector<LogLine>(log.begin() + static_cast<std::ptrdiff_t>(from - 1), log.end());
    };
    context.read_evidence = [](const Digest&) -> Result<std::string> {
      return fail(ErrorCode::not_found, "no such evidence");
    };
  }
  void add(Event event) { log.push_back({log.size() + 1, Tick{1'000}, std::move(event), {}}); }
  int type(std::vector<std::string> words) { return run(context, std::move(words)); }
};

}  // namespace

TEST_CASE(
    "cli: replay of a delivery whose counts were not kept says which entries, and exits with 3") {
  World world;
  CHECK(world.type({"replay", "D-1"}) == 3);
  CHECK(world.out.contains("not decided    entry 4: no counts of this delivery were kept"));
  CHECK(world.out.contains("so far"));
  CHECK_FALSE(world.out.contains("the same to the last byte"));
}

TEST_CASE("cli: replay as JSON says the same") {
  World world;
  CHECK(world.type({"replay", "D-1", "--output", "json"}) == 3);
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  CHECK(json->string_or("result", "") == "missing");
  CHECK(json->string_or("delivery", "") == "D-1");
  REQUIRE(json->find("missing") != nullptr);
  CHECK(json->find("missing")->array()->front().integer_or("from_seq", 0) == 4);
}

TEST_CASE("cli: replay of what was never delivered exits with 2") {
  World world;
  CHECK(world.type({"replay", "D-7"}) == 2);
  CHECK(world.err.contains("there is no delivery D-7"));
}

}  // namespace sluice::cli
