#include "bench/kayenta.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>

namespace sluice::bench {
namespace {

constexpr double kRootTolerance = 1e-4;
constexpr int kRootSteps = 1'000;
constexpr double kNoise = 1e-5;
constexpr double kNodataMost = 0.5;

double mean(const Sample& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance(const Sample& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum / static_cast<double>(values.size() - 1);
}

double normal_distribution(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

// By bisection: it is asked for once per confidence.
double normal_quantile(double p) {
  double low = -40;
  double high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (normal_distribution(middle) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

// An end of the interval in which a root is sought.
struct Point {
  double at = 0;
  double value = 0;
};

// How far Brent's method goes from b towards the root: the interpolated step where it stays well
// inside, else half of what is left.
// `last` is how far the step before it went.
double step(const Point& a, const Point& b, const Point& c, double last, double tolerance) {
  const double half = (c.at - b.at) / 2;
  if (std::fabs(last) < tolerance || std::fabs(a.value) <= std::fabs(b.value)) return half;
  const double whole = c.at - b.at;
  double p = 0;
  double q = 0;
  if (a.at == c.at) {
    const double ratio = b.value / a.value;
    p = whole * ratio;
    q = 1 - ratio;
  } else {
    const double ac = a.value / c.value;
    const double bc = b.value / c.value;
    const double ba = b.value / a.value;
    p = ba * (whole * ac * (ac - bc) - (b.at - a.at) * (bc - 1));
    q = (ac - 1) * (bc - 1) * (ba - 1);
  }
  if (p > 0) {
    q = -q;
  } else {
    p = -p;
  }
  const bool inside = p < 0.75 * whole * q - std::fabs(tolerance * q) / 2;
  return inside && p < std::fabs(last * q / 2) ? p / q : half;
}

// Brent 1973, chapter 4, in the variant of R's uniroot, which decides which of the many points next
// to a jump is returned.
double root(Point a, Point b, const std::function<double(double)>& f) {
  if (a.value == 0) return a.at;
  if (b.value == 0) return b.at;
  Point c = a;
  for (int i = 0; i <= kRootSteps; ++i) {
    const double last = b.at - a.at;
    if (std::fabs(c.value) < std::fabs(b.value)) {
      a = b;
      b = c;
      c = a;
    }
    const double tolerance =
        2 * std::numeric_limits<double>::epsilon() * std::fabs(b.at) + kRootTolerance / 2;
    if (std::fabs(c.at - b.at) / 2 <= tolerance || b.value == 0) return b.at;
    double forward = step(a, b, c, last, tolerance);
    if (std::fabs(forward) < tolerance) forward = forward > 0 ? tolerance : -tolerance;
    a = b;
    b.at += forward;
    b.value = f(b.at);
    if ((b.value > 0 && c.value > 0) || (b.value < 0 && c.value < 0)) c = a;
  }
  return b.at;
}

bool constant(const Sample& values) {
  return std::ranges::all_of(values, [&](double value) { return value == values.front(); });
}

Sample with_noise(Sample values) {
  const double height = kNoise * values.front();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] += height * (static_cast<double>(i) / static_cast<double>(values.size()) - 0.5);
  }
  return values;
}

bool looks(Direction wanted, Direction at) { return wanted == at || wanted == Direction::either; }

double effect_of(const Sample& control, const Sample& experiment, Effect effect) {
  switch (effect) {
    case Effect::mean_ratio: return mean_ratio(control, experiment);
    case Effect::cles: return common_language_effect(control, experiment);
  }
  return 1;
}

Classification compare(const Sample& control, const Sample& experiment,
                       const ClassifierRule& rule) {
  const LocationShift shift = location_shift(experiment, control, rule.confidence);
  const double line = rule.tolerance * std::fabs(shift.estimate);
  const double effect = effect_of(control, experiment, rule.effect);
  const bool unknown = std::isnan(effect);  // a mean of 0: the size is not looked at
  Classification out{.deviation = effect};
  if (looks(rule.direction, Direction::increase) && shift.low > line &&
      (unknown || effect >= rule.effect_high)) {
    out.label = Label::high;
    out.critical = rule.critical && (unknown || effect >= rule.critical_high);
  } else if (looks(rule.direction, Direction::decrease) && shift.high < -line &&
             (unknown || effect <= rule.effect_low)) {
    out.label = Label::low;
    out.critical = rule.critical && (unknown || effect <= rule.critical_low);
  }
  return out;
}

// What both classifiers say where a side is empty.
Classification without_data(const ClassifierRule& rule) {
  if (rule.replace_nan) return {};
  if (rule.must_have_data && !rule.critical) return {.label = Label::nodata_fail};
  return {.label = Label::nodata, .critical = rule.critical};
}

Sample prepared(const Sample& values, const ClassifierRule& rule) {
  return rule.replace_nan ? with_nan_replaced(values, 0) : without_nan(values);
}

// The metrics of a group, by what became of them.
struct Group {
  double passed = 0;
  double judged = 0;

  [[nodiscard]] double shown() const { return judged == 0 ? 0 : 100 * passed / judged; }
  [[nodiscard]] double counted() const { return judged == 0 ? 100 : shown(); }
};

std::map<std::string, Group> groups_of(const std::vector<ScoredMetric>& metrics) {
  std::map<std::string, Group> groups;
  for (const ScoredMetric& metric : metrics) {
    const Label label = metric.classification.label;
    const bool judged = label != Label::nodata && label != Label::error;
    for (const std::string& name : metric.groups) {
      groups[name].judged += judged ? 1 : 0;
      groups[name].passed += label == Label::pass ? 1 : 0;
    }
  }
  return groups;
}

double summary_of(const std::map<std::string, Group>& groups,
                  const std::vector<GroupWeight>& weights) {
  const auto weight_of = [&](const std::string& name) {
    return std::ranges::find(weights, name, &GroupWeight::group);
  };
  double given = 0;
  for (const GroupWeight& weight : weights) given += weight.weight;
  const auto others = std::ranges::count_if(
      groups, [&](const auto& group) { return weight_of(group.first) == weights.end(); });
  double sum = 0;
  for (const auto& [name, group] : groups) {
    const auto known = weight_of(name);
    const double weight =
        known == weights.end() ? (100 - given) / static_cast<double>(others) : known->weight;
    sum += group.counted() * weight / 100;
  }
  return std::round(sum * 100) / 100;
}

Sample per_minute(std::span<const sim::Second> seconds, Counts sim::Second::* arm) {
  Sample out;
  for (std::size_t at = 0; at + 60 <= seconds.size(); at += 60) {
    Counts minute;
    for (const sim::Second& second : seconds.subspan(at, 60)) {
      minute.requests += (second.*arm).requests;
      minute.errors += (second.*arm).errors;
    }
    if (minute.requests == 0) continue;  // not a number: removed
    out.push_back(100 * static_cast<double>(minute.errors) / static_cast<double>(minute.requests));
  }
  return out;
}

}  // namespace

double wilcoxon_difference(double mu, double quantile, const Sample& x, const Sample& y) {
  struct Value {
    double value;
    bool of_x;
  };
  std::vector<Value> all;
  all.reserve(x.size() + y.size());
  for (const double value : x) all.push_back({value - mu, true});
  for (const double value : y) all.push_back({value, false});
  std::ranges::sort(all, {}, &Value::value);
  double ranks = 0;
  double ties = 0;
  for (std::size_t from = 0; from < all.size();) {
    std::size_t to = from;
    double of_x = 0;
    for (; to < all.size() && all[to].value == all[from].value; ++to) of_x += all[to].of_x ? 1 : 0;
    const double tied = static_cast<double>(to - from);
    ranks += of_x * (static_cast<double>(from + to + 1) / 2);
    ties += tied * tied * tied - tied;
    from = to;
  }
  const double m = static_cast<double>(x.size());
  const double n = static_cast<double>(y.size());
  const double z = ranks - m * (m + 1) / 2 - m * n / 2;
  const double correction = z > 0 ? 0.5 : z < 0 ? -0.5 : 0;
  const double sd = std::sqrt(m * n / 12 * (m + n + 1 - ties / ((m + n) * (m + n - 1))));
  return (z - correction) / sd - quantile;
}

LocationShift location_shift(const Sample& experiment, const Sample& control, double confidence) {
  const auto [least_x, most_x] = std::ranges::minmax(experiment);
  const auto [least_y, most_y] = std::ranges::minmax(control);
  const double low = least_x - most_y;
  const double high = most_x - least_y;
  const auto find = [&, low, high](double quantile, bool bounded) {
    const auto f = [&](double mu) {
      return wilcoxon_difference(mu, quantile, experiment, control);
    };
    const Point at_low{low, f(low)};
    const Point at_high{high, f(high)};
    if (bounded && at_low.value <= 0) return low;
    if (bounded && at_high.value >= 0) return high;
    return root(at_low, at_high, f);
  };
  const double quantile = -normal_quantile((1 - confidence) / 2);
  return {find(quantile, true), find(-quantile, true), find(0, false)};
}

double mean_ratio(const Sample& control, const Sample& experiment) {
  const double below = mean(control);
  const double above = mean(experiment);
  if (below == 0 || above == 0) return std::numeric_limits<double>::quiet_NaN();
  return above / below;
}

double cohen_d(const Sample& control, const Sample& experiment) {
  const double m = static_cast<double>(control.size());
  const double n = static_cast<double>(experiment.size());
  const double pooled =
      ((m - 1) * variance(control) + (n - 1) * variance(experiment)) / (m + n - 2);
  return std::fabs(mean(experiment) - mean(control)) / std::sqrt(pooled);
}

double common_language_effect(const Sample& control, const Sample& experiment) {
  double above = 0;
  for (const double x : experiment) {
    for (const double y : control) above += x > y ? 1 : x == y ? 0.5 : 0;
  }
  return above / static_cast<double>(control.size() * experiment.size());
}

Summary summary(const Sample& values) {
  if (values.empty()) return {};
  const auto [least, most] = std::ranges::minmax(values);
  const double deviation = values.size() == 1 ? 0 : std::sqrt(variance(values));
  return {least, most, mean(values), deviation, static_cast<double>(values.size())};
}

double percentile(Sample values, double p) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::ranges::sort(values);
  const double at = p / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

Sample without_nan(const Sample& values) {
  Sample out;
  std::ranges::copy_if(values, std::back_inserter(out), [](double v) { return !std::isnan(v); });
  return out;
}

Sample with_nan_replaced(Sample values, double by) {
  std::ranges::replace_if(values, [](double v) { return std::isnan(v); }, by);
  return values;
}

std::vector<bool> outliers_by_quartiles(const Sample& values, double factor, bool less_sensitive) {
  const double lower = percentile(values, 25);
  const double upper = percentile(values, 75);
  double least = lower - factor * (upper - lower);
  double most = upper + factor * (upper - lower);
  if (less_sensitive) {
    least = std::min(least, percentile(values, 1));
    most = std::max(most, percentile(values, 99));
  }
  std::vector<bool> out;
  for (const double v : values) out.push_back(v < least || v > most);
  return out;
}

std::vector<bool> outliers_by_deviation(const Sample& values, double deviations) {
  const double middle = mean(values);
  double squares = 0;
  for (const double v : values) squares += (v - middle) * (v - middle);
  const double most = deviations * std::sqrt(squares / static_cast<double>(values.size()));
  std::vector<bool> out;
  for (const double v : values) out.push_back(std::fabs(v - middle) > most);
  return out;
}

Classification classify(const Sample& control, const Sample& experiment,
                        const ClassifierRule& rule) {
  const Sample y = prepared(control, rule);
  const Sample x = prepared(experiment, rule);
  if (y.empty() || x.empty()) return without_data(rule);
  Sample sorted_x = x;
  Sample sorted_y = y;
  std::ranges::sort(sorted_x);
  std::ranges::sort(sorted_y);
  if (sorted_x == sorted_y) return {};
  if (!constant(x) || !constant(y)) return compare(y, x, rule);
  if (x.front() == y.front()) return {};
  return compare(with_noise(y), with_noise(x), rule);
}

Classification classify_by_means(const Sample& control, const Sample& experiment,
                                 const ClassifierRule& rule) {
  const Sample y = prepared(control, rule);
  const Sample x = prepared(experiment, rule);
  if (y.empty() || x.empty()) return without_data(rule);
  const double above = mean(x);
  const double below = mean(y);
  if (looks(rule.direction, Direction::increase) && above > below) {
    return {Label::high, rule.critical, above / below};
  }
  if (looks(rule.direction, Direction::decrease) && above < below) {
    return {Label::low, rule.critical, above / below};
  }
  return {};
}

Score score(const std::vector<ScoredMetric>& metrics, const std::vector<GroupWeight>& weights) {
  const std::map<std::string, Group> groups = groups_of(metrics);
  Score out;
  for (const auto& [name, group] : groups) out.groups[name] = group.shown();
  const auto failed = [](const ScoredMetric& metric) {
    return metric.classification.critical && metric.classification.label != Label::pass;
  };
  if (std::ranges::any_of(metrics, failed)) return out;
  const auto nodata = std::ranges::count_if(metrics, [](const ScoredMetric& metric) {
    return metric.classification.label == Label::nodata;
  });
  if (static_cast<double>(nodata) >= kNodataMost * static_cast<double>(metrics.size())) return out;
  out.summary = summary_of(groups, weights);
  return out;
}

sim::RolledBack kayenta(std::span<const sim::Second> seconds, const KayentaRule& rule) {
  for (int i = 1; i <= rule.judgements; ++i) {
    const int end = i * rule.interval_s;
    if (end > static_cast<int>(seconds.size())) break;
    const auto seen = seconds.first(static_cast<std::size_t>(end));
    const Sample control = per_minute(seen, &sim::Second::alike);
    const Sample experiment = per_minute(seen, &sim::Second::canary);
    if (classify(control, experiment, rule.metric).label == Label::high) return end;
  }
  return std::nullopt;
}

}  // namespace sluice::bench
