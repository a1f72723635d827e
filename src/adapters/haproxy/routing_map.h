// The routing of an environment as HAProxy looks it up: three keys in a map, in memory and on disk.
//
//   share_b 500       basis points of the traffic that slot b gets
//   baseline a        the slot that the second way back returns to
//   generation 12     under which the routing was set
//
// A key that is missing or makes no sense reads as HAProxy applies it: no traffic for slot b,
// baseline a, generation 0.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/policy.h"
#include "net/descriptor.h"
#include "ports/router.h"

namespace sluice::haproxy {

struct RoutingMap {
  int share_b = 0;
  Slot baseline = Slot::a;
  std::uint64_t generation = 0;
  friend bool operator==(const RoutingMap&, const RoutingMap&) = default;

  [[nodiscard]] int share_of(Slot slot) const;  // basis points
  [[nodiscard]] Routing routing() const;
};

[[nodiscard]] RoutingMap to_map(const Routing& routing, std::uint64_t generation);

// The lines of a map file. Total: reads whatever HAProxy would accept, and ignores the rest.
[[nodiscard]] RoutingMap parse_map_file(std::string_view text);
// The reply to `show map <file>`: the same lines with a pointer before each.
[[nodiscard]] RoutingMap parse_show_map(std::string_view text);
[[nodiscard]] std::string format_map_file(const RoutingMap& map);

// `not_found` when there is no such file.
[[nodiscard]] Result<RoutingMap> read_map_file(const std::string& path);

// A map file that is complete beside the old one and takes its place in one step. Unless committed
// it disappears with the object.
class StagedMapFile {
 public:
  // Keeps the old file's mode. `unavailable` when it cannot be written; then nothing has changed.
  [[nodiscard]] static Result<StagedMapFile> write(const std::string& path, const RoutingMap& map);
  ~StagedMapFile();
  StagedMapFile(StagedMapFile&& from) noexcept;
  StagedMapFile& operator=(StagedMapFile&&) = delete;

  // In place for every later reader, also after kill -9 of anybody. settle() makes that last
  // through a loss of power, which takes the milliseconds that customers should not wait for.
  [[nodiscard]] Result<void> commit();
  [[nodiscard]] Result<void> settle();

 private:
  StagedMapFile(std::string path, std::string staged, net::Descriptor file);
  std::string path_;
  net::Descriptor file_;
  std::string staged_;  // empty: nothing to remove
};

// Creates a map file that sends everything to slot a, unless there is a file: HAProxy does not
// start without it. `invalid_input` when the specification's names cannot be HAProxy's.
[[nodiscard]] Result<void> prepare_map_file(const HaproxySpec& spec);

// That paths and names can be put into a command of the runtime API: `invalid_input` if not.
[[nodiscard]] Result<void> check_names(const HaproxySpec& spec);

}  // namespace sluice::haproxy
