// What a Prometheus server answers to an instant query (`/api/v1/query`), as one number a series.
//
// Source: "HTTP API" of Prometheus' documentation, servers 2.1 to 3.x. Any bytes give values or an
// error: at most kPrometheusBytesMax, and the limits of parse_json(). Nothing is left out in
// silence: one series that has no finite number, or an answer that Prometheus itself calls
// incomplete (`warnings`), is an error of the whole answer, because what is missing may be what is
// worst. An error says what to change, is printable and short, and the same while the cause is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::codec {

inline constexpr std::size_t kPrometheusBytesMax = 1U << 20U;

struct PrometheusSeries {
  // `{instance="127.0.0.1:9101",job="shop"}`, by name: the same for the same labels, and for no
  // others. Foreign text, to be made printable before it is shown.
  std::string labels;
  double value = 0;  // finite
  friend bool operator==(const PrometheusSeries&, const PrometheusSeries&) = default;
};

// Sorted by labels, each of which is there once; at most `most`. None is no error.
[[nodiscard]] Result<std::vector<PrometheusSeries>> read_prometheus_vector(int status,
                                                                           std::string_view body,
                                                                           std::size_t most);

// The answer to a query for the server's own time, as its parameter `time` takes it
// ("1795726706.303").
[[nodiscard]] Result<std::string> read_prometheus_time(int status, std::string_view body);

}  // namespace sluice::codec
