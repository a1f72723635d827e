// HttpSmoke: the smoke tests of one environment, all at once, against its own entrance.
//
// Every test has 10 seconds, a connection of its own and a query that no cache has seen. A run with
// no tests at all has not passed: it looked at nothing.
#pragma once

#include <string>
#include <vector>

#include "model/policy.h"
#include "net/http_client.h"
#include "ports/smoke_runner.h"

namespace sluice::probe {

class HttpSmoke final : public SmokeRunner {
 public:
  HttpSmoke(EnvironmentName environment, std::string entrance, std::vector<SmokeSpec> tests);

  void begin(Tick now) override;
  [[nodiscard]] std::optional<SmokeReported> take(Tick now) override;

 private:
  [[nodiscard]] net::Call call_for(const SmokeSpec& test, Tick now);

  EnvironmentName environment_;
  std::string entrance_;
  std::vector<SmokeSpec> tests_;
  bool running_ = false;
  std::uint64_t queries_ = 0;
  std::size_t answered_ = 0;
  std::vector<std::string> troubles_;        // one per test, in their order; empty: passed
  std::unique_ptr<net::HttpClient> client_;  // a new one for each run, so that the last is dropped
};

}  // namespace sluice::probe
