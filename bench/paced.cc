#include "bench/paced.h"

#include <deque>

#include <fmt/format.h>

#include "base/tick.h"
#include "bench/summary.h"
#include "bench/workers.h"
#include "judge/pace.h"
#include "sim/random.h"
#include "sim/rollout.h"

namespace sluice::bench {
namespace {

constexpr double kErrorRate = 1e-3;
constexpr double kMargin = 0.005;
constexpr std::int64_t kHorizonMs = 15 * kMinuteMs;
constexpr Share kCap(500);

// A share that was asked for, and when the router has it.
struct Order {
  std::int64_t due_ms = 0;
  Share share;
};

struct PacedRun {
  bool found = false;
  double failed = 0;
  double full_ms = kHorizonMs;
};

// One rollout under way.
class Way {
 public:
  Way(const PacedCase& one, std::uint64_t seed)
      : one_(one),
        world_({.requests_per_second = one.requests_per_second,
                .error_rate = kErrorRate,
                .canary_error_rate = one.canary_error_rate},
               seed),
        judge_(sim::told_apart(fast(kMargin)), {}),
        pacemaker_(one.cadence.look_ms + one.cadence.delay_ms) {}

  PacedRun go() {
    for (int i = 0; i < 60; ++i) look(kSecondMs);
    began_ms_ = world_.now_ms();
    ask(wanted());
    while (!judge_.breached() && world_.now_ms() - began_ms_ < kHorizonMs) {
      look(one_.cadence.look_ms);
      ask(wanted());
    }
    run_.found = judge_.breached();
    // What is sent there until the router obeys.
    if (run_.found && one_.cadence.delay_ms > 0) look(one_.cadence.delay_ms);
    return run_;
  }

 private:
  Share wanted() const {
    return one_.paced ? std::min(kCap, pacemaker_.pace(judge_.history()).allowed) : kCap;
  }

  // It never shrinks but for a rollback, as in the engine without grades.
  void ask(Share share) {
    const Share last = orders_.empty() ? now_ : orders_.back().share;
    if (share > last) orders_.push_back({world_.now_ms() + one_.cadence.delay_ms, share});
    obey();
  }

  void obey() {
    while (!orders_.empty() && orders_.front().due_ms <= world_.now_ms()) {
      now_ = orders_.front().share;
      orders_.pop_front();
    }
    if (now_ == kCap) {
      run_.full_ms = std::min(run_.full_ms, static_cast<double>(world_.now_ms() - began_ms_));
    }
  }

  // Until the next look, in pieces where the share changes meanwhile; told as one batch.
  void look(std::int64_t ms) {
    const std::int64_t until = world_.now_ms() + ms;
    judge::Batch batch;
    while (world_.now_ms() < until) {
      obey();
      const std::int64_t next = orders_.empty() ? until : std::min(until, orders_.front().due_ms);
      const sim::Counted counted = world_.tick(now_.fraction(), next - world_.now_ms());
      run_.failed += static_cast<double>(counted.canary.errors);
      judge::grow(batch, sim::batch_of(counted), sim::told_apart({}));
    }
    judge_.add(batch);
    pacemaker_.add(batch);
  }

  PacedCase one_;
  sim::World world_;
  judge::Judge judge_;
  judge::Pacemaker pacemaker_;
  std::int64_t began_ms_ = 0;
  Share now_;
  std::deque<Order> orders_;
  PacedRun run_;
};

std::string seconds_text(double ms) { return fmt::format("{:g} s", ms / kSecondMs); }

}  // namespace

std::vector<PacedCase> paced_cases() {
  std::vector<PacedCase> cases;
  for (const bool paced : {false, true}) {
    for (const double rate : {100.0, 1'000.0, 10'000.0}) {
      for (const double failing : {1.0, 0.501, 0.051, kErrorRate}) {
        cases.push_back({rate, failing, {kSecondMs, kSecondMs}, paced});
      }
    }
  }
  return cases;
}

std::vector<PacedCase> cadence_cases() {
  std::vector<PacedCase> cases;
  for (const bool paced : {false, true}) {
    for (const std::int64_t look_ms : {std::int64_t{100}, kSecondMs, 15 * kSecondMs}) {
      for (const std::int64_t delay_ms : {std::int64_t{0}, kSecondMs, 5 * kSecondMs}) {
        cases.push_back({1'000, 1, {look_ms, delay_ms}, paced});
      }
    }
  }
  return cases;
}

std::vector<PacedRow> run_paced(const std::vector<PacedCase>& cases, const Effort& effort,
                                std::uint64_t first_cell) {
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<PacedRun> done(cases.size() * runs);
  for_each("paced", done.size(), effort.threads, [&](std::size_t item) {
    const std::size_t at = item / runs;
    done[item] = Way(cases[at], sim::seed_of(kMaster, first_cell + at, item % runs)).go();
  });
  std::vector<PacedRow> rows;
  for (const PacedCase& one : cases) rows.push_back({one, 0, {}, {}});
  for (std::size_t item = 0; item < done.size(); ++item) {
    PacedRow& row = rows[item / runs];
    row.found += done[item].found ? 1 : 0;
    row.failed.push_back(done[item].failed);
    row.full_ms.push_back(done[item].full_ms);
  }
  return rows;
}

std::string paced_table(const std::vector<PacedRow>& rows) {
  std::string out =
      "| share | requests/s | failing | a look each | until it is so | taken back, of | failed: "
      "median | 95 % | whole 5 % after: median | 95 % "
      "|\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const PacedRow& row : rows) {
    const bool healthy = row.one.canary_error_rate == kErrorRate;
    const auto full = [&](double part) {
      return healthy ? seconds_text(quantile_of(row.full_ms, part)) : std::string("–");
    };
    out += fmt::format("| {} | {:g} | {:g} % | {} | {} | {} of {} | {} | {} | {} | {} |\n",
                       row.one.paced ? "paced" : "fixed", row.one.requests_per_second,
                       100 * row.one.canary_error_rate,
                       seconds_text(static_cast<double>(row.one.cadence.look_ms)),
                       seconds_text(static_cast<double>(row.one.cadence.delay_ms)), row.found,
                       row.failed.size(), short_number(quantile_of(row.failed, 0.5)),
                       short_number(quantile_of(row.failed, 0.95)), full(0.5), full(0.95));
  }
  return out;
}

}  // namespace sluice::bench
