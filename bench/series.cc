#include "bench/series.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numeric>

#include <fmt/format.h>

#include "base/tick.h"
#include "bench/summary.h"
#include "bench/workers.h"
#include "sim/random.h"

namespace sluice::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeriesCell = 100'000;
constexpr std::size_t kFilesMost = 100;
constexpr std::size_t kValuesMost = 100'000;
constexpr double kMultipleMost = 300;  // 30 % errors
constexpr std::size_t kSteps = (kWarmUpSeconds + kHorizonSeconds) * kSecondMs / sim::kCourseStepMs;

std::vector<double> values_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::vector<double> values;
  std::getline(file, line);
  while (values.size() < kValuesMost && std::getline(file, line)) {
    const std::size_t comma = line.rfind(',');
    if (comma == std::string::npos) continue;
    double value = 0;
    const char* from = line.data() + comma + 1;
    const auto [end, error] = std::from_chars(from, line.data() + line.size(), value);
    if (error == std::errc() && end != from && std::isfinite(value)) values.push_back(value);
  }
  return values;
}

std::vector<double> over_mean(std::vector<double> values) {
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  if (!(mean > 0)) return {};
  for (double& value : values) value = std::clamp(value / mean, 0.0, kMultipleMost);
  return values;
}

}  // namespace

std::vector<Series> read_series(const fs::path& folder) {
  std::vector<Series> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".csv" || all.size() == kFilesMost) continue;
    const std::vector<double> values = values_of(entry.path());
    if (values.empty()) continue;
    Series series{entry.path().stem().string(), over_mean(values)};
    if (!series.course.empty()) all.push_back(std::move(series));
  }
  std::ranges::sort(all, {}, &Series::name);
  return all;
}

std::string series_table(const std::vector<Series>& all, const std::vector<Method>& methods,
                         const Effort& effort) {
  const auto runs = static_cast<std::size_t>(effort.runs);
  std::vector<std::vector<bool>> back(all.size() * runs);
  for_each("series", back.size(), effort.threads, [&](std::size_t item) {
    const std::vector<double>& whole = all[item / runs].course;
    const std::uint64_t seed = sim::seed_of(kMaster, kSeriesCell + item / runs, item % runs);
    sim::Random random(~seed);
    const auto from = static_cast<std::size_t>(
        random.below(static_cast<std::int64_t>(whole.size() - std::min(whole.size() - 1, kSteps))));
    const auto course = std::span(whole).subspan(from, std::min(kSteps, whole.size() - from));
    const History history = history_of({.course = course}, seed);
    for (const Method& method : methods) back[item].push_back(method.decide(history).has_value());
  });
  std::string out = "| series |";
  std::string rule = "|---|";
  for (const Method& method : methods) {
    out += " " + method.name + " |";
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += "| " + all[i].name + " |";
    for (std::size_t m = 0; m < methods.size(); ++m) {
      int hits = 0;
      for (std::size_t run = 0; run < runs; ++run) hits += back[i * runs + run][m] ? 1 : 0;
      out += fmt::format(" {} |", share_text(hits, effort.runs));
    }
    out += "\n";
  }
  return out;
}

}  // namespace sluice::bench
