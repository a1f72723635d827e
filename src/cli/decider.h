// How somebody who decides reaches the engine.
#pragma once

#include "base/result.h"
#include "cli/client.h"
#include "cli/context.h"

namespace sluice::cli {

// The owner of the folder by the engine's own socket, and an engine is started where none runs.
// Others, to whom the state folder is closed, by `people_socket` of sluice.yaml, if there is one.
[[nodiscard]] Result<Client> reach_engine(const Context& context, const Policy& policy);

// Whether the state folder is closed to us, so that only `people_socket` leads to the engine.
[[nodiscard]] bool is_guest(const Context& context, const Policy& policy);

}  // namespace sluice::cli
