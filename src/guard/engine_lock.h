// EngineLock: .sluice/engine.lock, which an engine holds for as long as it may write. The guard
// takes it before it touches traffic, so that the two never write together.
#pragma once

#include <string>

#include "base/result.h"
#include "net/descriptor.h"

namespace sluice::guard {

class EngineLock {
 public:
  ~EngineLock();
  EngineLock(EngineLock&& from) noexcept = default;
  EngineLock& operator=(EngineLock&&) = delete;

  // Never waits: `conflict` while somebody else holds it.
  [[nodiscard]] static Result<EngineLock> take(const std::string& state_folder);

 private:
  explicit EngineLock(net::Descriptor file) : file_(std::move(file)) {}
  net::Descriptor file_;
};

}  // namespace sluice::guard
