#include "adapters/probe/http_smoke.h"

#include "base/text.h"

namespace sluice::probe {
namespace {

constexpr std::int64_t kTimeoutMs = 10 * kSecondMs;
constexpr std::size_t kBodyBytesMax = 1U << 20U;
constexpr std::size_t kShown = 3;

// Empty when the answer is what the test expects.
std::string trouble_with(const SmokeSpec& test, const Result<net::Response>& answer) {
  if (!answer) return fmt::format("{}: {}", test.name, answer.error().message);
  if (answer->status != test.expect_status) {
    return fmt::format("{}: HTTP {}, expected {}", test.name, answer->status, test.expect_status);
  }
  if (!answer->body.contains(test.expect_text)) {
    return fmt::format("{}: `{}` is not in the body", test.name, printable(test.expect_text));
  }
  return {};
}

SmokeReported report(const EnvironmentName& environment, const std::vector<std::string>& troubles) {
  SmokeReported reported{.environment = environment,
                         .passed = !troubles.empty(),
                         .tests = static_cast<std::uint32_t>(troubles.size()),
                         .detail = troubles.empty() ? "no smoke tests are configured" : ""};
  std::size_t failed = 0;
  for (const std::string& trouble : troubles) {
    if (trouble.empty()) continue;
    reported.passed = false;
    if (++failed > kShown) continue;
    reported.detail += (reported.detail.empty() ? "" : "; ") + trouble;
  }
  if (failed > kShown) reported.detail += fmt::format("; and {} more", failed - kShown);
  return reported;
}

}  // namespace

HttpSmoke::HttpSmoke(EnvironmentName environment, std::string entrance,
                     std::vector<SmokeSpec> tests)
    : environment_(std::move(environment)),
      entrance_(std::move(entrance)),
      tests_(std::move(tests)) {
  while (entrance_.ends_with('/')) entrance_.pop_back();
}

net::Call HttpSmoke::call_for(const SmokeSpec& test, Tick now) {
  const char separator = test.path.contains('?') ? '&' : '?';
  return {.url = fmt::format("{}{}{}sluice_smoke={}-{}", entrance_, test.path, separator,
                             now.unix_ms, ++queries_),
          .timeout_ms = kTimeoutMs,
          .body_bytes_max = kBodyBytesMax,
          .fresh_connection = true};
}

void HttpSmoke::begin(Tick now) {
  client_ = std::make_unique<net::HttpClient>();
  running_ = true;
  answered_ = 0;
  troubles_.assign(tests_.size(), "");
  for (std::size_t i = 0; i < tests_.size(); ++i) {
    client_->start(call_for(tests_[i], now), [this, i](const Result<net::Response>& answer) {
      troubles_[i] = trouble_with(tests_[i], answer);
      ++answered_;
    });
  }
  client_->step();
}

std::optional<SmokeReported> HttpSmoke::take(Tick) {
  if (!running_) return std::nullopt;
  client_->step();
  if (answered_ < tests_.size()) return std::nullopt;
  running_ = false;
  return report(environment_, troubles_);
}

}  // namespace sluice::probe
