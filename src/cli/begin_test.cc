// init, adopt, check and down, as a person types them.
#include "cli/typed_world.h"
#include "testing/contracts.h"

namespace sluice::cli {
namespace {

TEST_CASE("adopt: waits until the baseline runs, and says when it does not") {
  World world;
  Status running;
  running.adoption = "running";
  Status adopted;
  adopted.adoption = "done";
  world.statuses = {running, running, adopted};
  CHECK(world.type({"adopt", world.contract}) == 0);
  CHECK(world.out.contains("adopted"));

  World held_up;
  Status resisting = running;
  resisting.resisting = {"set_share production: haproxy: cannot connect"};
  held_up.statuses.assign(100, resisting);
  held_up.statuses.push_back(adopted);
  CHECK(held_up.type({"adopt", held_up.contract}) == 0);
  const std::size_t word = held_up.out.find("trying again: set_share production: haproxy");
  CHECK(word != std::string::npos);
  CHECK(held_up.out.find("trying again", word + 1) == std::string::npos);

  World failing;
  Status failed;
  failed.adoption = "failed: a1 exits with 3 \x1b[2J";
  failing.statuses = {running, failed};
  CHECK(failing.type({"adopt", failing.contract}) == 1);
  CHECK(failing.err.contains("failed: a1 exits with 3 ?[2J"));
}

TEST_CASE("check: a policy that cannot be read is 2, with file, line and column") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.complaints = {{"sluice.yaml", {3, 5}, "unknown key `sevice`", "write `service`"}};
    return loaded;
  };
  CHECK(world.type({"check", world.contract}) == 2);
  CHECK(world.err.contains("sluice.yaml:3:5: unknown key `sevice`"));
}

TEST_CASE("check: an empty contract is denied; clauses and every parameter are printed") {
  World world;
  CHECK(world.type({"check", world.contract}) == 1);
  CHECK(world.out.contains("pre.contract"));
  CHECK(world.out.contains("max_error_rate_increase        1 percentage points (default)"));
  CHECK(world.out.contains("post_deploy_validation_window  30 min (default)"));
  CHECK(world.out.contains("first_stage_max                10 % (default)"));
  CHECK(world.out.contains("availability                   99 % (default)"));
  CHECK(world.out.contains("false_rollback_probability     0.1 % (default)"));
  CHECK(world.out.contains("evidence_paced                 true (default)"));
  CHECK(world.out.contains("latency_against_baseline       report (default)"));
  CHECK(world.out.contains("this delivery would be refused"));
  CHECK(world.engines_started == 0);

  world.out.clear();
  CHECK(world.type({"check", world.contract, "--output", "json"}) == 1);
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  CHECK_FALSE(json->boolean_or("may_start", true));
}

TEST_CASE("check: a parameter that is no default names the default") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.policy.parameters.p99_target_ms = 250;
    return loaded;
  };
  world.type({"check", world.contract});
  CHECK(world.out.contains("p99_target                     250 ms (default: 500 ms)"));
}

TEST_CASE(
    "check: a stage that the expected traffic cannot decide is a warning, and holds nothing") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.policy = testing::complete_policy();
    loaded.policy.environments[2].expected_requests_per_second = 0.2;
    return loaded;
  };
  world.context.load_contract = [](const std::string&) -> Result<LoadedContract> {
    return LoadedContract{testing::complete_contract(), testing::release_of_contract(), {}};
  };
  world.type({"check", world.contract});
  CHECK(world.out.contains("warning: stage 1 `Canary` at 5 % cannot be decided"));
  CHECK(world.out.contains("staging: not known; say how much traffic"));

  world.out.clear();
  world.type({"check", world.contract, "--output", "json"});
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  REQUIRE(json->find("undecidable") != nullptr);
  CHECK(json->find("undecidable")->array()->size() == 3);  // at 50 % it is enough
}

TEST_CASE("check: where Prometheus is configured, what it shows is said") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    return LoadedPolicy{testing::complete_policy(), {}};
  };
  world.context.load_contract = [](const std::string&) -> Result<LoadedContract> {
    return LoadedContract{testing::complete_contract(), testing::release_of_contract(), {}};
  };
  world.type({"check", world.contract});
  CHECK(!world.out.contains("what Prometheus shows"));

  world.out.clear();
  const std::string line = "requests waiting: 5 processes of slot a (0 to 3), none of slot b";
  world.context.look_at_gauges = [&](const Policy&) {
    return std::vector<SeenGauges>{{{"production"}, {line}}};
  };
  world.type({"check", world.contract});
  CHECK(world.out.contains("gauges: what Prometheus shows now\n  production: " + line + "\n"));

  world.out.clear();
  world.type({"check", world.contract, "--output", "json"});
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  REQUIRE(json->find("gauges") != nullptr);
  CHECK(json->find("gauges")->array()->at(0).string_or("environment", "") == "production");
}

TEST_CASE("down: stops everything, and says when a delivery was under way") {
  World world;
  Delivery delivery;
  delivery.id = {"D-0007"};
  delivery.phase = Phase::soaking;
  world.service.delivery = delivery;
  CHECK(world.type({"down"}) == 0);
  CHECK(world.err.contains("D-0007 was under way"));
}

TEST_CASE("init: writes what is missing, keeps what exists, and says so") {
  World world;
  world.written["/nowhere/storefront/sluice.yaml"] = "mine";
  CHECK(world.type({"init"}) == 0);
  CHECK(world.written["/nowhere/storefront/sluice.yaml"] == "mine");
  CHECK(world.out.contains("kept   sluice.yaml"));
  CHECK(world.out.contains("wrote  work/releases/_TEMPLATE-release-contract.md"));
  CHECK(world.written["/nowhere/storefront/.gitignore"] == ".sluice/\n");
  CHECK(world.written.contains("/nowhere/storefront/work/signals/.gitkeep"));
  CHECK(world.written.contains("/nowhere/storefront/work/missions/.gitkeep"));
  CHECK(world.out.contains("sluice adopt"));
}

TEST_CASE("init: a name that could not stay as it was given is said, with the remedy") {
  World world;
  CHECK(world.type({"init", "--service", "My Shop!"}) == 0);
  CHECK(world.out.starts_with("the service is called `my-shop`, not `My Shop!`: "));
  CHECK(world.out.contains("sluice init --service NAME"));
  CHECK(world.written["/nowhere/storefront/sluice.yaml"].contains("service: my-shop"));
  World plain;
  CHECK(plain.type({"init", "--service", "shop-2"}) == 0);
  CHECK(plain.out.starts_with("wrote  sluice.yaml"));
}

TEST_CASE("init: a .gitignore that names the state folder needs no advice, another one does") {
  for (const char* line : {".sluice", "/.sluice/", ".sluice/"}) {
    World world;
    world.context.folder = std::filesystem::temp_directory_path() / "sluice_cli_test_init";
    std::filesystem::create_directories(world.context.folder);
    const std::string path = world.context.folder + "/.gitignore";
    std::ofstream(path) << "build/\n" << line << "\n";
    CHECK(world.type({"init"}) == 0);
    CHECK(world.out.contains("kept   .gitignore\n"));
    CHECK_FALSE(world.out.contains("make sure"));
    std::ofstream(path) << "build/\n.sluice-old\n";
    CHECK(world.type({"init"}) == 0);
    CHECK(world.out.contains("make sure that it has the line `.sluice/`"));
    std::filesystem::remove_all(world.context.folder);
  }
}

TEST_CASE(
    "init: with --haproxy the configurations are written instead of printed, with their maps") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.policy.environments.resize(1);
    loaded.policy.environments[0].name.text = "staging";
    loaded.policy.environments[0].haproxy.map = "/run/staging.map";
    return loaded;
  };
  CHECK(world.type({"init", "--haproxy"}) == 0);
  CHECK(world.written["/nowhere/storefront/haproxy/staging.cfg"].contains("/run/staging.map"));
  CHECK(world.written["/run/staging.map"] == "share_b 0\nbaseline a\ngeneration 0\n");
  CHECK_FALSE(world.out.contains("use_backend"));
}

}  // namespace
}  // namespace sluice::cli
