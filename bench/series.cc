#include "bench/series.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numeric>
#include <optional>
#include <string_view>

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

std::vector<std::string_view> cells_of(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  std::vector<std::string_view> cells;
  for (;;) {
    const std::size_t comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

std::optional<double> number_of(std::string_view cell) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) return {};
  return value;
}

// Nothing where no column is called `value`.
std::optional<std::vector<double>> values_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string_view> heads = cells_of(line);
  const auto column = static_cast<std::size_t>(std::ranges::find(heads, "value") - heads.begin());
  if (column == heads.size()) return std::nullopt;
  std::vector<double> values;
  while (values.size() < kValuesMost && std::getline(file, line)) {
    const std::vector<std::string_view> cells = cells_of(line);
    if (column >= cells.size()) continue;
    if (const auto value = number_of(cells[column])) values.push_back(std::max(*value, 0.0));
  }
  return values;
}

// Over the greatest first: the sum of huge values is no number any more.
std::vector<double> over_mean(std::vector<double> values) {
  const double greatest = std::ranges::max(values);
  for (double& value : values) value /= greatest;
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& value : values) value = std::min(value / mean, kMultipleMost);
  return values;
}

// Why these are no course of an error rate; empty: they are one.
std::string_view trouble_with(const std::optional<std::vector<double>>& values) {
  if (!values) return "its first line names no column `value`";
  if (values->empty()) return "it holds no number";
  if (std::ranges::max(*values) == 0)
    return "no value is above 0, so there is no mean to divide by";
  return {};
}

}  // namespace

SeriesFolder read_series(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".csv") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  SeriesFolder out;
  for (const fs::path& path : paths) {
    const std::string name = path.stem().string();
    if (out.all.size() == kFilesMost) {
      out.left_out.push_back(fmt::format("{}: {} series are enough", name, kFilesMost));
      continue;
    }
    const std::optional<std::vector<double>> values = values_of(path);
    const std::string_view trouble = trouble_with(values);
    if (trouble.empty()) {
      out.all.push_back({name, over_mean(*values)});
    } else {
      out.left_out.push_back(fmt::format("{}: {}", name, trouble));
    }
  }
  return out;
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
