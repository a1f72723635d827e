// The HAProxy adapter against the real HAProxy, with real servers behind it and real requests
// through it. The configuration is the one that `sluice init` prints.
#include <filesystem>
#include <map>
#include <memory>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/haproxy/haproxy_router.h"
#include "adapters/haproxy/haproxy_telemetry.h"
#include "codec/haproxy_config.h"
#include "judge/latency_thresholds.h"
#include "live/support/proxied_service.h"
#include "net/address.h"
#include "net/unix_socket.h"

namespace sluice::live {
namespace {

using haproxy::HaproxyRouter;

bool haproxy_is_installed() {
  const bool installed = is_installed(kHaproxy);
  if (!installed) MESSAGE("NOT TESTED: " << kHaproxy << " is not installed");
  return installed;
}

// Counts as doctest shows them.
std::string words(const Counts& counts) {
  return fmt::format("{} requests, {} errors, {} over target", counts.requests, counts.errors,
                     counts.over_target);
}

constexpr Routing kFivePercent{.baseline = Slot::a, .share = Share(500)};
constexpr Routing kNothing{.baseline = Slot::a, .share = Share::none()};
constexpr Routing kHalf{.baseline = Slot::a, .share = Share(5'000)};

TEST_CASE("live haproxy: the share that was set is read back, and is what requests see") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kFivePercent, 1));
  const auto state = router.observe();
  REQUIRE(state);
  CHECK(state->routing == kFivePercent);
  CHECK(state->generation == 1);
  CHECK(state->live_servers == std::array{2, 2});

  CHECK(service.load(4'000).failed == 0);
  const double share = static_cast<double>(service.b().requests()) / 4'000;
  CHECK(share > 0.035);  // 4 standard deviations around 5 %
  CHECK(share < 0.065);
}

TEST_CASE("live haproxy: with slot b as the baseline the canary's share goes to slot a") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply({.baseline = Slot::b, .share = Share(2'500)}, 1));
  CHECK(router.observe()->routing == Routing{.baseline = Slot::b, .share = Share(2'500)});
  service.load(1'000);
  CHECK(service.a().requests() > 180);
  CHECK(service.a().requests() < 320);
}

TEST_CASE("live haproxy: sticky sends one client to one slot, however often it comes") {
  if (!haproxy_is_installed()) return;
  ProxiedService service(true);
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kHalf, 1));
  service.load(200);
  CHECK(std::min(service.a().requests(), service.b().requests()) == 0);
  CHECK(service.a().requests() + service.b().requests() == 200);
}

TEST_CASE("live haproxy: when every process of the canary dies under load, no request fails") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kHalf, 1));
  CHECK(service.load(300).failed == 0);
  CHECK(service.b().requests() > 0);
  service.stop_b();
  CHECK(service.load(600).failed == 0);
  CHECK(wait_until([&] { return router.observe()->live_servers == std::array{2, 0}; }, 3'000));
  CHECK(service.load(300).failed == 0);
}

TEST_CASE("live haproxy: a baseline that dies fails; its requests do not flood the canary") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kNothing, 1));
  service.stop_a();
  REQUIRE(wait_until([&] { return router.observe()->live_servers == std::array{0, 2}; }, 3'000));
  CHECK(service.load(50).failed == 50);
  CHECK(service.b().requests() == 0);
}

TEST_CASE("live haproxy: reload and restart go on with the share of the file, and are noticed") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kFivePercent, 7));
  const std::string first = router.observe()->identity;

  service.reload();
  std::string second;
  REQUIRE(wait_until(
      [&] {
        const auto state = router.observe();
        if (state) second = state->identity;
        return state && state->identity != first;
      },
      5'000));
  CHECK(router.observe()->routing == kFivePercent);
  CHECK(router.observe()->generation == 7);

  service.restart();
  REQUIRE(wait_until([&] { return router.observe().has_value(); }, 5'000));
  CHECK(router.observe()->identity != second);
  CHECK(router.observe()->routing == kFivePercent);
}

TEST_CASE("live haproxy: a change behind our back is seen, and put right by applying again") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kFivePercent, 3));
  service.say("set map " + service.spec().haproxy.map + " share_b 9000");
  CHECK(router.observe()->routing.share == Share(9'000));
  REQUIRE(router.apply(kFivePercent, 3));
  CHECK(router.observe()->routing == kFivePercent);

  service.say("clear map " + service.spec().haproxy.map);
  CHECK(router.observe()->routing == kNothing);
  REQUIRE(router.apply(kFivePercent, 3));
  CHECK(router.observe()->routing == kFivePercent);
}

TEST_CASE("live haproxy: an older generation is refused, also one that another process has set") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter engine(service.spec().haproxy);
  HaproxyRouter guard(service.spec().haproxy);
  REQUIRE(engine.apply(kHalf, 4));
  REQUIRE(guard.apply(kNothing, 5));
  const auto refused = engine.apply(kHalf, 4);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::rejected);
  CHECK(refused.error().message.find("generation 4 is older than 5") == 0);
  CHECK(engine.observe()->routing == kNothing);
  CHECK(engine.apply(kNothing, 5));  // again: nothing to do
}

TEST_CASE("live haproxy: where the file cannot be written, lowering lowers and raising does not") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kFivePercent, 1));
  const std::string map = service.spec().haproxy.map;
  const std::string folder = std::filesystem::path(map).parent_path();
  std::filesystem::rename(folder, folder + "-gone");

  CHECK_FALSE(router.apply(kHalf, 2));
  CHECK(router.observe()->routing == kFivePercent);
  CHECK_FALSE(router.apply(kNothing, 3));
  CHECK(router.observe()->routing == kNothing);
  CHECK(router.observe()->unstored.starts_with("the map file cannot be read"));

  std::filesystem::rename(folder + "-gone", folder);
  CHECK(router.observe()->unstored == "map file " + map + " keeps baseline a and 5 % for slot b");
  CHECK(read_text(map) == "share_b 500\nbaseline a\ngeneration 1\n");
  REQUIRE(router.apply(kNothing, 3));
  CHECK(read_text(map) == "share_b 0\nbaseline a\ngeneration 3\n");
  CHECK(router.observe()->unstored.empty());
}

TEST_CASE("live haproxy: a generation beyond reason is overwritten, and never becomes ours") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kFivePercent, 3));
  service.say("set map " + service.spec().haproxy.map + " generation 18446744073709551615");
  CHECK(router.observe()->generation == 18'446'744'073'709'551'615U);
  REQUIRE(router.apply(kFivePercent, 3));
  CHECK(router.observe()->generation == 3);
  CHECK(router.apply(kNothing, 4));
}

TEST_CASE("live haproxy: while it is down a share is lowered in the file, and never raised") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kFivePercent, 1));
  service.stop_haproxy();
  const std::string map = service.spec().haproxy.map;

  const auto raised = router.apply(kHalf, 2);
  REQUIRE_FALSE(raised);
  CHECK(raised.error().code == ErrorCode::unavailable);
  CHECK(raised.error().message.find(service.spec().haproxy.socket) != std::string::npos);
  CHECK(read_text(map) == "share_b 500\nbaseline a\ngeneration 1\n");

  CHECK_FALSE(router.apply(kNothing, 2));
  CHECK(read_text(map) == "share_b 0\nbaseline a\ngeneration 2\n");
}

TEST_CASE("live haproxy: a configuration without our lines is explained") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxySpec other_map = service.spec().haproxy;
  other_map.map += ".other";
  const auto no_map = HaproxyRouter(other_map).observe();
  REQUIRE_FALSE(no_map);
  CHECK(no_map.error().code == ErrorCode::rejected);
  CHECK(no_map.error().message ==
        fmt::format("haproxy at {} has no map {}: add the lines that `sluice init` prints",
                    other_map.socket, other_map.map));
  const auto not_applied = HaproxyRouter(other_map).apply(kNothing, 1);
  REQUIRE_FALSE(not_applied);
  CHECK(not_applied.error().message == no_map.error().message);

  HaproxySpec other_prefix = service.spec().haproxy;
  other_prefix.backend_prefix = "cart";
  const auto no_backend = HaproxyRouter(other_prefix).observe();
  REQUIRE_FALSE(no_backend);
  CHECK(no_backend.error().message.find("has no backend cart_a: add the lines") !=
        std::string::npos);
}

TEST_CASE("live haproxy: a socket that never answers costs less than half a second") {
  const TemporaryFolder folder;
  const std::string path = folder / "silent.sock";
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(listener, 8) == 0);

  HaproxyRouter router(
      {.socket = path, .map = folder / "m.map", .log_listen = "", .backend_prefix = "shop"});
  const auto begin = std::chrono::steady_clock::now();
  const auto applied = router.apply(kNothing, 1);
  const auto took = std::chrono::steady_clock::now() - begin;
  REQUIRE_FALSE(applied);
  CHECK(applied.error().code == ErrorCode::unavailable);
  CHECK(took < std::chrono::milliseconds(500));
  close(listener);
}

TEST_CASE(
    "live haproxy telemetry: every request is counted exactly once, in its slot, split twice") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kHalf, 1));
  Listener listener(service.spec());
  service.b().answer(500);
  const LoadReport load = service.load(1'500);
  CHECK(load.failed == service.b().requests());
  REQUIRE(listener.until([&](const Heard& heard) { return heard.requests() == 1'500; }, 2'000));
  listener.listen_for(700);
  const Heard& heard = listener.heard();
  CHECK(words(heard.slot(Slot::a)) == words(Counts{service.a().requests(), 0, 0}));
  CHECK(words(heard.slot(Slot::b)) ==
        words(Counts{service.b().requests(), service.b().requests(), 0}));
  CHECK(heard.splits_add_up);
  // Each has its time, too.
  for (const Slot slot : {Slot::a, Slot::b}) {
    CHECK(heard.longer_than(slot, 0) + heard.latencies[static_cast<std::size_t>(slot)][0] ==
          heard.slot(slot).requests);
  }
  CHECK(heard.last.has_buckets);
  CHECK(heard.last.live);
  CHECK(heard.last.trouble == "");
}

TEST_CASE("live haproxy telemetry: a canary that is slower than the baseline shows in the times") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply(kHalf, 1));
  Listener listener(service.spec());
  judge::LatencyThresholds thresholds;
  service.load(1'200);  // most take less than 40 ms on any machine
  REQUIRE(listener.until([&](const Heard& heard) { return heard.requests() == 1'200; }, 4'000));
  const auto heard_of = [&](Slot slot) {
    return listener.heard().latencies[static_cast<std::size_t>(slot)];
  };
  LatencyCounts all = heard_of(Slot::a);
  for (std::size_t i = 0; i < kLatencyBuckets; ++i) all[i] += heard_of(Slot::b)[i];
  (void)thresholds.count({}, all, 1'000);
  REQUIRE(thresholds.over_ms() != judge::kNoThresholds);

  // The canary's requests from now on wait for longer than half of those before took.
  const std::int64_t before = listener.heard().longer_than(Slot::b, 150);
  service.b().delay(200);
  service.load(160);
  REQUIRE(listener.until([&](const Heard& heard) { return heard.requests() == 1'360; }, 4'000));
  const std::int64_t delayed = listener.heard().longer_than(Slot::b, 150) - before;
  CHECK(delayed > 40);
  CHECK(thresholds.over_ms()[0] < 200);
  const judge::Exceedances counted = thresholds.count(heard_of(Slot::b), heard_of(Slot::a), 1'000);
  CHECK(counted.canary.over[0] >= delayed);
}

TEST_CASE("live haproxy telemetry: requests of before a change of share are not counted after it") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  Listener listener(service.spec());
  service.a().delay(350);
  std::thread slow([&] { service.load(8); });
  CHECK(listener.until([&](const Heard&) { return service.a().requests() == 8; }, 2'000));
  listener.listen_for(20);
  listener.restart_cohort();
  slow.join();
  listener.listen_for(100);
  CHECK(listener.heard().requests() == 0);
  service.a().delay(0);
  service.load(5);
  CHECK(listener.until([&](const Heard& heard) { return heard.requests() == 5; }, 1'000));
}

TEST_CASE(
    "live haproxy telemetry: a canary that never answers is over target within a second more") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  HaproxyRouter router(service.spec().haproxy);
  REQUIRE(router.apply({.baseline = Slot::a, .share = Share::whole()}, 1));
  Listener listener(service.spec());
  service.b().hang(true);
  std::thread customers([&] { service.load(8); });
  const auto all_over = [](const Heard& heard) { return heard.slot(Slot::b).over_target == 8; };
  CHECK(listener.until(all_over, Listener::kTargetMs + 1'000));
  CHECK(words(listener.heard().slot(Slot::b)) == words(Counts{8, 0, 8}));

  service.b().answer(500);
  service.b().hang(false);  // the late lines bring the errors, and no request twice
  customers.join();
  CHECK(listener.until([](const Heard& heard) { return heard.slot(Slot::b).errors == 8; }, 1'000));
  listener.listen_for(300);
  CHECK(words(listener.heard().slot(Slot::b)) == words(Counts{8, 8, 8}));
  CHECK(listener.heard().splits_add_up);
}

TEST_CASE("live haproxy telemetry: lines that go astray make the source not live") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  EnvironmentSpec elsewhere = service.spec();
  elsewhere.haproxy.log_listen = fmt::format("127.0.0.1:{}", free_port());
  Listener listener(elsewhere);
  service.load(100);
  REQUIRE(listener.until([](const Heard& heard) { return !heard.last.live; }, 2'000));
  CHECK(listener.heard().last.trouble.find("no log lines of slot a arrive at") == 0);
}

// Fills the kernel's buffer, so that every line that comes later is lost until somebody reads.
void flood(const std::string& address) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const net::Address to = net::parse_ip_address(address).value();
  const std::string junk(1'000, 'x');
  for (int i = 0; i < 40'000; ++i) {
    sendto(descriptor, junk.data(), junk.size(), 0, to.pointer(), to.length);
  }
  close(descriptor);
}

TEST_CASE("live haproxy telemetry: what was lost before anybody began to read is no loss") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  Listener listener(service.spec());
  flood(service.spec().haproxy.log_listen);
  service.load(100);
  listener.begin();
  service.load(50);
  CHECK(listener.until([](const Heard& heard) { return heard.requests() == 50; }, 2'000));
  listener.listen_for(1'000);
  CHECK(listener.heard().requests() == 50);
  CHECK(listener.heard().last.trouble == "");
}

TEST_CASE("live haproxy telemetry: what was lost while the reader stood still is a loss") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  Listener listener(service.spec());
  flood(service.spec().haproxy.log_listen);
  service.load(100);
  std::this_thread::sleep_for(std::chrono::milliseconds(1'200));  // as a machine that is too busy
  CHECK(listener.until([](const Heard& heard) { return !heard.last.live; }, 2'000));
  CHECK(listener.heard().last.trouble.contains("log lines of slot a"));
}

TEST_CASE("live haproxy telemetry: a reload under load is no loss; HAProxy's end is trouble") {
  if (!haproxy_is_installed()) return;
  ProxiedService service;
  Listener listener(service.spec());
  std::thread customers([&] { service.load(1'500); });
  listener.listen_for(200);
  service.reload();
  bool always_live = true;
  listener.until(
      [&](const Heard& heard) {
        always_live = always_live && heard.last.live;
        return heard.requests() >= 1'500;
      },
      6'000);
  customers.join();
  listener.listen_for(800);
  CHECK(listener.heard().requests() == 1'500);
  CHECK(listener.heard().last.live);
  CHECK(listener.heard().last.trouble == "");

  service.stop_haproxy();
  CHECK(listener.until([](const Heard& heard) { return !heard.last.live; }, 2'000));
  CHECK(listener.heard().last.trouble.find("HAProxy's statistics cannot be read") == 0);
}

}  // namespace
}  // namespace sluice::live
