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

TEST_CASE("progression.isolated: one HAProxy process behind two sockets is shared") {
  const Policy policy = testing::complete_policy();
  const Contract contract = testing::complete_contract();
  const Service service = testing::adopted_service(policy);
  const Release release = testing::release_of_contract();
  const auto seen = [&](const std::vector<std::string>& processes) {
    RunningRouters routers;
    for (std::size_t i = 0; i < processes.size(); ++i) {
      routers.push_back({policy.environments[i].name, processes[i]});
    }
    return progression_isolated({contract, policy, service, release, {}, nullptr, &routers});
  };
  CHECK_FALSE(seen({}).why.contains("HAProxy processes"));
  const ClauseVerdict two = seen({"17@1700000000 on host", "18@1700000000 on host", ""});
  CHECK(two.verdict == Verdict::pass);
  CHECK(two.why.contains("2 of 3 HAProxy processes answered"));
  const ClauseVerdict one = seen({"17@1700000000", "18@1700000000", "18@1700000000"});
  CHECK(one.verdict == Verdict::fail);
  CHECK(one.code == "shared");
  CHECK(
      one.why.contains("the HAProxy of `staging` and the HAProxy of `production` are the same "
                       "HAProxy process 18@1700000000"));
  CHECK(seen({"17@1", "18@1 on a", "18@1 on b"}).verdict == Verdict::pass);
  CHECK(seen({"", "", ""}).verdict == Verdict::pass);
}

TEST_CASE("progression.isolated: a port that the commands of two environments say outright") {
  const auto with = [](std::vector<std::string> one, std::vector<std::string> two) {
    Policy policy = testing::complete_policy();
    policy.environments[1].process.command = std::move(one);
    policy.environments[2].process.command = std::move(two);
    return policy;
  };
  check_shared(with({"shop", "--port", "{port}", "--metrics-port", "9100"},
                    {"shop", "--port", "{port}", "--metrics-port=9100"}),
               "TCP port 9100");
  check_shared(with({"shop", "--listen", ":8080"}, {"shop", "-p", "8080"}), "TCP port 8080");
  Policy policy = with({"shop", "{port}"}, {"shop", "{port}"});
  policy.environments[1].process.variables["METRICS_PORT"] = "9100";
  policy.environments[2].process.variables["LISTEN_ADDR"] = "127.0.0.1:9100";
  check_shared(policy, "TCP port 9100");
  // The same port of others, and a port for each process, are not shared.
  policy = with({"shop", "--port", "{port}", "--db-port", "5432"},
                {"shop", "--port", "{port}", "--db-port", "5432"});
  CHECK(isolated(policy).verdict == Verdict::pass);
}

TEST_CASE("progression.isolated: fails when two environments log in differently to one database") {
  Policy policy = testing::complete_policy();
  policy.environments[1].databases = {"postgres://staging:hunter2@db.internal/shop?sslmode=off"};
  policy.environments[2].databases = {"postgres://production:s3cret@db.internal/shop"};
  check_shared(policy, "database `db.internal:5432/shop`");

  const ClauseVerdict verdict = isolated(policy);
  CHECK_FALSE(verdict.why.contains("hunter2"));
  CHECK_FALSE(verdict.why.contains("s3cret"));
}

TEST_CASE("progression.isolated: one database is one, however it is written") {
  const std::vector<std::string_view> ways{
      "postgres://a:b@localhost/shop",
      "postgresql://127.0.0.1:5432/shop?sslmode=require",
      "jdbc:postgresql://[::1]:05432/shop",
      "host=localhost dbname=shop user=a password=b",
      "dbname='shop' hostaddr=127.0.0.1",
      "postgresql:///shop?host=/var/run/postgresql",
      "postgres://db.internal:6000,localhost/shop",
      "POSTGRES://LocalHost./shop/",
  };
  for (const std::string_view one : ways) {
    for (const std::string_view other : ways) {
      CAPTURE(one);
      CAPTURE(other);
      Policy policy = testing::complete_policy();
      policy.environments[1].databases = {std::string(one)};
      policy.environments[2].databases = {std::string(other)};
      check_shared(policy, "database `this machine:5432/shop`");
    }
  }
}

TEST_CASE("progression.isolated: another database, server or port is another one") {
  for (const std::string_view other :
       {"postgres://localhost/shop_staging", "postgres://db/shop", "postgres://localhost:5433/shop",
        "mysql://localhost/shop", "host=localhost dbname=Shop"}) {
    CAPTURE(other);
    Policy policy = testing::complete_policy();
    policy.environments[1].databases = {"postgres://localhost/shop"};
    policy.environments[2].databases = {std::string(other)};
    CHECK(isolated(policy).verdict == Verdict::pass);
  }
}

TEST_CASE("progression.isolated: one entrance is one, however it is written") {
  const std::vector<std::string_view> ways{"http://localhost:80", "http://127.0.0.1",
                                           "http://[::1]/",       "http://LOCALHOST.:0080/shop",
                                           "http://0.0.0.0:80",   "http://[::ffff:127.0.0.1]:80"};
  for (const std::string_view one : ways) {
    for (const std::string_view other : ways) {
      CAPTURE(one);
      CAPTURE(other);
      Policy policy = testing::complete_policy();
      policy.environments[1].entrance = one;
      policy.environments[2].entrance = other;
      check_shared(policy, "TCP port 80");
    }
  }
  Policy named = testing::complete_policy();
  named.environments[1].entrance = "https://shop.example";
  named.environments[2].entrance = "https://Shop.Example.:443/de";
  check_shared(named, "address shop.example:443");
}

TEST_CASE("progression.isolated: a symbolic link to another environment's socket is that socket") {
  Policy policy = testing::complete_policy();
  EnvironmentSpec& production = policy.environments[2];
  policy.environments[1].real_paths = {{policy.environments[1].haproxy.socket, "/run/h/1.sock"}};
  production.real_paths = {{production.haproxy.socket, "/run/h/1.sock"}};
  check_shared(policy, "file `/run/h/1.sock`");
}

TEST_CASE("progression.isolated: processes that keep their state in one place share it") {
  Policy by_variable = testing::complete_policy();
  by_variable.environments[1].process.variables = {{"DATABASE_URL", "postgres://u:pw@db/shop"}};
  by_variable.environments[2].process.variables = {{"DB", "postgresql://db:5432/shop"}};
  check_shared(by_variable, "processes' state");
  CHECK_FALSE(isolated(by_variable).why.contains("pw"));

  Policy by_command = testing::complete_policy();
  by_command.environments[1].process.command.emplace_back("--store=/var/lib/shop//shop.db");
  by_command.environments[2].process.command.emplace_back("/var/lib/shop/shop.db");
  check_shared(by_command, "file `/var/lib/shop/shop.db`");

  Policy with_databases = testing::complete_policy();
  with_databases.environments[1].process.variables = {{"CACHE", "redis://cache"}};
  with_databases.environments[2].databases = {"redis://cache:6379"};
  check_shared(with_databases, "database `cache:6379`");
}

TEST_CASE("progression.isolated: state that is named after the environment or process is its own") {
  Policy policy = testing::complete_policy();
  for (EnvironmentSpec& environment : policy.environments) {
    environment.process.variables = {{"DATABASE_URL", "postgres://db/shop_{environment}"},
                                     {"QUEUE", "amqp://queue/{port}"},
                                     {"UPSTREAM", "http://mail.example"}};
  }
  CHECK(isolated(policy).verdict == Verdict::pass);
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
