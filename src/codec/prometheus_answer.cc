#include "codec/prometheus_answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "codec/json.h"

namespace sluice::codec {
namespace {

constexpr double kSecondsMax = 1e11;  // the year 5138

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::invalid_input, std::move(message));
}

std::string shown(std::string_view foreign, std::size_t bytes_max) {
  std::string text = printable(foreign, bytes_max);
  std::ranges::replace(text, '`', '\'');
  return "`" + text + "`";
}

// Prometheus' own words, where there are some.
std::unexpected<Error> refusal(int status, const Json* answer) {
  if (status == 401 || status == 403) {
    return fail(ErrorCode::rejected,
                fmt::format("we may not ask (HTTP {}): `token_file` names the file with the bearer "
                            "token",
                            status));
  }
  const std::string said = answer == nullptr ? "" : answer->string_or("error", "");
  if (!said.empty()) return wrong(fmt::format("Prometheus says {}", shown(said, 240)));
  if (status == 404) {
    return wrong(
        "there is no Prometheus (HTTP 404): `url` is what stands before `/api/v1/query` in the "
        "server's addresses");
  }
  return fail(ErrorCode::unavailable, fmt::format("the answer is HTTP {}", status));
}

// The answer, which has `data` with a `result`.
Result<Json> successful(int status, std::string_view body) {
  Result<Json> answer = parse_json(body, kPrometheusBytesMax);
  const bool is_object = answer && answer->object() != nullptr;
  if (status < 200 || status > 299) return refusal(status, is_object ? &*answer : nullptr);
  if (!is_object) {
    return wrong(
        "the answer is no JSON object, as Prometheus' are: is `url` that of a Prometheus?");
  }
  if (answer->string_or("status", "") != "success") return refusal(status, &*answer);
  const Json* data = answer->find("data");
  if (data == nullptr || data->find("result") == nullptr) {
    return wrong("the answer holds no result, as Prometheus' do: is `url` that of a Prometheus?");
  }
  return *std::move(answer);
}

Result<void> check_kind(const Json& data) {
  const std::string kind = data.string_or("resultType", "");
  if (kind == "vector" && data.find("result")->array() != nullptr) return {};
  if (kind == "scalar") {
    return wrong(
        "the query gives one number and no series (a scalar): leave out `scalar()` and the like, "
        "so that each process is a series");
  }
  if (kind == "matrix") {
    return wrong(
        "the query gives a range of time for each series (a matrix): put `rate(…)`, "
        "`avg_over_time(…)` or another function around it");
  }
  return wrong(
      fmt::format("the query gives a result of the type {}, not a vector", shown(kind, 40)));
}

Result<void> check_whole(const Json& answer) {
  const Json* warnings = answer.find("warnings");
  if (warnings == nullptr || warnings->is_null()) return {};
  const Json::Array* all = warnings->array();
  if (all != nullptr && all->empty()) return {};
  const std::string* first = all == nullptr ? nullptr : all->front().string();
  return wrong(fmt::format("the answer may lack something: Prometheus warns {}",
                           shown(first == nullptr ? "in no words" : *first, 240)));
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

// Other names have quotes, as in Prometheus 3.
bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<std::string> labels_of(const Json& series) {
  const Json* metric = series.find("metric");
  if (metric == nullptr || metric->object() == nullptr) {
    return wrong("a series of the answer has no labels, not even an empty list");
  }
  std::vector<std::pair<std::string_view, std::string_view>> sorted;
  for (const auto& [name, value] : *metric->object()) {
    if (value.string() == nullptr) return wrong("a label of the answer is no text");
    sorted.emplace_back(name, *value.string());
  }
  std::ranges::sort(sorted);
  std::string out = "{";
  for (const auto& [name, value] : sorted) {
    if (out.size() > 1) out += ',';
    if (is_plain(name)) {
      out += name;
    } else {
      append_quoted(out, name);
    }
    out += '=';
    append_quoted(out, value);
  }
  return out + "}";
}

// "0", "1e+21", "1e-07"; Prometheus writes numbers as texts, because JSON knows neither "NaN" nor
// "+Inf".
Result<double> number_of(const std::string& text, std::string_view labels) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const bool read = error == std::errc() && rest == end;
  if (read && std::isfinite(number)) return number;
  if (text == "NaN" || text == "+Inf" || text == "-Inf") {
    return wrong(
        fmt::format("the series {} is {}: write the query so that it divides by nothing that can "
                    "be 0, as with `clamp_min(…, 1)`",
                    shown(labels, 120), text));
  }
  return wrong(fmt::format("the series {} has the value {}, which is no number", shown(labels, 120),
                           shown(text, 40)));
}

Result<PrometheusSeries> read_series(const Json& json) {
  PrometheusSeries series;
  series.labels = SLUICE_TRY(labels_of(json));
  if (json.find("histogram") != nullptr) {
    return wrong(
        fmt::format("the series {} is a histogram: make a number of it, as with "
                    "`histogram_quantile(0.9, …)`",
                    shown(series.labels, 120)));
  }
  const Json* value = json.find("value");
  const Json::Array* pair = value == nullptr ? nullptr : value->array();
  if (pair == nullptr || pair->size() != 2 || pair->back().string() == nullptr) {
    return wrong(fmt::format("the series {} has no value", shown(series.labels, 120)));
  }
  series.value = SLUICE_TRY(number_of(*pair->back().string(), series.labels));
  return series;
}

}  // namespace

Result<std::vector<PrometheusSeries>> read_prometheus_vector(int status, std::string_view body,
                                                             std::size_t most) {
  const Json answer = SLUICE_TRY(successful(status, body));
  const Json& data = *answer.find("data");
  SLUICE_TRY(check_kind(data));
  const Json::Array& all = *data.find("result")->array();
  // Before the warnings: a server that was told how many we take warns of what it left out.
  if (all.size() > most) {
    return wrong(
        fmt::format("there are more than {} series, and each is to be one process: narrow the "
                    "query by labels, or add up what belongs to one process with `sum by (…)`",
                    most));
  }
  SLUICE_TRY(check_whole(answer));
  std::vector<PrometheusSeries> sorted;
  for (const Json& json : all) {
    PrometheusSeries series = SLUICE_TRY(read_series(json));
    sorted.push_back(std::move(series));
  }
  std::ranges::sort(sorted, {}, &PrometheusSeries::labels);
  const auto twice = std::ranges::adjacent_find(sorted, {}, &PrometheusSeries::labels);
  if (twice == sorted.end()) return sorted;
  return wrong(fmt::format("the series {} is there twice: each is to be one process",
                           shown(twice->labels, 120)));
}

Result<std::string> read_prometheus_time(int status, std::string_view body) {
  const Json answer = SLUICE_TRY(successful(status, body));
  const Json::Array* pair = answer.find("data")->find("result")->array();
  const double seconds = pair == nullptr || pair->empty() ? 0 : pair->front().number_or(0);
  if (!(seconds > 0 && seconds < kSecondsMax)) {
    return wrong("the server does not say what time it is: is `url` that of a Prometheus?");
  }
  return fmt::format("{:.3f}", seconds);
}

}  // namespace sluice::codec
