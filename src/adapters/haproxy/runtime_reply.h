// Replies of HAProxy's runtime API, read by column names and defensively: HAProxy has no status
// codes, so an error is text where something else was expected.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/policy.h"
#include "ports/router.h"

namespace sluice::haproxy {

struct ServerRow {
  std::string name;
  bool backup = false;  // a server of the other slot, for the way back
  bool live = false;
  std::int64_t in_flight = 0;
};

struct BackendRow {
  std::int64_t started = 0;    // requests since HAProxy started
  std::int64_t in_flight = 0;  // of them, not ended yet
  std::vector<ServerRow> servers;
};

struct ProcessInfo {
  std::int64_t pid = 0;
  std::string identity;  // changes with every start and reload
  std::int64_t dropped_logs = 0;
};

struct Statistics {
  ProcessInfo process;
  std::array<BackendRow, 2> backends;  // by slot
};

// Question and answer about both backends. `rejected`, with words for the person who wrote the
// configuration, when it lacks a backend; `unavailable` when the reply is cut short.
[[nodiscard]] std::string statistics_question(const HaproxySpec& spec);
[[nodiscard]] Result<Statistics> read_statistics(std::string_view reply, const HaproxySpec& spec);

// The same and the map.
[[nodiscard]] std::string state_question(const HaproxySpec& spec);
[[nodiscard]] Result<RouterState> read_state(std::string_view reply, const HaproxySpec& spec);

// The text of each of `count` replies on one connection. `unavailable` when there are fewer.
[[nodiscard]] Result<std::vector<std::string_view>> split_replies(std::string_view text,
                                                                  std::size_t count);

// Refuses the reply to `show map` that is no list of entries.
[[nodiscard]] Result<void> check_map_reply(std::string_view reply, const HaproxySpec& spec);

}  // namespace sluice::haproxy
