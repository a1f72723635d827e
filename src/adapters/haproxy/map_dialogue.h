// The two questions that change HAProxy's map in one step: a new version is prepared, filled and
// committed, so that a request sees all of the old keys or all of the new ones.
#pragma once

#include <string>
#include <string_view>

#include "adapters/haproxy/routing_map.h"
#include "base/result.h"
#include "model/policy.h"

namespace sluice::haproxy {

struct OpenedMap {
  RoutingMap now;
  std::string version;  // prepared, to be filled and committed
};

[[nodiscard]] std::string open_question(const HaproxySpec& spec);
[[nodiscard]] Result<OpenedMap> read_opened(std::string_view reply, const HaproxySpec& spec);

[[nodiscard]] std::string commit_question(const HaproxySpec& spec, std::string_view version,
                                          const RoutingMap& wanted);
// `conflict` when somebody else committed a newer version meanwhile.
[[nodiscard]] Result<void> read_committed(std::string_view reply, const HaproxySpec& spec,
                                          const RoutingMap& wanted);

}  // namespace sluice::haproxy
