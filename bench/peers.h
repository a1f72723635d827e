// Peers: other ways to decide, as pure functions of the counts of each second. The threshold rules
// of Flagger and Argo Rollouts are in sim/threshold_rules.h, Kayenta's in bench/kayenta.h.
#pragma once

#include <span>

#include "sim/threshold_rules.h"

namespace sluice::bench {

// What many scripts do: a one-sided z-test of two proportions on everything counted so far, looked
// at again and again, without any account of the looking.
struct ZTestRule {
  int every_s = 10;
  double z_line = 3.0902;  // p < 0.001; 1.6449: p < 0.05
};
[[nodiscard]] sim::RolledBack z_test(std::span<const sim::Second> seconds, const ZTestRule& rule);

// Lindon and Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022, in the form
// of the library assuncaolfi/savvi (multinomial.py), whose default concentration is 100: given that
// a request failed, in which arm? Its null is that both arms have the same rate; it knows no
// margin, and must be told the share.
struct MultinomialRule {
  double share = 0.05;
  double concentration = 100;  // times share: a whole number
  double alpha = 1e-3;
};
// ln of the evidence after so many errors.
[[nodiscard]] double ln_multinomial_evidence(std::int64_t canary_errors,
                                             std::int64_t baseline_errors,
                                             const MultinomialRule& rule);
[[nodiscard]] sim::RolledBack multinomial(std::span<const sim::Second> seconds,
                                          const MultinomialRule& rule);

}  // namespace sluice::bench
