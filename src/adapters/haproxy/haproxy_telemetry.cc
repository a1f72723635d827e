#include "adapters/haproxy/haproxy_telemetry.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <time.h>

#include "adapters/haproxy/routing_map.h"
#include "base/text.h"
#include "codec/haproxy_config.h"
#include "net/unix_socket.h"

namespace sluice::haproxy {
namespace {

constexpr std::int64_t kPollMs = 100;
constexpr std::int64_t kPollTroubledMs = 1'000;
constexpr std::int64_t kTimeoutMs = 225;
// The one who waits here also supervises, so a HAProxy that has gone silent is not waited for long.
constexpr std::int64_t kTimeoutTroubledMs = 40;
constexpr int kFailuresMax = 3;  // in a row, while the stream is still called live
constexpr std::size_t kReplyBytesMax = 1U << 20U;
constexpr int kLinesAtOnce = 200'000;  // far more than the receive buffer holds
// A stamp that is further from now than this is not believed: the clock jumped, or it is forged.
constexpr std::int64_t kStampBehindMax = 60'000;
constexpr std::int64_t kStampAheadMax = 1'000;

std::int64_t wall_clock_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

// Goes on while the machine sleeps, as the wall clock does.
std::int64_t unset_clock_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000;
}

std::vector<std::string> server_names(Slot slot, int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(codec::haproxy_server(slot, i));
  return names;
}

}  // namespace

Result<std::unique_ptr<HaproxyTelemetry>> HaproxyTelemetry::open(TelemetrySpec spec) {
  SLUICE_TRY(check_names(spec.haproxy));
  auto lines = net::UdpReceiver::open(spec.haproxy.log_listen);
  if (!lines) return std::unexpected(lines.error().in("log lines of haproxy"));
  return std::unique_ptr<HaproxyTelemetry>(
      new HaproxyTelemetry(std::move(spec), *std::move(lines)));
}

HaproxyTelemetry::HaproxyTelemetry(TelemetrySpec spec, std::unique_ptr<net::UdpReceiver> lines)
    : spec_(std::move(spec)),
      lines_(std::move(lines)),
      backends_{codec::haproxy_backend(spec_.haproxy.backend_prefix, Slot::a),
                codec::haproxy_backend(spec_.haproxy.backend_prefix, Slot::b)},
      arms_{ArmTally(server_names(Slot::a, spec_.servers[0]), spec_.p99_target_ms),
            ArmTally(server_names(Slot::b, spec_.servers[1]), spec_.p99_target_ms)},
      wall_ahead_ms_(0) {}

// While nobody reads, the kernel keeps no more lines than its buffer holds.
void HaproxyTelemetry::begin(Tick now) {
  now_ = now;
  follow_wall_clock();
  read_lines();
  for (ArmTally& arm : arms_) {
    static_cast<void>(arm.take());
    arm.restart_statistics();
  }
  next_poll_ = now;
}

void HaproxyTelemetry::restart_cohort(Tick since) {
  for (ArmTally& arm : arms_) arm.restart_cohort(since.unix_ms + wall_ahead_ms_);
}

TelemetryBatch HaproxyTelemetry::take(Tick now) {
  now_ = now;
  follow_wall_clock();
  read_lines();
  if (now >= next_poll_) poll();

  TelemetryBatch batch{.live = trouble_.empty(), .trouble = trouble_, .has_buckets = has_buckets_};
  for (std::size_t slot = 0; slot < 2; ++slot) batch.slots[slot] = arms_[slot].take();
  return batch;
}

void HaproxyTelemetry::follow_wall_clock() {
  const std::int64_t wall_ms = wall_clock_ms();
  const std::int64_t moved_ms = clock_step_.look(wall_ms, unset_clock_ms());
  if (moved_ms != 0) {
    for (ArmTally& arm : arms_) arm.clock_moved(moved_ms);
  }
  wall_ahead_ms_ = wall_ms - now_.unix_ms;
}

void HaproxyTelemetry::read_lines() {
  const std::int64_t wall_ms = now_.unix_ms + wall_ahead_ms_;
  lines_->drain(kLinesAtOnce, [this, wall_ms](std::string_view text) { read_line(text, wall_ms); });
}

void HaproxyTelemetry::read_line(std::string_view text, std::int64_t wall_ms) {
  const auto line = parse_log_line(text);
  if (!line) return;  // if it should have been one, it is missing from the count
  const bool believed = line->ended_unix_ms <= wall_ms + kStampAheadMax &&
                        line->ended_unix_ms >= wall_ms - kStampBehindMax;
  const std::int64_t ended_ms = believed ? line->ended_unix_ms : wall_ms;
  for (std::size_t slot = 0; slot < 2; ++slot) {
    if (line->backend != backends_[slot]) continue;
    has_buckets_ = line->bucket >= 0;
    arms_[slot].line(*line, ended_ms, line->process == process_.pid);
  }
}

void HaproxyTelemetry::poll() {
  const std::int64_t timeout_ms = failures_ < kFailuresMax ? kTimeoutMs : kTimeoutTroubledMs;
  const auto reply = net::ask(spec_.haproxy.socket, statistics_question(spec_.haproxy), timeout_ms,
                              kReplyBytesMax);
  const std::int64_t answered_ms = wall_clock_ms();
  if (!reply) return note_failure(reply.error().message);
  const auto statistics = read_statistics(*reply, spec_.haproxy);
  if (!statistics) return note_failure(statistics.error().message);
  failures_ = 0;
  next_poll_ = now_ + kPollMs;
  use(*statistics, answered_ms);
}

void HaproxyTelemetry::note_failure(const std::string& why) {
  failures_ += 1;
  next_poll_ = now_ + (failures_ < kFailuresMax ? kPollMs : kPollTroubledMs);
  const bool never_read = process_.pid == 0;
  if (failures_ >= kFailuresMax || never_read) {
    trouble_ = "HAProxy's statistics cannot be read: " + why;
  }
}

void HaproxyTelemetry::use(const Statistics& statistics, std::int64_t wall_ms) {
  if (statistics.process.identity != process_.identity) {
    for (ArmTally& arm : arms_) arm.restart_statistics();
  }
  process_ = statistics.process;
  for (std::size_t slot = 0; slot < 2; ++slot) {
    arms_[slot].sample(statistics.backends[slot], wall_ms);
  }
  trouble_ = missing_server(statistics);
  if (trouble_.empty()) trouble_ = loss(Slot::a, wall_ms);
  if (trouble_.empty()) trouble_ = loss(Slot::b, wall_ms);
}

// Without the names, requests could not be told apart by server, and one bad server would look
// like a bad release.
std::string HaproxyTelemetry::missing_server(const Statistics& statistics) const {
  for (const Slot slot : {Slot::a, Slot::b}) {
    const auto index = static_cast<std::size_t>(slot);
    for (const std::string& name : server_names(slot, spec_.servers[index])) {
      const auto& rows = statistics.backends[index].servers;
      const auto same = [&](const ServerRow& row) { return row.name == name && !row.backup; };
      if (std::find_if(rows.begin(), rows.end(), same) != rows.end()) continue;
      return fmt::format("backend {} has no server {}: add the lines that `sluice init` prints",
                         backends_[index], name);
    }
  }
  return {};
}

std::string HaproxyTelemetry::loss(Slot slot, std::int64_t wall_ms) const {
  const LossWatch::Window window = arms_[static_cast<std::size_t>(slot)].window(wall_ms);
  const std::string dropped = fmt::format("HAProxy itself dropped {}", process_.dropped_logs);
  if (window.lossy() && window.missing >= window.completed) {
    return fmt::format(
        "no log lines of slot {} arrive at {}, though HAProxy completed {} requests ({})",
        to_text(slot), printable(spec_.haproxy.log_listen), window.completed, dropped);
  }
  if (window.lossy()) {
    return fmt::format(
        "{} of the log lines of slot {} are missing ({})",
        percent_text(static_cast<double>(window.missing) / static_cast<double>(window.completed)),
        to_text(slot), dropped);
  }
  if (window.forged()) {
    return fmt::format(
        "{} log lines of slot {} belong to no request of HAProxy: somebody repeats "
        "or forges them",
        window.surplus, to_text(slot));
  }
  return {};
}

}  // namespace sluice::haproxy
