#include "contract/flags_yaml.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "contract/value_rules.h"

namespace sluice::contract {
namespace {

struct Known {
  std::string_view key;
  FlagProtocol protocol;
};
constexpr std::array<Known, 3> kProtocols{{{"ofrep", FlagProtocol::ofrep},
                                           {"flagd", FlagProtocol::flagd},
                                           {"unleash", FlagProtocol::unleash}}};

void read_where(MapReader& map, const YamlNode& node, FlagSpec& flags) {
  int services = 0;
  for (const Known& known : kProtocols) {
    if (!map.text(known.key, flags.where)) continue;
    ++services;
    flags.protocol = known.protocol;
    if (known.protocol == FlagProtocol::flagd || is_http_url(flags.where)) continue;
    map.complain(*map.take(known.key),
                 fmt::format("`flags.{}` is `{}`", known.key, printable(flags.where, 80)),
                 "write http://HOST:PORT or https://HOST:PORT, without a user");
  }
  if (services == 1) return;
  map.complain(node,
               services == 0 ? "`flags` names no flag service" : "`flags` names several services",
               "name the one of production: `ofrep: URL`, `unleash: URL` or `flagd: FILE`");
}

}  // namespace

void read_flags(MapReader& root, FlagSpec& flags, ComplaintList& list) {
  const YamlNode* node = root.take("flags");
  if (node == nullptr) return;
  MapReader map(node, "flags", list);
  read_where(map, *node, flags);
  map.text("token_file", flags.token_file);
  map.text_map("context", flags.context);
  map.duration("timeout", flags.timeout_ms, {100, 10 * kSecondMs});
  map.finish();
}

}  // namespace sluice::contract
