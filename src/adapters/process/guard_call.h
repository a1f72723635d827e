// One question to the guard over its UNIX socket.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "codec/json.h"

namespace sluice::process {

struct GuardCall {
  std::string socket;  // path of guard.sock
  std::string method;
  std::string target;
  std::string body;
  std::int64_t timeout_ms = 400;
};

// The answer's document. `unavailable` when the guard does not answer in time; the guard's own
// errors as it meant them.
[[nodiscard]] Result<codec::Json> ask_guard(const GuardCall& call);

}  // namespace sluice::process
