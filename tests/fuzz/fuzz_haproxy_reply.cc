// Replies of HAProxy's runtime API and the map file: whatever they hold is read as a routing within
// bounds, or refused.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/haproxy/routing_map.h"
#include "adapters/haproxy/runtime_reply.h"

namespace {

void check(const sluice::haproxy::RoutingMap& map) {
  if (map.share_b < 0 || map.share_b > sluice::Share::kWhole) std::abort();
  // What was read and written again is the same.
  const auto again = sluice::haproxy::parse_map_file(sluice::haproxy::format_map_file(map));
  if (!(again == map)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sluice::HaproxySpec spec{.socket = "/run/haproxy.sock",
                                 .map = "/etc/haproxy/shop.map",
                                 .log_listen = "",
                                 .backend_prefix = "shop",
                                 .sticky = false};
  check(sluice::haproxy::parse_map_file(text));
  check(sluice::haproxy::parse_show_map(text));
  static_cast<void>(sluice::haproxy::read_state(text, spec));
  const auto statistics = sluice::haproxy::read_statistics(text, spec);
  if (statistics && statistics->backends[0].started < 0) std::abort();
  return 0;
}
