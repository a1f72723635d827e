#include "live/support/proxied_service.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/haproxy/routing_map.h"
#include "codec/haproxy_config.h"
#include "net/unix_socket.h"

namespace sluice::live {
namespace {

// An engine's clock: not the wall clock, only as fast.
Tick tick_now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {1'000'000 + std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

// One request on a connection of its own; whether it was answered, and not by 5xx.
bool request_succeeds(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  std::string answer;
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string_view question = "GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n";
    send(descriptor, question.data(), question.size(), MSG_NOSIGNAL);
    char piece[1024];
    for (ssize_t got = 1; got > 0;) {
      got = recv(descriptor, piece, sizeof piece, 0);
      if (got > 0) answer.append(piece, static_cast<std::size_t>(got));
    }
  }
  close(descriptor);
  return answer.starts_with("HTTP/1.1 ") && answer.size() > 9 && answer[9] != '5';
}

int port_of_entrance(const EnvironmentSpec& spec) {
  return std::stoi(spec.entrance.substr(spec.entrance.rfind(':') + 1));
}

bool adds_up(const SlotBatch& batch) {
  Counts by_server;
  Counts by_bucket;
  const auto add = [](Counts& to, const Counts& more) {
    to.requests += more.requests;
    to.errors += more.errors;
    to.over_target += more.over_target;
  };
  for (const Counts& counts : batch.by_server) add(by_server, counts);
  for (const Counts& counts : batch.by_bucket) add(by_bucket, counts);
  return by_server == batch.total && by_bucket == batch.total;
}

}  // namespace

ProxiedService::ProxiedService(bool sticky, const Change& change) {
  std::filesystem::create_directory(folder_ / "state");
  spec_.name = {"production"};
  spec_.entrance = fmt::format("http://127.0.0.1:{}", free_port());
  spec_.process.ports_a = {free_port(), free_port()};
  spec_.process.ports_b = {free_port(), free_port()};
  spec_.haproxy = {.socket = folder_ / "haproxy.sock",
                   .map = folder_ / "state/shop.map",
                   .log_listen = fmt::format("127.0.0.1:{}", free_port()),
                   .backend_prefix = "shop",
                   .sticky = sticky};
  a_ = std::make_unique<TestOrigin>(spec_.process.ports_a);
  b_ = std::make_unique<TestOrigin>(spec_.process.ports_b);
  REQUIRE(haproxy::prepare_map_file(spec_.haproxy));
  std::string configuration = codec::haproxy_example(spec_, {"storefront"});
  if (change) change(configuration);
  write_text(folder_ / "haproxy.cfg", configuration);
  start_haproxy();
}

ProxiedService::~ProxiedService() = default;

void ProxiedService::start_haproxy() {
  haproxy_ =
      RealProcess::start({kHaproxy, "-W", "-f", folder_ / "haproxy.cfg"}, folder_ / "haproxy.log");
  const auto answers = [&] {
    return net::ask(spec_.haproxy.socket, "show info\n", 200).has_value();
  };
  if (!wait_until(answers, 5'000)) FAIL("haproxy: " << read_text(folder_ / "haproxy.log"));
}

// A signal that reaches the master in its first milliseconds is lost: it is repeated until the
// master says that it heard.
void ProxiedService::reload() {
  const auto heard = [&] {
    return read_text(folder_ / "haproxy.log").contains("Reloading HAProxy");
  };
  for (int attempt = 0; attempt < 20 && !heard(); ++attempt) {
    haproxy_.signal(SIGUSR2);
    static_cast<void>(wait_until(heard, 250));
  }
  REQUIRE(heard());
}

void ProxiedService::stop_haproxy() { haproxy_.kill_now(); }

void ProxiedService::restart() {
  stop_haproxy();
  start_haproxy();
}

void ProxiedService::say(const std::string& command) {
  REQUIRE(net::ask(spec_.haproxy.socket, command + "\n", 1'000));
}

LoadReport ProxiedService::load(int requests) {
  std::atomic<int> left = requests;
  std::atomic<std::int64_t> failed = 0;
  std::vector<std::thread> customers;
  for (int i = 0; i < 8; ++i) {
    customers.emplace_back([&] {
      while (left.fetch_sub(1) > 0) failed += request_succeeds(port_of_entrance(spec_)) ? 0 : 1;
    });
  }
  for (std::thread& customer : customers) customer.join();
  return {.sent = requests, .failed = failed};
}

Listener::Listener(const EnvironmentSpec& spec) {
  auto source = haproxy::HaproxyTelemetry::open(
      {.haproxy = spec.haproxy, .servers = {2, 2}, .p99_target_ms = kTargetMs});
  REQUIRE(source);
  source_ = *std::move(source);
  take();
  REQUIRE(heard_.last.live);
}

void Listener::take() {
  heard_.last = source_->take(tick_now());
  for (std::size_t slot = 0; slot < 2; ++slot) {
    const SlotBatch& batch = heard_.last.slots[slot];
    heard_.slots[slot].requests += batch.total.requests;
    heard_.slots[slot].errors += batch.total.errors;
    heard_.slots[slot].over_target += batch.total.over_target;
    for (std::size_t i = 0; i < kLatencyBuckets; ++i) {
      heard_.latencies[slot][i] += batch.latencies[i];
    }
    heard_.splits_add_up = heard_.splits_add_up && adds_up(batch);
  }
}

std::int64_t Heard::longer_than(Slot slot, std::int64_t ms) const {
  std::int64_t requests = 0;
  for (std::size_t i = latency_bucket(ms) + 1; i < kLatencyBuckets; ++i) {
    requests += latencies[static_cast<std::size_t>(slot)][i];
  }
  return requests;
}

bool Listener::until(const std::function<bool(const Heard&)>& condition, std::int64_t timeout_ms) {
  const Tick deadline = tick_now() + timeout_ms;
  while (tick_now() < deadline) {
    take();
    if (condition(heard_)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

void Listener::listen_for(std::int64_t ms) {
  until([](const Heard&) { return false; }, ms);
}

void Listener::begin() { source_->begin(tick_now()); }
void Listener::restart_cohort() { source_->restart_cohort(tick_now()); }

}  // namespace sluice::live
