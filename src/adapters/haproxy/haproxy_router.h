// HaproxyRouter: shares by a map that HAProxy looks up for each request, changed over its runtime
// API and kept in step on disk, so that a reload or a restart goes on with the same share.
//
// Lowering the canary's share replaces the file before the map in memory, raising it after. A share
// is lowered in memory even when the file cannot be written, and in the file even when HAProxy does
// not answer; it is raised only when both can be done. All keys change in one step. As long as the
// file keeps another routing than HAProxy applies, observe() says so.
//
// Errors: `unavailable` names the socket; `rejected` is an older generation, or a configuration
// without the lines that `sluice init` prints; `conflict` when somebody else set the map meanwhile.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/haproxy/map_dialogue.h"
#include "adapters/haproxy/routing_map.h"
#include "base/result.h"
#include "model/policy.h"
#include "ports/router.h"

namespace sluice::haproxy {

class HaproxyRouter final : public Router {
 public:
  explicit HaproxyRouter(HaproxySpec spec);

  [[nodiscard]] Result<RouterState> observe() override;
  [[nodiscard]] Result<void> apply(const Routing& routing, std::uint64_t generation) override;

 private:
  [[nodiscard]] Result<std::string> ask(const std::string& question, std::int64_t timeout_ms) const;
  [[nodiscard]] std::string unstored(const Routing& now) const;
  [[nodiscard]] Result<OpenedMap> open_map() const;
  [[nodiscard]] Result<void> set_runtime(const RoutingMap& map, const std::string& version) const;
  [[nodiscard]] Result<void> check_generation(std::uint64_t generation, const RoutingMap& known);
  [[nodiscard]] Result<void> lower_file(const RoutingMap& map) const;
  // Why it failed, after what can be done without HAProxy was done.
  [[nodiscard]] std::unexpected<Error> without_haproxy(const RoutingMap& wanted,
                                                       const Error& why) const;
  [[nodiscard]] Result<void> lower(const RoutingMap& map, const std::string& version) const;
  [[nodiscard]] Result<void> raise(const RoutingMap& map, const std::string& version) const;

  HaproxySpec spec_;
  std::uint64_t generation_seen_ = 0;
  int silent_ = 0;  // looks in a row without an answer
};

}  // namespace sluice::haproxy
