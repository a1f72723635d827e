#include "adapters/probe/http_probe.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>

#include "net/address.h"
#include "net/descriptor.h"

namespace sluice::probe {
namespace {

constexpr std::int64_t kAwayIntervals = 3;
constexpr std::size_t kBodyBytesMax = 1U << 20U;

// Why this machine would not even let a connection begin: no descriptor, no memory, no port of its
// own left. That says nothing about the process that is to be asked. Empty: it would.
std::string local_obstacle() {
  const net::Descriptor trial(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!trial.is_open()) return "no socket for a health check: " + net::errno_text(errno);
  sockaddr_in any_port{};
  any_port.sin_family = AF_INET;
  any_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(trial.number(), reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port) == 0) {
    return {};
  }
  return "no port for a health check: " + net::errno_text(errno);
}

}  // namespace

HttpProbe::HttpProbe(ProbeSpec spec, const ProcessSpec& process) : spec_(std::move(spec)) {
  for (const int port : process.ports_a) slots_[0].instances.push_back({.port = port});
  for (const int port : process.ports_b) slots_[1].instances.push_back({.port = port});
}

void HttpProbe::watch(std::array<bool, 2> slots) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Watched& slot = slots_[i];
    if (slot.on == slots[i]) continue;
    slot.on = slots[i];
    ++slot.run;
    slot.checks = {};
    for (Instance& instance : slot.instances) instance = {.port = instance.port};
  }
}

std::array<SlotHealth, 2> HttpProbe::take(Tick now) {
  const bool was_away = now - last_take_ > kAwayIntervals * spec_.interval_ms;
  now_ = now;
  last_take_ = now;
  if (was_away) forget_what_is_under_way();
  client_.step();
  for (Watched& slot : slots_) start_due(slot);
  client_.step();  // so that what was started now is on its way now
  std::array<SlotHealth, 2> health{summary(slots_[0]), summary(slots_[1])};
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    health[i].checks = std::exchange(slots_[i].checks, {});
  }
  return health;
}

void HttpProbe::forget_what_is_under_way() {
  for (Watched& slot : slots_) {
    ++slot.run;
    for (Instance& instance : slot.instances) instance.under_way = false;
  }
}

void HttpProbe::start_due(Watched& slot) {
  if (!slot.on) return;
  for (Instance& instance : slot.instances) {
    if (instance.under_way || now_ < instance.due) continue;
    instance.due = now_ + spec_.interval_ms;
    instance.obstacle = local_obstacle();
    if (instance.obstacle.empty()) start(slot, instance);
  }
}

void HttpProbe::start(Watched& slot, Instance& instance) {
  instance.under_way = true;
  const net::Call call{.url = fmt::format("http://127.0.0.1:{}{}", instance.port, spec_.path),
                       .timeout_ms = spec_.timeout_ms,
                       .body_bytes_max = kBodyBytesMax,
                       .fresh_connection = true};
  client_.start(call, [this, &slot, &instance, run = slot.run](Result<net::Response> answer) {
    if (slot.run != run) return;
    instance.under_way = false;
    count(slot, instance, answer);
  });
}

void HttpProbe::count(Watched& slot, Instance& instance, const Result<net::Response>& answer) {
  const bool well = answer && answer->status >= 200 && answer->status < 300;
  const bool was_good = std::exchange(instance.last_was_good, well);
  slot.checks.answered += 1;
  slot.checks.failed += well ? 0 : 1;
  slot.checks.after_good += was_good ? 1 : 0;
  slot.checks.failed_after_good += was_good && !well ? 1 : 0;
  instance.last_answer = now_;
  if (well) {
    instance.failures_in_row = 0;
    instance.answered_well = true;
    return;
  }
  ++instance.failures_in_row;
  instance.trouble = answer ? fmt::format("127.0.0.1:{}: HTTP {}", instance.port, answer->status)
                            : answer.error().message;
}

SlotHealth HttpProbe::summary(const Watched& slot) const {
  SlotHealth health{.watched = slot.on, .instances = static_cast<int>(std::ssize(slot.instances))};
  if (!slot.on) return health;
  health.all_passed = !slot.instances.empty();  // nothing looked at is not well
  for (const Instance& instance : slot.instances) {
    const bool failing = instance.failures_in_row >= spec_.failures_max;
    health.failing += failing ? 1 : 0;
    if (failing || !instance.answered_well) health.all_passed = false;
    if (health.trouble.empty()) health.trouble = instance.obstacle;
    health.last_answer = std::max(health.last_answer, instance.last_answer);
    if (instance.failures_in_row <= health.failures_in_row) continue;
    health.failures_in_row = instance.failures_in_row;
    health.detail = fmt::format("{} ({} in a row)", instance.trouble, instance.failures_in_row);
  }
  return health;
}

}  // namespace sluice::probe
