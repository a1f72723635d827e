#include "testing/fake_world.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/assert.h"
#include "base/text.h"
#include "testing/seeded_random.h"

namespace sluice::testing {
namespace {

constexpr std::int64_t kStartMs = 200;
constexpr int kServers = 5;

std::size_t index(Slot slot) { return static_cast<std::size_t>(slot); }

class FakeRouter final : public Router {
 public:
  FakeRouter(FakeWorld& world, FakeEnvironment& environment)
      : world_(world), environment_(environment) {}

  Result<RouterState> observe() override {
    if (!environment_.router_up) return fail(ErrorCode::unavailable, "connection refused");
    RouterState state{environment_.routing, environment_.generation};
    for (const Slot slot : {Slot::a, Slot::b}) {
      const FakeSlot& place = environment_.slots[index(slot)];
      const bool live = place.running && world_.now - place.started >= kStartMs &&
                        world_.behaviour(place.release).starts;
      state.live_servers[index(slot)] = live ? kServers : 0;
    }
    if (environment_.stored && *environment_.stored != environment_.routing) {
      state.unstored = "the map file keeps " + to_text(environment_.stored->share);
    }
    state.identity = environment_.name.text + " start " + std::to_string(environment_.restarts);
    return state;
  }

  Result<void> apply(const Routing& routing, std::uint64_t generation) override {
    if (!environment_.router_up) return fail(ErrorCode::unavailable, "connection refused");
    const std::uint64_t known = environment_.generation;
    if (generation < known && known - generation <= kGenerationStepMax) {
      return fail(ErrorCode::rejected, "older generation");
    }
    environment_.generation = generation;
    if (environment_.map_writable) environment_.stored = routing;
    if (routing == environment_.routing) return {};
    world_.change(environment_.name.text + ": baseline " + std::string(to_text(routing.baseline)) +
                      " share " + to_text(routing.share),
                  [&] { environment_.routing = routing; });
    return {};
  }

 private:
  FakeWorld& world_;
  FakeEnvironment& environment_;
};

class FakeDeployer final : public Deployer {
 public:
  FakeDeployer(FakeWorld& world, FakeEnvironment& environment)
      : world_(world), environment_(environment) {}

  Result<Asked> start(Slot slot, const Release& release, std::uint64_t generation) override {
    if (!newer(generation)) return fail(ErrorCode::rejected, "older generation");
    if (environment_.calls_to_prepare > 0) {
      --environment_.calls_to_prepare;
      return Asked::preparing;
    }
    FakeSlot& place = environment_.slots[index(slot)];
    if (place.running && place.release == release.digest) return Asked::accepted;
    world_.change(describe("start", slot) + " " + release.id,
                  [&] { place = {release.digest, world_.now, true}; });
    return Asked::accepted;
  }
  Result<void> stop(Slot slot, std::uint64_t generation) override {
    if (!newer(generation)) return fail(ErrorCode::rejected, "older generation");
    FakeSlot& place = environment_.slots[index(slot)];
    if (!place.running) return {};
    world_.change(describe("stop", slot), [&] { place = {}; });
    return {};
  }
  Result<SlotState> observe(Slot slot) override {
    const FakeSlot& place = environment_.slots[index(slot)];
    if (!place.running) return SlotState{};
    const Behaviour& behaviour = world_.behaviour(place.release);
    const bool late = world_.now - place.started >= kStartMs;
    SlotState state{place.release, kServers, kServers, late && behaviour.starts ? kServers : 0};
    if (late && !behaviour.starts) {
      state.gave_up = true;
      state.detail = "exited with status 1";
    }
    return state;
  }

 private:
  bool newer(std::uint64_t generation) {
    if (generation < environment_.deployer_generation) return false;
    environment_.deployer_generation = generation;
    return true;
  }
  std::string describe(const char* what, Slot slot) const {
    return environment_.name.text + ": " + what + " " + std::string(to_text(slot));
  }
  FakeWorld& world_;
  FakeEnvironment& environment_;
};

// Whole requests out of a rate, without randomness: what is left over is carried on.
struct Carry {
  double left = 0;
  std::int64_t take(double amount) {
    left += amount;
    const double whole = std::floor(left);
    left -= whole;
    return static_cast<std::int64_t>(whole);
  }
};

class FakeTelemetry final : public TelemetrySource {
 public:
  FakeTelemetry(FakeWorld& world, FakeEnvironment& environment)
      : world_(world), environment_(environment), taken_(world.now) {}

  void begin(Tick now) override {
    begun_ = true;
    static_cast<void>(take(now));
  }
  void restart_cohort(Tick) override {}
  TelemetryBatch take(Tick now) override {
    SLUICE_ASSERT(begun_);
    TelemetryBatch batch;
    batch.live = environment_.telemetry_up && environment_.router_up;
    if (!batch.live) batch.trouble = "the log stream is silent";
    const double seconds = static_cast<double>(now - taken_) / 1000.0;
    taken_ = now;
    for (const Slot slot : {Slot::a, Slot::b}) {
      const Share share = slot == environment_.routing.baseline ? environment_.routing.share.rest()
                                                                : environment_.routing.share;
      const double requests = seconds * environment_.requests_per_second * share.fraction();
      const bool used = !environment_.needs_load || environment_.load_runs;
      if (batch.live && used) batch.slots[index(slot)] = served(slot, requests);
    }
    return batch;
  }

 private:
  SlotBatch served(Slot slot, double requests) {
    const Behaviour& behaviour = world_.behaviour(environment_.slots[index(slot)].release);
    SlotBatch batch;
    batch.by_server.resize(kServers);
    for (int server = 0; server < kServers; ++server) {
      auto& carry = carries_[index(slot)][server];
      Counts& counts = batch.by_server[server];
      counts.requests = carry[0].take(requests / kServers);
      counts.errors = carry[1].take(behaviour.error_rate * static_cast<double>(counts.requests));
      counts.over_target =
          carry[2].take(behaviour.slow_rate * static_cast<double>(counts.requests));
      batch.total.requests += counts.requests;
      batch.total.errors += counts.errors;
      batch.total.over_target += counts.over_target;
    }
    if (behaviour.latency_ms > 0) count_latencies(slot, behaviour.latency_ms, batch);
    return batch;
  }

  void count_latencies(Slot slot, std::int64_t usual_ms, SlotBatch& batch) {
    batch.latencies_by_server.resize(kServers);
    for (int server = 0; server < kServers; ++server) {
      const std::int64_t requests = batch.by_server[server].requests;
      const std::int64_t twice =
          late_[index(slot)][server].take(0.1 * static_cast<double>(requests));
      const auto count = [&](std::int64_t ms, std::int64_t number) {
        const std::size_t bucket = latency_bucket(ms);
        batch.latencies[bucket] += static_cast<std::uint32_t>(number);
        batch.latencies_by_server[server][bucket] += static_cast<std::uint32_t>(number);
      };
      count(usual_ms, requests - twice);
      count(2 * usual_ms, twice);
    }
  }

  FakeWorld& world_;
  FakeEnvironment& environment_;
  bool begun_ = false;
  Tick taken_;
  std::array<std::array<std::array<Carry, 3>, kServers>, 2> carries_{};
  std::array<std::array<Carry, kServers>, 2> late_{};
};

class FakeProbe final : public Probe {
 public:
  FakeProbe(FakeWorld& world, FakeEnvironment& environment)
      : world_(world), environment_(environment) {}
  void watch(std::array<bool, 2> slots) override { watched_ = slots; }
  std::array<SlotHealth, 2> take(Tick now) override {
    std::array<SlotHealth, 2> health{};
    for (const Slot slot : {Slot::a, Slot::b}) {
      SlotHealth& one = health[index(slot)];
      one.watched = watched_[index(slot)];
      if (!one.watched) continue;
      const FakeSlot& place = environment_.slots[index(slot)];
      const bool answers = place.running && world_.behaviour(place.release).healthy;
      one.instances = kServers;
      one.failing = answers ? 0 : kServers;
      one.last_answer = now;
      one.all_passed = answers;
      one.checks = checks_of(slot, answers, now);
      if (!world_.probes_possible) one.trouble = "no socket: too many open files";
      if (!answers) one.detail = "127.0.0.1:9001: HTTP 500 (3 in a row)";
    }
    return health;
  }

 private:
  // All instances are asked once a second, and agree.
  HealthChecks checks_of(Slot slot, bool answers, Tick now) {
    Round& asked = asked_[index(slot)];
    if (now - asked.at < kSecondMs) return {};
    asked.at = now;
    const int every = world_.behaviour(environment_.slots[index(slot)].release).check_fails_every;
    const bool well = answers && (every == 0 || ++asked.checks % every != 0);
    const bool was_good = std::exchange(asked.was_good, well);
    return {kServers, well ? 0 : kServers, was_good ? kServers : 0,
            was_good && !well ? kServers : 0};
  }

  struct Round {
    Tick at;
    int checks = 0;
    bool was_good = false;
  };

  FakeWorld& world_;
  FakeEnvironment& environment_;
  std::array<bool, 2> watched_{};
  std::array<Round, 2> asked_{};
};

class FakeSmoke final : public SmokeRunner {
 public:
  explicit FakeSmoke(FakeEnvironment& environment) : environment_(environment) {}
  void begin(Tick) override { begun_ = true; }
  std::optional<SmokeReported> take(Tick) override {
    if (!begun_ || !environment_.smoke_answers) return std::nullopt;
    begun_ = false;
    return SmokeReported{environment_.name, environment_.smoke_passes, 2,
                         environment_.smoke_passes ? "" : "front page: HTTP 500, expected 200"};
  }

 private:
  FakeEnvironment& environment_;
  bool begun_ = false;
};

class FakeAlerts final : public AlertSource {
 public:
  explicit FakeAlerts(FakeEnvironment& environment) : environment_(environment) {}
  AlertState take(Tick) override {
    if (!environment_.alerts_up) return {false, "does not answer", {}};
    return {true, {}, environment_.alerts};
  }

 private:
  FakeEnvironment& environment_;
};

// A gauge of five processes in each slot that runs, every five seconds.
class FakeGauges final : public GaugeSource {
 public:
  FakeGauges(FakeWorld& world, FakeEnvironment& environment)
      : world_(world), environment_(environment) {}
  GaugeState take(Tick now) override {
    if (!environment_.gauges_up) {
      return {std::nullopt, false, "`requests waiting`: the metrics server does not answer"};
    }
    GaugeState state{.live = true};
    if (now < due_) return state;
    due_ = now + 5 * kSecondMs;
    GaugeValues values{.name = "requests waiting"};
    for (std::size_t slot = 0; slot < 2; ++slot) {
      if (!environment_.slots[slot].running) continue;
      const double least = world_.behaviour(environment_.slots[slot].release).waiting;
      for (int i = 0; i < 5; ++i) {
        values.by_slot[slot].push_back(least + static_cast<double>(random_.below(5)));
      }
    }
    state.sample = GaugeSample{now, {std::move(values)}};
    return state;
  }

 private:
  FakeWorld& world_;
  FakeEnvironment& environment_;
  Tick due_;
  SeededRandom random_{29};
};

class FakeLoad final : public Load {
 public:
  explicit FakeLoad(FakeEnvironment& environment) : environment_(environment) {}
  ~FakeLoad() override { environment_.load_runs = false; }
  Result<void> keep(bool wanted, Tick) override {
    environment_.load_runs = wanted && environment_.load_possible;
    if (!wanted || environment_.load_possible) return {};
    return fail(ErrorCode::unavailable, "the load's program exited with status 1");
  }

 private:
  FakeEnvironment& environment_;
};

class FakeChangeLog final : public ChangeLog {
 public:
  explicit FakeChangeLog(FakeWorld& world) : world_(world) {}
  Result<void> write(std::string_view line) override {
    if (std::ranges::find(world_.change_log, line) != world_.change_log.end()) return {};
    world_.change("change log: " + std::string(line),
                  [&] { world_.change_log.emplace_back(line); });
    return {};
  }

 private:
  FakeWorld& world_;
};

class FakeNotifier final : public Notifier {
 public:
  explicit FakeNotifier(FakeWorld& world) : world_(world) {}
  Result<bool> notify(std::uint64_t, const Notice& notice, Tick) override {
    if (!world_.people_answer) return fail(ErrorCode::unavailable, "exited with status 1");
    world_.notices.push_back(notice);
    return true;
  }

 private:
  FakeWorld& world_;
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(FakeWorld& world) : world_(world) {}
  Tick now() override { return world_.now; }

 private:
  FakeWorld& world_;
};

}  // namespace

FakeWorld::FakeWorld(const std::vector<EnvironmentName>& names) {
  for (const EnvironmentName& name : names) environments.push_back({.name = name});
}
FakeWorld::~FakeWorld() = default;

FakeEnvironment& FakeWorld::environment(std::string_view name) {
  const auto found = std::ranges::find_if(
      environments, [&](const FakeEnvironment& one) { return one.name.text == name; });
  SLUICE_ASSERT(found != environments.end());
  return *found;
}

const Behaviour& FakeWorld::behaviour(const Digest& release) const {
  static const Behaviour kGood;
  const auto found = behaviours.find(release.hex);
  return found == behaviours.end() ? kGood : found->second;
}

void FakeWorld::change(const std::string& what, const std::function<void()>& make) {
  if (interrupt) interrupt();
  make();
  changes.push_back(what);
  if (interrupt) interrupt();
}

FakeWorld::Adapters FakeWorld::adapters(std::string_view name) {
  FakeEnvironment& one = environment(name);
  return {std::make_unique<FakeRouter>(*this, one),
          std::make_unique<FakeDeployer>(*this, one),
          std::make_unique<FakeTelemetry>(*this, one),
          std::make_unique<FakeProbe>(*this, one),
          std::make_unique<FakeSmoke>(one),
          std::make_unique<FakeAlerts>(one),
          std::make_unique<FakeGauges>(*this, one),
          std::make_unique<FakeLoad>(one)};
}

std::unique_ptr<ChangeLog> FakeWorld::change_log_adapter() {
  return std::make_unique<FakeChangeLog>(*this);
}
std::unique_ptr<Notifier> FakeWorld::notifier() { return std::make_unique<FakeNotifier>(*this); }
std::unique_ptr<Clock> FakeWorld::clock() { return std::make_unique<FakeClock>(*this); }

Result<void> MemoryJournal::append(std::span<const Record> more) {
  if (full) return fail(ErrorCode::unavailable, "the disk is full");
  for (const Record& record : more) {
    if (record.seq != records.size() + 1) return fail(ErrorCode::conflict, "sequence");
    records.push_back(record);
  }
  return {};
}

FlagAnswers MemoryFlags::ask(const std::vector<std::string>& names, std::int64_t) {
  ++asked;
  FlagAnswers answers{.source = "flags in memory"};
  if (!up) answers.trouble = "the service does not answer";
  for (const std::string& name : names) {
    const auto known = standings.find(name);
    const FlagStanding standing = known == standings.end() ? FlagStanding::missing : known->second;
    answers.flags.push_back({name, standing, "it is " + std::string(to_text(standing))});
  }
  return answers;
}

std::optional<FlagAnswers> MemoryFlags::poll(const std::vector<std::string>& names, Tick) {
  return ask(names, 0);
}

Result<Digest> MemoryEvidence::keep(std::string_view bytes) {
  if (full) return fail(ErrorCode::unavailable, "no space left on device");
  const Digest digest = sha256(bytes);
  kept[digest] = bytes;
  return digest;
}

Result<std::string> MemoryEvidence::read(const Digest& digest) {
  const auto found = kept.find(digest);
  if (found == kept.end()) return fail(ErrorCode::not_found, "no such evidence");
  return found->second;
}

Result<void> MemoryDrafts::append(const std::string& name, std::string_view bytes) {
  if (full) return fail(ErrorCode::unavailable, "no space left on device");
  drafts[name] += bytes;
  return {};
}

std::vector<SealedDraft> MemoryDrafts::take_sealed() {
  std::vector<SealedDraft> sealed;
  for (const std::string& name : std::exchange(to_seal, {})) {
    sealed.push_back({name, store_.keep(drafts[name])});
  }
  return sealed;
}

std::vector<std::string> MemoryDrafts::left() {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : drafts) names.push_back(name);
  return names;
}

}  // namespace sluice::testing
