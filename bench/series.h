// Series: metrics of real services (the Numenta Anomaly Benchmark's CSV files), anomalies and all,
// as the course of the error rate of both arms. A release that follows such a course beside its
// baseline is healthy, whatever the series does.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/harm.h"

namespace sluice::bench {

struct Series {
  std::string name;
  std::vector<double> course;  // values over their mean, within [0, 300]
};

struct SeriesFolder {
  std::vector<Series> all;            // by name
  std::vector<std::string> left_out;  // a sentence for each file that cannot be such a course
};

// Every *.csv of the folder: a line of heads, one of which is `value`, then a line for each value.
// Times are not looked at: values follow each other as they stand, gaps and repeated times
// included. What is no number is left out, and less than 0 counts as 0: there is no error rate
// below. At most 100 files of 100,000 values. Nothing where there is no such folder.
[[nodiscard]] SeriesFolder read_series(const std::filesystem::path& folder);

// An hour at a random place of each series, 1,000 requests a second, 0.1 % errors on average: in
// how many runs each method takes the release back.
[[nodiscard]] std::string series_table(const std::vector<Series>& all,
                                       const std::vector<Method>& methods, const Effort& effort);

}  // namespace sluice::bench
