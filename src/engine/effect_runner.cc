#include "engine/effect_runner.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/assert.h"

namespace sluice::engine {
namespace {

constexpr std::int64_t kLookAgainMs = 50;
constexpr std::int64_t kCallForMs = kHourMs;  // later nobody needs that call any more

// Effects with the same lane are done one after the other.
struct Lane {
  std::string operator()(const StartSlot& e) const { return slot(e.environment, e.slot); }
  std::string operator()(const DrainSlot& e) const { return slot(e.environment, e.slot); }
  std::string operator()(const StopSlot& e) const { return slot(e.environment, e.slot); }
  std::string operator()(const SetShare& e) const { return "router " + e.environment.text; }
  std::string operator()(const RunSmoke& e) const { return "smoke " + e.environment.text; }
  std::string operator()(const WriteChangeLog&) const { return "change log"; }
  std::string operator()(const Notify&) const { return "notify"; }
  std::string operator()(const KeepEvidence&) const { return "evidence"; }
  static std::string slot(const EnvironmentName& environment, Slot which) {
    return fmt::format("slot {} {}", environment.text, to_text(which));
  }
};

bool raises(const Service& service, const Effect& effect) {
  const auto* share = std::get_if<SetShare>(&effect);
  if (share == nullptr) return false;
  const EnvironmentState& known = service.environment(share->environment);
  return share->baseline == known.baseline && share->share > known.share;
}

// One attempt at one effect: look first, act where the world is not yet as wanted, look again.
struct Try {
  const Ports& ports;
  const Service& service;
  const PendingEffect& pending;
  bool& begun;
  Tick now;

  EffectReport report(EffectProgress progress, std::string detail = {}) const {
    return {pending.id, progress, std::move(detail), std::nullopt};
  }
  EffectReport resisted(const Error& error) const {
    return report(EffectProgress::resisted, error.message);
  }

  EffectReport operator()(const StartSlot& e) const {
    const Wiring& wiring = ports.wiring(e.environment);
    const Release* release = service.release(e.release);
    SLUICE_ASSERT(release != nullptr);
    const Result<SlotState> state = wiring.deployer->observe(e.slot);
    if (!state) return resisted(state.error());
    // Once in each life of the engine it is asked for whatever is seen: that is idempotent, and it
    // gives a slot that had given up another chance.
    if (!begun || state->release != e.release) {
      const auto asked = wiring.deployer->start(e.slot, *release, pending.generation);
      if (!asked) return resisted(asked.error());
      begun = *asked == Asked::accepted;
      return report(EffectProgress::running, begun ? "" : "its artifacts are being checked");
    }
    if (state->gave_up) return report(EffectProgress::failed, state->detail);
    if (state->wanted == 0 || state->ready < state->wanted) {
      return report(EffectProgress::running,
                    fmt::format("{} of {} processes are ready", state->ready, state->wanted));
    }
    return seen_by_router(wiring, e.slot, state->wanted);
  }
  EffectReport seen_by_router(const Wiring& wiring, Slot slot, int wanted) const {
    const Result<RouterState> router = wiring.router->observe();
    if (!router) return resisted(router.error());
    const int live = router->live_servers[static_cast<std::size_t>(slot)];
    if (live >= wanted) return report(EffectProgress::observed);
    return report(EffectProgress::running,
                  fmt::format("the router sees {} of {} servers", live, wanted));
  }

  EffectReport operator()(const SetShare& e) const {
    Router& router = *ports.wiring(e.environment).router;
    const Routing wanted{e.baseline, e.share};
    const auto as_wanted = [&](const RouterState& state) {
      return state.routing == wanted && state.generation >= pending.generation &&
             state.unstored.empty();
    };
    if (begun) {
      const Result<RouterState> before = router.observe();
      if (before && as_wanted(*before)) return report(EffectProgress::observed);
    }
    begun = true;
    if (const auto applied = router.apply(wanted, pending.generation); !applied) {
      return resisted(applied.error());
    }
    const Result<RouterState> after = router.observe();
    if (!after) return resisted(after.error());
    if (as_wanted(*after)) return report(EffectProgress::observed);
    if (after->routing == wanted && !after->unstored.empty()) {
      return report(EffectProgress::resisted, after->unstored);
    }
    return report(EffectProgress::resisted, "the router took the share and shows another");
  }

  EffectReport operator()(const DrainSlot& e) const {
    const std::int64_t waited_ms = now - pending.since;
    const std::int64_t limit_ms =
        service.delivery ? service.delivery->plan.deadlines.drain_ms : Deadlines{}.drain_ms;
    if (waited_ms >= limit_ms) return report(EffectProgress::observed, "deadline passed");
    const Result<RouterState> router = ports.wiring(e.environment).router->observe();
    if (!router) return resisted(router.error());
    const std::int64_t in_flight = router->in_flight[static_cast<std::size_t>(e.slot)];
    if (in_flight == 0) return report(EffectProgress::observed);
    return report(EffectProgress::running, fmt::format("{} requests in flight", in_flight));
  }

  EffectReport operator()(const StopSlot& e) const {
    Deployer& deployer = *ports.wiring(e.environment).deployer;
    const Result<SlotState> state = deployer.observe(e.slot);
    if (!state) return resisted(state.error());
    if (state->wanted == 0 && state->running == 0) return report(EffectProgress::observed);
    if (state->wanted > 0) {
      if (const auto asked = deployer.stop(e.slot, pending.generation); !asked) {
        return resisted(asked.error());
      }
    }
    return report(EffectProgress::running, fmt::format("{} processes run", state->running));
  }

  EffectReport operator()(const RunSmoke& e) const {
    SmokeRunner& smoke = *ports.wiring(e.environment).smoke;
    if (!begun) smoke.begin(now);
    begun = true;
    EffectReport done = report(EffectProgress::running);
    if (auto finished = smoke.take(now)) {
      finished->environment = e.environment;
      done.progress = EffectProgress::observed;
      done.smoke = std::move(finished);
    }
    return done;
  }

  EffectReport operator()(const WriteChangeLog& e) const {
    if (const auto written = ports.change_log->write(e.line); !written) {
      return resisted(written.error());
    }
    return report(EffectProgress::observed);
  }

  EffectReport operator()(const KeepEvidence& e) const {
    const auto kept = ports.evidence->keep(e.statement);
    return kept ? report(EffectProgress::observed) : resisted(kept.error());
  }

  EffectReport operator()(const Notify& e) const {
    if (ports.notifier == nullptr) {
      return report(EffectProgress::observed, "nobody is configured to be called");
    }
    const Notice notice{service.name, e.delivery, e.subject, e.text, pending.since};
    const Result<bool> heard = ports.notifier->notify(pending.id, notice, now);
    if (heard && *heard) return report(EffectProgress::observed);
    if (now - pending.since >= kCallForMs) {
      return report(EffectProgress::observed, "given up: nobody could be called for an hour");
    }
    if (!heard) return resisted(heard.error());
    return report(EffectProgress::running);
  }
};

}  // namespace

std::int64_t backoff_ms(int failures) {
  return std::min<std::int64_t>(5'000, 100LL << std::clamp(failures - 1, 0, 6));
}

EffectReport EffectRunner::attempt(const Service& service, const PendingEffect& pending,
                                   Attempt& attempt, Tick now) {
  const Try once{ports_, service, pending, attempt.begun, now};
  const EnvironmentName* name = environment_of(pending.effect);
  EffectReport report =
      name == nullptr || ports_.find(*name) != nullptr
          ? std::visit(once, pending.effect)
          : once.report(EffectProgress::resisted, "sluice.yaml has no environment " + name->text +
                                                      " any more; put it back until this is done");
  if (report.progress == EffectProgress::resisted) {
    ++attempt.failures;
    attempt.next = now + backoff_ms(attempt.failures);
    attempt.resistance = report.detail;
  } else {
    attempt.failures = 0;
    attempt.next = now + kLookAgainMs;
    attempt.resistance.clear();
  }
  return report;
}

std::vector<EffectReport> EffectRunner::run(const Service& service, bool may_raise, Tick now) {
  std::erase_if(attempts_, [&](const auto& entry) {
    return std::ranges::find(service.pending, entry.first, &PendingEffect::id) ==
           service.pending.end();
  });
  std::vector<EffectReport> reports;
  std::set<std::string> busy;
  for (const PendingEffect& pending : service.pending) {
    if (!busy.insert(std::visit(Lane{}, pending.effect)).second) continue;
    if (!may_raise && raises(service, pending.effect)) continue;
    Attempt& one = attempts_[pending.id];
    if (now >= one.next) reports.push_back(attempt(service, pending, one, now));
  }
  return reports;
}

std::vector<std::string> EffectRunner::resisting(const Service& service) const {
  std::vector<std::string> lines;
  for (const PendingEffect& pending : service.pending) {
    const auto found = attempts_.find(pending.id);
    if (found == attempts_.end() || found->second.resistance.empty()) continue;
    lines.push_back(to_text(pending.effect) + ": " + found->second.resistance);
  }
  return lines;
}

}  // namespace sluice::engine
