#include "adapters/probe/http_probe.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <sys/resource.h>

#include "base/text.h"
#include "net/test_server.h"

using namespace sluice;
using net::Request;
using net::Response;
using net::TestServer;
using probe::HttpProbe;

namespace {

const ProbeSpec kSpec{.path = "/healthz", .interval_ms = 20, .timeout_ms = 200, .failures_max = 3};

Tick real_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + 1'000'000};
}

// Takes until the health of slot a is as wanted, for at most 3 seconds.
template <class Wanted>
SlotHealth take_until(HttpProbe& probe, Wanted wanted) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  SlotHealth health = probe.take(real_now())[0];
  while (!wanted(health) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    health = probe.take(real_now())[0];
  }
  return health;
}

// Nobody listens there: bound and closed again.
int dead_port() {
  const TestServer server([](const Request&) { return Response{}; });
  return server.port();
}

}  // namespace

TEST_CASE("http probe: a slot passes when every instance has answered well") {
  std::atomic<int> asked = 0;
  const auto well = [&](const Request& request) {
    asked += request.target == "/healthz" ? 1 : 0;
    return Response{.status = 204, .body = ""};
  };
  const TestServer first(well);
  const TestServer second(well);
  HttpProbe probe(kSpec, {.ports_a = {first.port(), second.port()}});
  CHECK(!probe.take(real_now())[0].watched);

  probe.watch({true, false});
  CHECK(!probe.take(real_now())[0].all_passed);
  const SlotHealth health = take_until(probe, [](const auto& h) { return h.all_passed; });
  CHECK(health.watched);
  CHECK(health.instances == 2);
  CHECK(health.all_passed);
  CHECK(health.failing == 0);
  CHECK(health.detail.empty());
  CHECK(health.last_answer.unix_ms > 0);
  CHECK(asked >= 2);
  CHECK(!probe.take(real_now())[1].watched);
}

TEST_CASE("http probe: three bad answers in a row make an instance fail, one good one ends that") {
  std::atomic<int> status = 500;
  const TestServer bad([&](const Request&) { return Response{.status = status}; });
  const TestServer good([](const Request&) { return Response{}; });
  HttpProbe probe(kSpec, {.ports_a = {good.port(), bad.port()}});
  probe.watch({true, false});

  const SlotHealth two = take_until(probe, [](const auto& h) { return h.failures_in_row == 2; });
  CHECK(two.failures_in_row == 2);
  CHECK(two.failing == 0);
  const SlotHealth three = take_until(probe, [](const auto& h) { return h.failing > 0; });
  CHECK(three.failing == 1);
  CHECK(!three.all_passed);
  CHECK(three.detail == fmt::format("127.0.0.1:{}: HTTP 500 (3 in a row)", bad.port()));

  status = 200;
  const SlotHealth healed = take_until(probe, [](const auto& h) { return h.all_passed; });
  CHECK(healed.all_passed);
  CHECK(healed.failures_in_row == 0);
}

TEST_CASE(
    "http probe: checks are counted, and which of them failed where the one before was good") {
  std::atomic<int> asked = 0;
  const TestServer flaky(
      [&](const Request&) { return Response{.status = ++asked % 3 == 0 ? 500 : 200}; });
  HttpProbe probe(kSpec, {.ports_a = {flaky.port()}});
  probe.watch({true, false});
  HealthChecks all;
  static_cast<void>(take_until(probe, [&](const SlotHealth& health) {
    all.answered += health.checks.answered;
    all.failed += health.checks.failed;
    all.after_good += health.checks.after_good;
    all.failed_after_good += health.checks.failed_after_good;
    return all.answered >= 9;
  }));
  REQUIRE(all.answered == 9);
  CHECK(all.failed == 3);
  CHECK(all.after_good == 6);
  CHECK(all.failed_after_good == 3);
  probe.watch({false, false});
  CHECK(probe.take(real_now())[0].checks == HealthChecks{});
}

TEST_CASE("http probe: no answer within the timeout is a failure, and take() does not wait") {
  const TestServer slow([](const Request&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    return Response{};
  });
  HttpProbe probe({.path = "/", .interval_ms = 20, .timeout_ms = 40, .failures_max = 1},
                  {.ports_a = {slow.port()}});
  probe.watch({true, false});
  std::int64_t longest_ms = 0;
  const SlotHealth health = take_until(probe, [&](const auto& h) {
    const Tick before = real_now();
    if (h.failing == 0) static_cast<void>(probe.take(real_now()));
    longest_ms = std::max(longest_ms, real_now() - before);
    return h.failing > 0;
  });
  CHECK(health.failing == 1);
  CHECK(to_lower_ascii(health.detail).contains("timed out"));
  CHECK(longest_ms < 100);
}

TEST_CASE("http probe: nobody listening is a failure that names the port") {
  const int port = dead_port();
  HttpProbe probe(kSpec, {.ports_a = {port}});
  probe.watch({true, false});
  const SlotHealth health = take_until(probe, [](const auto& h) { return h.failing > 0; });
  CHECK(health.failing == 1);
  CHECK(health.detail.contains(fmt::format("127.0.0.1:{}", port)));
  CHECK(health.detail.ends_with("(3 in a row)"));
}

TEST_CASE("http probe: a redirect is not health") {
  const TestServer moved([](const Request&) { return Response{.status = 302}; });
  HttpProbe probe(kSpec, {.ports_a = {moved.port()}});
  probe.watch({true, false});
  CHECK(take_until(probe, [](const auto& h) { return h.failures_in_row > 0; }).failures_in_row > 0);
}

TEST_CASE("http probe: what timed out while nobody called does not count against the slot") {
  std::atomic<bool> hang = true;
  const TestServer server([&](const Request&) {
    while (hang) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return Response{};
  });
  HttpProbe probe({.path = "/", .interval_ms = 20, .timeout_ms = 300, .failures_max = 1},
                  {.ports_a = {server.port()}});
  probe.watch({true, false});
  static_cast<void>(probe.take(real_now()));
  std::this_thread::sleep_for(
      std::chrono::milliseconds(400));  // twenty intervals, past the timeout
  hang = false;
  const SlotHealth back =
      take_until(probe, [](const auto& h) { return h.last_answer.unix_ms > 0; });
  CHECK(back.failures_in_row == 0);
  CHECK(back.all_passed);
}

TEST_CASE("http probe: a slot newly watched starts with no history") {
  const int port = dead_port();
  HttpProbe probe(kSpec, {.ports_a = {port}, .ports_b = {port}});
  probe.watch({true, false});
  CHECK(take_until(probe, [](const auto& h) { return h.failing > 0; }).failing == 1);
  probe.watch({true, false});
  CHECK(probe.take(real_now())[0].failing == 1);  // nothing new about it
  probe.watch({false, false});
  CHECK(probe.take(real_now())[0].failing == 0);
  probe.watch({true, false});
  const SlotHealth again = probe.take(real_now())[0];
  CHECK(again.failures_in_row == 0);
  CHECK(again.last_answer.unix_ms == 0);
}

TEST_CASE("http probe: a probe that this machine does not let begin counts for nobody") {
  const TestServer server([](const Request&) { return Response{.status = 204, .body = ""}; });
  HttpProbe probe(kSpec, {.ports_a = {server.port()}});
  probe.watch({true, false});
  CHECK(take_until(probe, [](const auto& h) { return h.all_passed; }).trouble.empty());

  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const SlotHealth blind = take_until(probe, [](const auto& h) { return !h.trouble.empty(); });
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(blind.trouble == "no socket for a health check: too many open files");
  CHECK(blind.failures_in_row == 0);

  const SlotHealth again = take_until(probe, [](const auto& h) { return h.trouble.empty(); });
  CHECK(again.trouble.empty());
  CHECK(again.failing == 0);
}

TEST_CASE("http probe: a slot without instances has not passed") {
  HttpProbe probe(kSpec, {});
  probe.watch({true, true});
  const SlotHealth health = probe.take(real_now())[0];
  CHECK(health.watched);
  CHECK(health.instances == 0);
  CHECK(!health.all_passed);
}
