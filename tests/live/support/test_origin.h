// TestOrigin: real HTTP servers on real ports within the test process, that behave as they are
// told: a status, a delay, or an answer that never comes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace sluice::live {

class TestOrigin {
 public:
  // One server for each port of 127.0.0.1. The ready path /healthz always answers 200.
  explicit TestOrigin(std::vector<int> ports);
  ~TestOrigin();  // closes everything at once, as a killed process does
  TestOrigin(const TestOrigin&) = delete;
  TestOrigin& operator=(const TestOrigin&) = delete;

  void answer(int status) { behaviour_->status = status; }
  void delay(int ms) { behaviour_->delay_ms = ms; }
  void hang(bool hangs) { behaviour_->hangs = hangs; }
  [[nodiscard]] std::int64_t requests() const { return behaviour_->requests; }  // but /healthz

  struct Behaviour {
    std::atomic<int> status = 200;
    std::atomic<int> delay_ms = 0;
    std::atomic<bool> hangs = false;
    std::atomic<bool> stops = false;
    std::atomic<std::int64_t> requests = 0;
  };

 private:
  class Loop;
  std::unique_ptr<Behaviour> behaviour_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace sluice::live
