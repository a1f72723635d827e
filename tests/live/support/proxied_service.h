// A service behind the real HAProxy: two processes in each slot, the configuration that
// `sluice init` prints, customers, and somebody who listens to the telemetry.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/haproxy/haproxy_telemetry.h"
#include "live/support/real_process.h"
#include "live/support/test_origin.h"
#include "model/policy.h"

namespace sluice::live {

inline constexpr const char* kHaproxy = "/usr/sbin/haproxy";

struct LoadReport {
  std::int64_t sent = 0;
  std::int64_t failed = 0;  // no answer, or 5xx
};

class ProxiedService {
 public:
  using Change = std::function<void(std::string& configuration)>;
  // `change`: what a user adds to the configuration of HAProxy by hand.
  explicit ProxiedService(bool sticky = false, const Change& change = nullptr);
  ~ProxiedService();

  [[nodiscard]] const EnvironmentSpec& spec() const { return spec_; }
  [[nodiscard]] TestOrigin& a() { return *a_; }
  [[nodiscard]] TestOrigin& b() { return *b_; }
  void stop_a() { a_.reset(); }
  void stop_b() { b_.reset(); }

  void reload();   // as `systemctl reload` does
  void restart();  // a new HAProxy
  void stop_haproxy();
  void say(const std::string& command);  // to the runtime API, behind Sluice's back

  // Eight customers at once, until all requests are answered.
  LoadReport load(int requests);

 private:
  void start_haproxy();
  TemporaryFolder folder_;
  EnvironmentSpec spec_;
  std::unique_ptr<TestOrigin> a_;
  std::unique_ptr<TestOrigin> b_;
  RealProcess haproxy_;
};

// What a TelemetrySource has said so far.
struct Heard {
  std::array<Counts, 2> slots{};
  std::array<LatencyCounts, 2> latencies{};
  TelemetryBatch last;
  bool splits_add_up = true;

  [[nodiscard]] const Counts& slot(Slot slot) const {
    return slots[static_cast<std::size_t>(slot)];
  }
  // Requests of a slot that took longer; whole buckets.
  [[nodiscard]] std::int64_t longer_than(Slot slot, std::int64_t ms) const;
  [[nodiscard]] std::int64_t requests() const { return slots[0].requests + slots[1].requests; }
};

class Listener {
 public:
  static constexpr std::int64_t kTargetMs = 400;
  explicit Listener(const EnvironmentSpec& spec);

  // Takes every two milliseconds until the condition holds.
  bool until(const std::function<bool(const Heard&)>& condition, std::int64_t timeout_ms);
  void listen_for(std::int64_t ms);
  void begin();
  void restart_cohort();
  [[nodiscard]] const Heard& heard() const { return heard_; }

 private:
  void take();
  std::unique_ptr<haproxy::HaproxyTelemetry> source_;
  Heard heard_;
};

}  // namespace sluice::live
