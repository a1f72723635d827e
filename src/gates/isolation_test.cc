#include <doctest/doctest.h>

#include "gates/start_gates.h"
#include "testing/contracts.h"

namespace sluice::gates {
namespace {

ClauseVerdict isolated(const Policy& policy) {
  const Contract contract = testing::complete_contract();
  const Service service = testing::adopted_service(policy);
  const Release release = testing::release_of_contract();
  return progression_isolated({contract, policy, service, release});
}

void check_shared(const Policy& policy, std::string_view what) {
  const ClauseVerdict verdict = isolated(policy);
  CAPTURE(verdict.why);
  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "shared");
  CHECK(verdict.why.contains(what));
  CHECK(verdict.why.contains("`staging`"));
  CHECK(verdict.why.contains("`production`"));
}

TEST_CASE("progression.isolated: passes when nothing is shared, and says how much was compared") {
  const ClauseVerdict verdict = isolated(testing::complete_policy());

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.looked_at == 27);
  CHECK(verdict.why.starts_with("compared 27 addresses, ports, files and databases of 3"));
}

TEST_CASE("progression.isolated: fails when two environments share a process port") {
  Policy policy = testing::complete_policy();
  policy.environments[2].process.ports_b[1] = policy.environments[1].process.ports_a[0];
  check_shared(policy, "TCP port 20110");
}

TEST_CASE("progression.isolated: fails when one entrance is another's process") {
  Policy policy = testing::complete_policy();
  policy.environments[2].entrance = "http://localhost:20110/shop";
  check_shared(policy, "entrance of `production`");
}

TEST_CASE(
    "progression.isolated: fails when two environments share a HAProxy socket, spelt otherwise") {
  Policy policy = testing::complete_policy();
  policy.environments[2].haproxy.socket = "./run/x/..//staging.sock";
  check_shared(policy, "HAProxy socket");
}

TEST_CASE("progression.isolated: fails when two environments share a map file") {
  Policy policy = testing::complete_policy();
  policy.environments[2].haproxy.map = policy.environments[1].haproxy.map;
  check_shared(policy, "map file");
}

TEST_CASE("progression.isolated: fails when two environments share a log port, on any address") {
  Policy policy = testing::complete_policy();
  policy.environments[2].haproxy.log_listen = "0.0.0.0:20130";
  check_shared(policy, "UDP port 20130");
}

TEST_CASE("progression.isolated: fails when two environments log in differently to one database") {
  Policy policy = testing::complete_policy();
  policy.environments[1].databases = {"postgres://staging:hunter2@db.internal/shop?sslmode=off"};
  policy.environments[2].databases = {"postgres://production:s3cret@db.internal/shop"};
  check_shared(policy, "database `db.internal/shop`");

  const ClauseVerdict verdict = isolated(policy);
  CHECK_FALSE(verdict.why.contains("hunter2"));
  CHECK_FALSE(verdict.why.contains("s3cret"));
}

TEST_CASE(
    "progression.isolated: a password in a keyword connection string is neither compared nor "
    "shown") {
  Policy policy = testing::complete_policy();
  policy.environments[1].databases = {"host=db dbname=shop password=hunter2"};
  policy.environments[2].databases = {"dbname=shop password=s3cret host=db"};
  check_shared(policy, "database");

  CHECK_FALSE(isolated(policy).why.contains("hunter2"));
}

TEST_CASE(
    "progression.isolated: fails for an environment without a deployer or a probe of its own") {
  Policy policy = testing::complete_policy();
  policy.environments[1].process.command.clear();
  policy.environments[1].probe.path.clear();
  const ClauseVerdict verdict = isolated(policy);

  CHECK(verdict.verdict == Verdict::fail);
  CHECK(verdict.code == "not_wired");
  CHECK(verdict.why.contains("deployer"));
  CHECK(verdict.why.contains("probe"));
}

TEST_CASE("progression.isolated: fails when there are no two environments") {
  Policy policy = testing::complete_policy();
  policy.environments.clear();

  CHECK(isolated(policy).verdict == Verdict::fail);
}

TEST_CASE("progression.isolated: says when no database is declared") {
  Policy policy = testing::complete_policy();
  for (EnvironmentSpec& environment : policy.environments) environment.databases.clear();
  const ClauseVerdict verdict = isolated(policy);

  CHECK(verdict.verdict == Verdict::pass);
  CHECK(verdict.why.contains("no database"));
}

}  // namespace
}  // namespace sluice::gates
