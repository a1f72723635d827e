// Kayenta's rule against the numeric cases of its own tests: ../shared/corpus/kayenta, ORIGINS.md.
#include "bench/kayenta.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include <doctest/doctest.h>

#include "codec/json.h"

namespace sluice::bench {
namespace {

using codec::Json;
namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(SLUICE_SOURCE_DIR) / ".." / "shared" / "corpus" / "kayenta";

// The cases of the kinds named, of all files; empty where the corpus is absent, said aloud.
std::vector<Json> cases_of(const std::set<std::string>& kinds) {
  std::vector<Json> found;
  if (!fs::exists(kCorpus / "ORIGINS.md")) {
    MESSAGE("the corpus is absent: nothing was checked, there is no " << kCorpus.string());
    return found;
  }
  for (const auto& entry : fs::directory_iterator(kCorpus)) {
    if (!entry.path().filename().string().ends_with("-vectors.json")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const auto json = codec::parse_json(std::string{std::istreambuf_iterator<char>(file), {}});
    REQUIRE_MESSAGE(json, entry.path().string());
    for (const Json& one : *json->find("cases")->array()) {
      if (kinds.contains(one.string_or("kind", ""))) found.push_back(one);
    }
  }
  CHECK_FALSE(found.empty());
  return found;
}

double number(const Json* json, double otherwise = std::numeric_limits<double>::quiet_NaN()) {
  return json == nullptr ? otherwise : json->number_or(otherwise);
}

double number(const Json& one, std::string_view group, std::string_view name) {
  const Json* inner = one.find(group);
  return inner == nullptr ? number(nullptr) : number(inner->find(name));
}

Sample sample(const Json& one, std::string_view name) {
  Sample out;
  for (const Json& value : *one.find(name)->array()) out.push_back(number(&value));
  return out;
}

void check_near(double seen, double expected, double tolerance) {
  CAPTURE(seen);
  CAPTURE(expected);
  CHECK(std::fabs(seen - expected) <= tolerance);
}

void pair_of(const Json* json, double& low, double& high) {
  if (json == nullptr) return;
  low = number(&json->array()->at(0));
  high = number(&json->array()->at(1));
}

ClassifierRule rule_of(const Json& params) {
  ClassifierRule rule;
  rule.tolerance = number(params.find("tolerance"), 0.25);
  rule.confidence = number(params.find("confLevel"), 0.95);
  pair_of(params.find("effectSizeThresholds"), rule.effect_low, rule.effect_high);
  pair_of(params.find("criticalThresholds"), rule.critical_low, rule.critical_high);
  if (params.string_or("effectSizeMeasure", "") == "cles") rule.effect = Effect::cles;
  const std::string direction = params.string_or("direction", "either");
  if (direction == "increase") rule.direction = Direction::increase;
  if (direction == "decrease") rule.direction = Direction::decrease;
  rule.replace_nan = params.string_or("nanStrategy", "remove") == "replace";
  rule.critical = params.boolean_or("critical", false);
  rule.must_have_data = params.boolean_or("mustHaveData", false);
  return rule;
}

std::string text_of(Label label) {
  switch (label) {
    case Label::pass: return "Pass";
    case Label::high: return "High";
    case Label::low: return "Low";
    case Label::nodata: return "Nodata";
    case Label::nodata_fail: return "NodataFailMetric";
  }
  return "";
}

Label label_of(std::string_view text) {
  for (const Label label : {Label::pass, Label::high, Label::low, Label::nodata}) {
    if (text_of(label) == text) return label;
  }
  return Label::nodata_fail;
}

TEST_CASE("kayenta corpus: the standardised rank sum") {
  for (const Json& one : cases_of({"wilcoxonDiff"})) {
    INFO(one.string_or("case", ""));
    const double seen =
        wilcoxon_difference(number(one, "params", "mu"), number(one, "params", "zq"),
                            sample(one, "x"), sample(one, "y"));
    check_near(seen, number(one, "expected", "value"), number(one.find("tolerance"), 1e-6));
  }
}

TEST_CASE("kayenta corpus: interval and estimate of the location shift, tied out with R") {
  for (const Json& one : cases_of({"mannWhitneyUTest"})) {
    INFO(one.string_or("case", ""));
    const LocationShift seen = location_shift(sample(one, "experiment"), sample(one, "control"),
                                              number(one, "params", "confidenceLevel"));
    check_near(seen.low, number(one, "expected", "ciLow"), number(one, "tolerance", "ciLow"));
    check_near(seen.high, number(one, "expected", "ciHigh"), number(one, "tolerance", "ciHigh"));
    check_near(seen.estimate, number(one, "expected", "estimate"),
               number(one, "tolerance", "estimate"));
  }
}

TEST_CASE("kayenta corpus: classification by the Mann-Whitney rule") {
  for (const Json& one : cases_of({"classify"})) {
    INFO(one.string_or("case", ""));
    if (one.string_or("classifier", "") != "MannWhitneyClassifier") {
      MESSAGE("not ported: " << one.string_or("classifier", ""));
      continue;
    }
    const Classification seen =
        classify(sample(one, "control"), sample(one, "experiment"), rule_of(*one.find("params")));
    const Json& expected = *one.find("expected");
    CHECK(text_of(seen.label) == expected.string_or("classification", ""));
    if (expected.find("critical") != nullptr) {
      CHECK(seen.critical == expected.boolean_or("critical", false));
    }
  }
}

TEST_CASE("kayenta corpus: the weighted score") {
  for (const Json& one : cases_of({"weightedSumScore"})) {
    INFO(one.string_or("case", ""));
    std::vector<ScoredMetric> metrics;
    for (const Json& metric : *one.find("metrics")->array()) {
      metrics.push_back({metric.string_or("group", ""),
                         {label_of(metric.string_or("classification", "")),
                          metric.boolean_or("critical", false)}});
    }
    std::vector<GroupWeight> weights;
    for (const auto& [name, weight] : *one.find("groupWeights")->object()) {
      weights.push_back({name, number(&weight)});
    }
    check_near(score(metrics, weights), number(one, "expected", "summaryScore"), 1e-6);
  }
}

TEST_CASE("kayenta corpus: effect sizes and percentiles") {
  for (const Json& one : cases_of({"effectSize", "percentile"})) {
    INFO(one.string_or("case", ""));
    double seen = 0;
    if (one.string_or("kind", "") == "percentile") {
      seen = percentile(sample(one, "data"), number(one, "params", "p"));
    } else {
      const std::string measure = one.string_or("measure", "");
      const auto effect = measure == "cles"     ? common_language_effect
                          : measure == "cohenD" ? cohen_d
                                                : mean_ratio;
      seen = effect(sample(one, "control"), sample(one, "experiment"));
    }
    check_near(seen, number(one, "expected", "value"), number(one.find("tolerance"), 1e-6));
  }
}

TEST_CASE("kayenta corpus: outliers") {
  for (const Json& one : cases_of({"outliers"})) {
    INFO(one.string_or("case", ""));
    const Sample data = sample(one, "data");
    const std::vector<bool> seen =
        one.string_or("detector", "") == "KSigma"
            ? outliers_by_deviation(data, number(one, "params", "k"))
            : outliers_by_quartiles(data, number(one, "params", "factor"));
    std::vector<bool> expected;
    for (const Json& value : *one.find("expected")->array()) expected.push_back(*value.boolean());
    CHECK(seen == expected);
  }
}

TEST_CASE("kayenta: what is not in the corpus: missing data, noise, critical metrics") {
  CHECK(classify({}, {1, 2}, {}).label == Label::nodata);
  CHECK(classify({}, {1, 2}, {.replace_nan = true}).label == Label::pass);
  CHECK(classify({}, {1, 2}, {.must_have_data = true}).label == Label::nodata_fail);
  CHECK(classify({5, 5, 5, 5, 5, 5}, {5, 5, 5, 5, 5, 5}, {}).label == Label::pass);
  CHECK(classify({5, 5, 5, 5, 5, 5}, {9, 9, 9, 9, 9, 9}, {}).label == Label::high);
  CHECK(score({{"a", {Label::nodata, false}}, {"a", {Label::pass, false}}}, {}) == 0);
  // A metric whose values are below the tolerance of 1e-4 cannot be resolved.
  const LocationShift tiny =
      location_shift({2e-5, 3e-5, 4e-5, 5e-5}, {1e-6, 2e-6, 3e-6, 4e-6}, 0.5);
  CHECK(std::fabs(tiny.estimate) <= 1e-4);
}

}  // namespace
}  // namespace sluice::bench
