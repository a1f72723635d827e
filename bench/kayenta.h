// Kayenta: the rule of NetflixACAJudge-v1.0 as pure functions, for comparison.
//
// Read from spinnaker/kayenta at commit a69573be: kayenta-mannwhitney/.../MannWhitney.scala,
// kayenta-judge/.../classifiers/metric/MannWhitneyClassifier.scala, MeanInequalityClassifier.scala,
// preprocessing/Transforms.scala, stats/EffectSizes.scala, stats/DescriptiveStatistics.scala,
// detectors/IQRDetector.scala, detectors/KSigmaDetector.scala, scorers/WeightedSumScorer.scala;
// statistics notes 1.1. Checked against the numeric cases of Kayenta's own tests (kayenta_test.cc).
// One thing differs: where both samples are constant Kayenta adds Gaussian noise of sd 1e-5 of the
// value; here it is a ramp of that height, so that the same data give the same answer.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/threshold_rules.h"

namespace sluice::bench {

using Sample = std::vector<double>;

// The standardised rank sum of x - mu against y, with correction for ties and continuity, minus a
// quantile. Falls with mu. Not a number where all values are tied.
[[nodiscard]] double wilcoxon_difference(double mu, double quantile, const Sample& x,
                                         const Sample& y);

struct LocationShift {
  double low = 0;
  double high = 0;
  double estimate = 0;  // Hodges-Lehmann
};

// Of experiment minus control; end points to an absolute tolerance of 1e-4, as there.
[[nodiscard]] LocationShift location_shift(const Sample& experiment, const Sample& control,
                                           double confidence);

[[nodiscard]] double mean_ratio(const Sample& control, const Sample& experiment);
[[nodiscard]] double cohen_d(const Sample& control, const Sample& experiment);
// Part of all pairs in which the experiment's value is above the control's; ties count half.
[[nodiscard]] double common_language_effect(const Sample& control, const Sample& experiment);

struct Summary {
  double min = 0;
  double max = 0;
  double mean = 0;
  double deviation = 0;  // standard, of a sample; 0 of one value
  double count = 0;
};
[[nodiscard]] Summary summary(const Sample& values);  // all 0 without values
// Linear interpolation; not a number without values.
[[nodiscard]] double percentile(Sample values, double p);

[[nodiscard]] Sample without_nan(const Sample& values);
[[nodiscard]] Sample with_nan_replaced(Sample values, double by);
// Beyond a factor of the distance between the quartiles; less sensitive: and beyond the 1st or 99th
// percentile.
[[nodiscard]] std::vector<bool> outliers_by_quartiles(const Sample& values, double factor,
                                                      bool less_sensitive);
// Further from the mean than so many standard deviations of the population.
[[nodiscard]] std::vector<bool> outliers_by_deviation(const Sample& values, double deviations);

enum class Direction { increase, decrease, either };
enum class Label { pass, high, low, nodata, nodata_fail, error };
enum class Effect { mean_ratio, cles };

struct ClassifierRule {
  double tolerance = 0.25;
  double confidence = 0.98;
  double effect_low = 1;  // "low" needs an effect of at most this, "high" of at least the other
  double effect_high = 1;
  double critical_low = 1;
  double critical_high = 1;
  Effect effect = Effect::mean_ratio;
  Direction direction = Direction::either;
  bool replace_nan = false;
  bool critical = false;
  bool must_have_data = false;
};

struct Classification {
  Label label = Label::pass;
  bool critical = false;
  double deviation = 1;  // the effect; not a number where a mean is 0
};

// What is not a number is removed or replaced by 0 first, as the rule says.
[[nodiscard]] Classification classify(const Sample& control, const Sample& experiment,
                                      const ClassifierRule& rule);
// The other classifier that Kayenta has, "primarily for benchmarking": which mean is greater.
[[nodiscard]] Classification classify_by_means(const Sample& control, const Sample& experiment,
                                               const ClassifierRule& rule);

struct ScoredMetric {
  std::vector<std::string> groups;
  Classification classification;
};
struct GroupWeight {
  std::string group;
  double weight = 0;
};
struct Score {
  double summary = 0;  // 0 to 100, to two decimals
  std::map<std::string, double> groups;
};
// Groups without a weight share what is left of 100; a group without data shows 0 and counts as
// 100. Weights that do not add up to 100 are taken as they are.
[[nodiscard]] Score score(const std::vector<ScoredMetric>& metrics,
                          const std::vector<GroupWeight>& weights);

// The error rate in per cent, one value a minute from the start, judged at the end of each interval
// until the last; a judgement that fails ends the canary.
struct KayentaRule {
  int interval_s = 600;
  int judgements = 3;
  ClassifierRule metric{.direction = Direction::increase};
};
[[nodiscard]] sim::RolledBack kayenta(std::span<const sim::Second> seconds,
                                      const KayentaRule& rule);

}  // namespace sluice::bench
