// Kayenta's rule against the numeric cases of its own tests: ../shared/corpus/kayenta, ORIGINS.md.
// `SLUICE_CORPUS=FOLDER bench_test` reads FOLDER/kayenta instead. A kind, field or word of a case
// that is not known here fails the test: what is not compared must not look as if it agreed.
#include "bench/kayenta.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "codec/json.h"

namespace sluice::bench {
namespace {

using codec::Json;
using Words = std::set<std::string>;
namespace fs = std::filesystem;

// What every case may say about itself.
const Words kAboutCase = {"case", "kind", "origin", "tolerance", "licence", "note", "why"};

fs::path corpus() {
  if (const char* named = std::getenv("SLUICE_CORPUS")) return fs::path(named) / "kayenta";
  return fs::path(SLUICE_SOURCE_DIR) / ".." / "shared" / "corpus" / "kayenta";
}

// Every case of every file; empty where the corpus is absent, said aloud.
std::vector<Json> all_cases() {
  std::vector<Json> found;
  if (!fs::exists(corpus())) {
    MESSAGE("the corpus is absent: nothing was checked, there is no " << corpus().string());
    return found;
  }
  for (const auto& entry : fs::directory_iterator(corpus())) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const auto json = codec::parse_json(std::string{std::istreambuf_iterator<char>(file), {}});
    REQUIRE_MESSAGE(json, entry.path().string());
    const Json* cases = json->find("cases");
    REQUIRE_MESSAGE((cases != nullptr && cases->array() != nullptr), entry.path().string());
    for (const Json& one : *cases->array()) found.push_back(one);
  }
  CHECK_FALSE(found.empty());
  return found;
}

// JSON has no word for what is not a number; the cases write it as text.
double number(const Json& json) {
  if (const std::string* text = json.string()) {
    if (*text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  } else if (json.integer() != nullptr || json.real() != nullptr) {
    return json.number_or(0);
  }
  FAIL_CHECK("not a number: " << json.dump());
  return std::numeric_limits<double>::quiet_NaN();
}

double number(const Json* json, double otherwise) { return json ? number(*json) : otherwise; }

double number(const Json& one, std::string_view name) {
  const Json* found = one.find(name);
  REQUIRE_MESSAGE(found != nullptr, "no `" << std::string(name) << "`");
  return number(*found);
}

Sample sample(const Json& one, std::string_view name) {
  const Json* found = one.find(name);
  REQUIRE_MESSAGE((found != nullptr && found->array() != nullptr),
                  "no list `" << std::string(name) << "`");
  Sample out;
  for (const Json& value : *found->array()) out.push_back(number(value));
  return out;
}

const Json& part(const Json& one, std::string_view name) {
  static const Json kNothing = Json::Object{};
  const Json* found = one.find(name);
  return found == nullptr ? kNothing : *found;
}

void check_known(const Json& object, const Words& known, const Words& also = {}) {
  REQUIRE_MESSAGE(object.object() != nullptr, object.dump());
  for (const auto& [name, value] : *object.object()) {
    CHECK_MESSAGE((known.contains(name) || also.contains(name)),
                  "not understood: `" << name << "`");
  }
}

void check_near(double seen, double expected, double tolerance) {
  CAPTURE(seen);
  CAPTURE(expected);
  if (std::isnan(expected)) {
    CHECK(std::isnan(seen));
  } else {
    CHECK(std::fabs(seen - expected) <= tolerance);
  }
}

// One tolerance for all numbers of a case, or one for each.
double tolerance_of(const Json& one, std::string_view name) {
  const Json* all = one.find("tolerance");
  if (all != nullptr && all->object() != nullptr) all = all->find(name);
  return number(all, 1e-6);
}

void pair_of(const Json* json, double& low, double& high) {
  if (json == nullptr) return;
  REQUIRE((json->array() != nullptr && json->array()->size() == 2));
  low = number(json->array()->at(0));
  high = number(json->array()->at(1));
}

template <typename Value>
Value word_of(const Json& params, std::string_view name, std::string_view otherwise,
              const std::map<std::string, Value>& words) {
  const std::string word = params.string_or(name, otherwise);
  REQUIRE_MESSAGE(words.contains(word),
                  "not understood: " << std::string(name) << " `" << word << "`");
  return words.at(word);
}

ClassifierRule rule_of(const Json& params) {
  check_known(params,
              {"tolerance", "confLevel", "effectSizeThresholds", "criticalThresholds",
               "effectSizeMeasure", "direction", "nanStrategy", "critical", "mustHaveData"});
  ClassifierRule rule;
  rule.tolerance = number(params.find("tolerance"), 0.25);
  rule.confidence = number(params.find("confLevel"), 0.95);
  pair_of(params.find("effectSizeThresholds"), rule.effect_low, rule.effect_high);
  pair_of(params.find("criticalThresholds"), rule.critical_low, rule.critical_high);
  rule.effect = word_of<Effect>(params, "effectSizeMeasure", "meanRatio",
                                {{"meanRatio", Effect::mean_ratio}, {"cles", Effect::cles}});
  rule.direction = word_of<Direction>(params, "direction", "either",
                                      {{"increase", Direction::increase},
                                       {"decrease", Direction::decrease},
                                       {"either", Direction::either}});
  rule.replace_nan =
      word_of<bool>(params, "nanStrategy", "remove", {{"remove", false}, {"replace", true}});
  rule.critical = params.boolean_or("critical", false);
  rule.must_have_data = params.boolean_or("mustHaveData", false);
  return rule;
}

Label label_of(const Json& one) {
  return word_of<Label>(one, "classification", "",
                        {{"Pass", Label::pass},
                         {"High", Label::high},
                         {"Low", Label::low},
                         {"Nodata", Label::nodata},
                         {"NodataFailMetric", Label::nodata_fail},
                         {"Error", Label::error}});
}

void check_rank_sum(const Json& one) {
  check_known(one, kAboutCase, {"x", "y", "params", "expected"});
  check_known(part(one, "params"), {"mu", "zq"});
  check_known(part(one, "expected"), {"value"});
  const double seen =
      wilcoxon_difference(number(part(one, "params"), "mu"), number(part(one, "params"), "zq"),
                          sample(one, "x"), sample(one, "y"));
  check_near(seen, number(part(one, "expected"), "value"), tolerance_of(one, "value"));
}

void check_location_shift(const Json& one) {
  check_known(one, kAboutCase, {"experiment", "control", "params", "expected"});
  check_known(part(one, "params"), {"confidenceLevel", "mu"});
  check_known(part(one, "expected"), {"ciLow", "ciHigh", "estimate"});
  CHECK(number(part(one, "params").find("mu"), 0) == 0);  // Kayenta never looks at it
  const LocationShift seen = location_shift(sample(one, "experiment"), sample(one, "control"),
                                            number(part(one, "params"), "confidenceLevel"));
  const std::map<std::string, double> numbers = {
      {"ciLow", seen.low}, {"ciHigh", seen.high}, {"estimate", seen.estimate}};
  for (const auto& [name, expected] : *part(one, "expected").object()) {
    check_near(numbers.at(name), number(expected), tolerance_of(one, name));
  }
}

void check_classification(const Json& one) {
  check_known(one, kAboutCase, {"classifier", "control", "experiment", "params", "expected"});
  const auto by = word_of<decltype(&classify)>(
      one, "classifier", "",
      {{"MannWhitneyClassifier", &classify}, {"MeanInequalityClassifier", &classify_by_means}});
  const Classification seen =
      by(sample(one, "control"), sample(one, "experiment"), rule_of(part(one, "params")));
  const Json& expected = part(one, "expected");
  check_known(expected, {"classification", "critical", "deviation"});
  if (expected.find("classification") != nullptr) CHECK(seen.label == label_of(expected));
  if (const Json* critical = expected.find("critical")) {
    REQUIRE(critical->boolean() != nullptr);
    CHECK(seen.critical == *critical->boolean());
  }
  if (const Json* deviation = expected.find("deviation")) {
    check_near(seen.deviation, number(*deviation), tolerance_of(one, "deviation"));
  }
}

ScoredMetric scored(const Json& metric) {
  check_known(metric, {"name", "classification", "group", "groups", "critical"});
  ScoredMetric out{.classification = {label_of(metric), metric.boolean_or("critical", false)}};
  if (const Json* group = metric.find("group")) out.groups.push_back(*group->string());
  if (const Json* groups = metric.find("groups")) {
    for (const Json& group : *groups->array()) out.groups.push_back(*group.string());
  }
  return out;
}

void check_score(const Json& one) {
  check_known(one, kAboutCase, {"groupWeights", "metrics", "expected"});
  std::vector<ScoredMetric> metrics;
  for (const Json& metric : *part(one, "metrics").array()) metrics.push_back(scored(metric));
  std::vector<GroupWeight> weights;
  for (const auto& [name, weight] : *part(one, "groupWeights").object()) {
    weights.push_back({name, number(weight)});
  }
  const Score seen = score(metrics, weights);
  const Json& expected = part(one, "expected");
  check_known(expected, {"summaryScore", "groupScores"});
  check_near(seen.summary, number(expected, "summaryScore"), tolerance_of(one, "summaryScore"));
  if (expected.find("groupScores") == nullptr) return;
  const Json::Object& groups = *part(expected, "groupScores").object();
  CHECK(seen.groups.size() == groups.size());
  for (const auto& [name, value] : groups) {
    REQUIRE(seen.groups.contains(name));
    check_near(seen.groups.at(name), number(value), tolerance_of(one, "groupScores"));
  }
}

void check_effect(const Json& one) {
  check_known(one, kAboutCase, {"measure", "control", "experiment", "expected"});
  check_known(part(one, "expected"), {"value"});
  const auto effect = word_of<decltype(&mean_ratio)>(
      one, "measure", "",
      {{"meanRatio", &mean_ratio}, {"cohenD", &cohen_d}, {"cles", &common_language_effect}});
  check_near(effect(sample(one, "control"), sample(one, "experiment")),
             number(part(one, "expected"), "value"), tolerance_of(one, "value"));
}

void check_percentile(const Json& one) {
  check_known(one, kAboutCase, {"data", "params", "expected"});
  check_known(part(one, "params"), {"p"});
  check_known(part(one, "expected"), {"value"});
  check_near(percentile(sample(one, "data"), number(part(one, "params"), "p")),
             number(part(one, "expected"), "value"), tolerance_of(one, "value"));
}

void check_summary(const Json& one) {
  check_known(one, kAboutCase, {"data", "expected"});
  const Summary seen = summary(sample(one, "data"));
  const std::map<std::string, double> numbers = {{"min", seen.min},
                                                 {"max", seen.max},
                                                 {"mean", seen.mean},
                                                 {"std", seen.deviation},
                                                 {"count", seen.count}};
  for (const auto& [name, expected] : *part(one, "expected").object()) {
    REQUIRE_MESSAGE(numbers.contains(name), "not understood: `" << name << "`");
    check_near(numbers.at(name), number(expected), tolerance_of(one, name));
  }
}

std::vector<bool> outliers_of(const Json& one, const Sample& data) {
  const Json& params = part(one, "params");
  if (word_of<bool>(one, "detector", "", {{"KSigma", true}, {"IQR", false}})) {
    check_known(params, {"k"});
    return outliers_by_deviation(data, number(params.find("k"), 3));
  }
  check_known(params, {"factor", "reduceSensitivity"});
  return outliers_by_quartiles(data, number(params.find("factor"), 1.5),
                               params.boolean_or("reduceSensitivity", false));
}

void check_outliers(const Json& one) {
  check_known(one, kAboutCase, {"detector", "params", "data", "expected"});
  std::vector<bool> expected;
  for (const Json& value : *part(one, "expected").array()) expected.push_back(*value.boolean());
  CHECK(outliers_of(one, sample(one, "data")) == expected);
}

void check_without_outliers(const Json& one) {
  check_known(one, kAboutCase, {"detector", "params", "data", "expected"});
  const Sample data = sample(one, "data");
  const std::vector<bool> outliers = outliers_of(one, data);
  Sample kept;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!outliers[i]) kept.push_back(data[i]);
  }
  CHECK(kept == sample(one, "expected"));
}

void check_without_nan(const Json& one) {
  check_known(one, kAboutCase, {"data", "expected"});
  CHECK(without_nan(sample(one, "data")) == sample(one, "expected"));
}

void check_nan_replaced(const Json& one) {
  check_known(one, kAboutCase, {"data", "params", "expected"});
  check_known(part(one, "params"), {"value"});
  const double by = number(part(one, "params").find("value"), 0);
  CHECK(with_nan_replaced(sample(one, "data"), by) == sample(one, "expected"));
}

// By kind.
const std::map<std::string, std::function<void(const Json&)>> kChecks = {
    {"wilcoxonDiff", check_rank_sum},
    {"mannWhitneyUTest", check_location_shift},
    {"classify", check_classification},
    {"weightedSumScore", check_score},
    {"effectSize", check_effect},
    {"percentile", check_percentile},
    {"summary", check_summary},
    {"outliers", check_outliers},
    {"removeOutliers", check_without_outliers},
    {"removeNaN", check_without_nan},
    {"replaceNaN", check_nan_replaced}};

TEST_CASE("kayenta corpus: every case of its own tests") {
  std::map<std::string, int> counts;
  for (const Json& one : all_cases()) {
    INFO(one.string_or("case", ""));
    const std::string kind = one.string_or("kind", "");
    const auto check = kChecks.find(kind);
    if (check == kChecks.end()) {
      FAIL_CHECK("not understood: kind `" << kind << "`");
      continue;
    }
    check->second(one);
    ++counts[kind];
  }
  for (const auto& [kind, count] : counts) MESSAGE(count << " of " << kind);
}

// Facts of Kayenta's own suites that the corpus does not hold.
TEST_CASE("kayenta: classification of constants, zeros, missing data and critical metrics") {
  const ClassifierRule either{.tolerance = 0.1, .confidence = 0.95};
  const Sample ones(5, 1);
  const Sample tens(5, 10);
  const Sample zeros(5, 0);
  const Sample rising = {1, 2, 3, 4, 5};
  CHECK(classify(ones, tens, either).label == Label::high);
  CHECK(classify(zeros, tens, either).label == Label::high);
  CHECK(classify({1, 1}, {1, 1, 1}, either).label == Label::pass);
  CHECK(classify(ones, {0, 1, 1, 1, 1}, either).label == Label::pass);
  CHECK(classify({54.9, 54.5, 55.1, 55.6, 57.4}, zeros, either).label == Label::low);
  CHECK(classify(rising, {}, either).label == Label::nodata);
  CHECK(classify(rising, {}, {.replace_nan = true}).label == Label::pass);
  CHECK(classify(rising, {}, {.must_have_data = true}).label == Label::nodata_fail);
  const Classification both = classify(rising, {}, {.critical = true, .must_have_data = true});
  CHECK(both.label == Label::nodata);
  CHECK(both.critical);

  ClassifierRule critical = either;
  critical.critical = true;
  critical.critical_low = 1.2;
  const Classification low = classify({10, 20.2, 10.1, 20.5, 30}, {2, 2, 2, 2, 3}, critical);
  CHECK(low.label == Label::low);
  CHECK(low.critical);
}

TEST_CASE("kayenta: what is not a number is removed or replaced before samples are compared") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Sample rising = {1, 2, 3, 4, 5};
  CHECK(classify(rising, {nan, 3, 1, nan, 5, 4, 2}, {}).label == Label::pass);
  CHECK(classify(rising, {nan, nan}, {}).label == Label::nodata);
  CHECK(classify({0, 0, 0, 0, 0}, {nan, nan, nan, nan, nan}, {.replace_nan = true}).label ==
        Label::pass);
  CHECK(classify({9, 9, 9, 9, 8}, {nan, nan, nan, nan, nan}, {.replace_nan = true}).label ==
        Label::low);
}

TEST_CASE("kayenta: the mean alone, where it is greater, less, or the same") {
  const Sample rising = {1, 2, 3, 4, 5};
  const Sample tenfold = {10, 20, 30, 40, 50};
  CHECK(classify_by_means(rising, tenfold, {}).label == Label::high);
  CHECK(classify_by_means(tenfold, rising, {}).label == Label::low);
  CHECK(classify_by_means(tenfold, rising, {.direction = Direction::increase}).label ==
        Label::pass);
  CHECK(classify_by_means(rising, {}, {}).label == Label::nodata);
}

TEST_CASE("kayenta: a score has two decimals; weights are not made to add up to 100") {
  const auto metric = [](std::string group, Label label, bool critical = false) {
    return ScoredMetric{{std::move(group)}, {label, critical}};
  };
  const ScoredMetric good = metric("a", Label::pass);
  CHECK(score({good, metric("a", Label::high), metric("a", Label::low)}, {}).summary == 33.33);
  CHECK(score({good}, {{"a", 60}, {"absent", 40}}).summary == 60);
  CHECK(score({good, good, metric("empty", Label::nodata)}, {{"a", 30}}).summary == 100);
  CHECK(score({good, metric("a", Label::nodata)}, {}).summary == 0);  // half without data
  CHECK(score({good, good, metric("a", Label::nodata, true)}, {}).summary == 0);
  CHECK(score({{{"a", "b"}, {Label::pass}}, metric("b", Label::high)}, {}).summary == 75);
  CHECK(score({}, {}).summary == 0);
}

TEST_CASE("kayenta: outliers of the population, of quartiles less sensitively, and of nothing") {
  Sample few_high(200, 1);
  std::fill_n(few_high.begin(), 4, 20);
  const std::vector<bool> none(few_high.size(), false);
  CHECK(outliers_by_quartiles(few_high, 3, false) != none);
  CHECK(outliers_by_quartiles(few_high, 3, true) == none);
  CHECK(outliers_by_quartiles({}, 1.5, true).empty());
  CHECK(outliers_by_deviation({}, 3).empty());
  // 2.0 deviations of the population away, 1.8 of a sample.
  CHECK(outliers_by_deviation({0, 0, 0, 0, 10}, 1.9) == std::vector<bool>{0, 0, 0, 0, 1});
}

TEST_CASE("kayenta: a metric whose values are below the tolerance of 1e-4 cannot be resolved") {
  const LocationShift tiny =
      location_shift({2e-5, 3e-5, 4e-5, 5e-5}, {1e-6, 2e-6, 3e-6, 4e-6}, 0.5);
  CHECK(std::fabs(tiny.estimate) <= 1e-4);
}

}  // namespace
}  // namespace sluice::bench
