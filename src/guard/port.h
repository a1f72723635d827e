// Whether somebody listens on a port of this machine.
#pragma once

namespace sluice::guard {

// Nobody listens on 127.0.0.1:<port>. Connections of an earlier listener do not matter.
[[nodiscard]] bool port_is_free(int port);

}  // namespace sluice::guard
