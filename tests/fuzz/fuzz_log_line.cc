// HAProxy's log stream: any datagram is a line or is not, and what is read of it is within bounds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/haproxy/log_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = sluice::haproxy::parse_log_line(text);
  if (!line) return 0;
  const bool sound = line->bucket >= -1 && line->bucket < 8 && line->active_ms >= 0 &&
                     line->status >= -1 && line->status <= 999 && line->process > 0 &&
                     !line->backend.empty() && !line->server.empty();
  if (!sound) std::abort();
  static_cast<void>(sluice::haproxy::is_error(*line));
  return 0;
}
