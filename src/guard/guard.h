// guard::run: the process that keeps services and the engine running, and takes traffic back when
// the engine is silent. One per state folder; it answers HTTP on <state_folder>/guard.sock.
//
// What it starts survives it: SIGTERM or kill -9 of a guard stops nothing, and the next guard goes
// on with what still runs. Only POST /v1/down stops everything.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "guard/lease.h"
#include "ports/router.h"

namespace sluice::guard {

struct GuardOptions {
  std::string state_folder;  // absolute, without a slash at the end; its parent holds sluice.yaml
  std::string program;       // this very binary, absolute; the engine is `<program> engine …`
  std::function<Result<std::unique_ptr<Router>>(const RescueTarget&)> open_router;
};

// Returns when told to end: the exit status, 0 or 3 with a line on standard error. Single-threaded.
[[nodiscard]] int run(const GuardOptions& options);

}  // namespace sluice::guard
