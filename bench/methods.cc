#include "bench/methods.h"

#include <fmt/format.h>

#include "base/tick.h"
#include "bench/kayenta.h"
#include "bench/one_view.h"
#include "bench/peers.h"
#include "bench/scenarios.h"
#include "sim/rollout.h"

namespace sluice::bench {
namespace {

using sim::ArgoRule;
using sim::FlaggerRule;

std::string margin_text(double margin) { return fmt::format("δ={:g} %", 100 * margin); }

template <class Rule>
Method peer(std::string name, sim::RolledBack (*decide)(std::span<const sim::Second>, const Rule&),
            const Rule& rule) {
  return {std::move(name), 0,
          [decide, rule](const History& history) { return decide(history.seconds, rule); }};
}

}  // namespace

judge::Settings fast(double margin) {
  return {.margin = margin, .alpha = kAlpha, .planned_ms = kHorizonSeconds * kSecondMs};
}

History history_of(const sim::ServiceModel& service, std::uint64_t seed,
                   const std::function<double(int second)>& share, int warm_up_seconds) {
  History history;
  sim::World world(service, seed);
  for (int i = 0; i < warm_up_seconds; ++i) history.warm_up.push_back(world.tick(0, kSecondMs));
  history.rollout.reserve(kHorizonSeconds);
  history.seconds.reserve(kHorizonSeconds);
  for (int i = 0; i < kHorizonSeconds; ++i) {
    history.rollout.push_back(world.tick(share(i), kSecondMs));
    const sim::Counted& last = history.rollout.back();
    history.seconds.push_back(last.seen ? sim::second_of(last) : sim::Second{});
  }
  return history;
}

History history_of(const sim::ServiceModel& service, std::uint64_t seed) {
  return history_of(service, seed, [](int) { return kShare; });
}

sim::RolledBack sluice_decides(const judge::Settings& settings, const History& history) {
  judge::Judge judge(settings, {});
  for (const sim::Counted& tick : history.warm_up) {
    if (tick.seen) judge.add(sim::batch_of(tick));
  }
  int second = 0;
  for (const sim::Counted& tick : history.rollout) {
    ++second;
    if (!tick.seen) continue;
    judge.add(sim::batch_of(tick));
    if (judge.breached()) return second;
  }
  return std::nullopt;
}

std::vector<Method> sluice_methods(double margin) {
  const auto name = [margin](std::string_view track) {
    return fmt::format("Sluice {}, {}", track, margin_text(margin));
  };
  const judge::Settings settings = sim::told_apart(fast(margin));
  return {{name("fast"), margin,
           [margin](const History& history) { return sluice_decides(fast(margin), history); }},
          {name("robust"), margin,
           [settings](const History& history) { return robustly_decided(settings, history); }}};
}

std::vector<Method> peers() {
  return {
      peer("z p<.001 each 10 s", z_test, ZTestRule{}),
      peer("Flagger 60 s/5", sim::flagger, FlaggerRule{}),
      peer("Flagger 30 s/5", sim::flagger, FlaggerRule{.interval_s = 30}),
      peer("Argo 60 s/3 .95", sim::argo, ArgoRule{.success_min = 0.95}),
      peer("Argo 60 s/3 .99", sim::argo, ArgoRule{}),
      peer("Kayenta 10/20/30 min", kayenta, KayentaRule{}),
      peer("Lindon-Malek k=100", multinomial, MultinomialRule{}),
  };
}

std::vector<Method> more_peers() {
  return {
      peer("z p<.05 each 10 s", z_test, ZTestRule{.z_line = 1.6449}),
      peer("Flagger 60 s/10", sim::flagger, FlaggerRule{.threshold = 10}),
      peer("Flagger 10 s/3", sim::flagger, FlaggerRule{.interval_s = 10, .threshold = 3}),
      peer("Argo 5 min/3 .95", sim::argo, ArgoRule{.interval_s = 300, .success_min = 0.95}),
      peer("Argo 10 s/2 .99", sim::argo, ArgoRule{.interval_s = 10, .failure_limit = 2}),
      peer("Kayenta each 5 min", kayenta, KayentaRule{.interval_s = 300, .judgements = 12}),
  };
}

}  // namespace sluice::bench
