#include "adapters/haproxy/runtime_reply.h"

#include <fmt/format.h>

#include "adapters/haproxy/routing_map.h"
#include "base/text.h"
#include "codec/haproxy_config.h"

namespace sluice::haproxy {
namespace {

constexpr std::size_t kServersMax = 256;

std::unexpected<Error> lacks(const HaproxySpec& spec, std::string_view what) {
  return fail(ErrorCode::rejected,
              fmt::format("haproxy at {} has no {}: add the lines that `sluice init` prints",
                          printable(spec.socket), what));
}

std::unexpected<Error> refused(const HaproxySpec& spec, std::string_view asked,
                               std::string_view reply) {
  return fail(ErrorCode::rejected,
              fmt::format("haproxy at {} refused `{}`: `{}`", printable(spec.socket), asked,
                          printable(trim(reply.substr(0, reply.find('\n'))))));
}

// One row of comma-separated values; quoted fields may hold commas and doubled quotes.
std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

// Columns are found by name, because their number grows with HAProxy's versions.
class Table {
 public:
  explicit Table(std::string_view text) {
    if (!text.starts_with("# ")) return;
    bool head = true;
    for (const std::string_view line : split(text.substr(2), '\n')) {
      if (line.empty() || rows_.size() > kServersMax) continue;
      if (head) {
        names_ = csv_fields(line);
      } else {
        rows_.push_back(csv_fields(line));
      }
      head = false;
    }
  }

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

  [[nodiscard]] std::string_view text(std::size_t row, std::string_view column) const {
    for (std::size_t i = 0; i < names_.size() && i < rows_[row].size(); ++i) {
      if (names_[i] == column) return rows_[row][i];
    }
    return {};
  }

  [[nodiscard]] std::int64_t number(std::size_t row, std::string_view column) const {
    return std::max<std::int64_t>(0, parse_integer(text(row, column)).value_or(0));
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
};

// "UP", "UP 1/2" (on its way down) and "no check" take traffic; "DOWN 1/2", "MAINT", "DRAIN",
// "NOLB" do not.
bool takes_traffic(std::string_view status) {
  return status.starts_with("UP") || status.starts_with("no check");
}

Result<BackendRow> read_backend(std::string_view reply, Slot slot, const HaproxySpec& spec) {
  const std::string name = codec::haproxy_backend(spec.backend_prefix, slot);
  if (reply.starts_with("No such proxy")) return lacks(spec, fmt::format("backend {}", name));
  const Table table(reply);
  BackendRow backend;
  bool found = false;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.text(row, "pxname") != name) continue;
    const std::string_view server = table.text(row, "svname");
    if (server == "BACKEND") {
      found = true;
      backend.started = table.number(row, "stot");
      backend.in_flight = table.number(row, "scur");
    } else if (server != "FRONTEND") {
      backend.servers.push_back({.name = std::string(server),
                                 .backup = table.number(row, "bck") > 0,
                                 .live = takes_traffic(table.text(row, "status")),
                                 .in_flight = table.number(row, "scur")});
    }
  }
  if (!found) return refused(spec, "show stat", reply);
  return backend;
}

std::string_view line_value(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with(name) && line.substr(name.size()).starts_with(": ")) {
      return trim(line.substr(name.size() + 2));
    }
  }
  return {};
}

Result<ProcessInfo> read_process(std::string_view reply, const HaproxySpec& spec) {
  const auto pid = parse_integer(line_value(reply, "Pid"));
  const std::string_view started = line_value(reply, "Start_time_sec");
  if (!pid || *pid <= 0) return refused(spec, "show info", reply);
  // In containers the same pid and second may well be two processes: their nodes differ.
  const std::string_view node = line_value(reply, "Node");
  return ProcessInfo{.pid = *pid,
                     .identity = fmt::format("{}@{}{}{}", *pid, printable(started, 32),
                                             node.empty() ? "" : " on ", printable(node, 64)),
                     .dropped_logs = parse_integer(line_value(reply, "DroppedLogs")).value_or(0)};
}

Result<Statistics> read_sections(std::span<const std::string_view> replies,
                                 const HaproxySpec& spec) {
  Statistics out;
  out.process = SLUICE_TRY(read_process(replies[0], spec));
  out.backends[0] = SLUICE_TRY(read_backend(replies[1], Slot::a, spec));
  out.backends[1] = SLUICE_TRY(read_backend(replies[2], Slot::b, spec));
  return out;
}

std::string statistics_commands(const HaproxySpec& spec) {
  constexpr int kBackendsAndServers = 2 + 4;
  return fmt::format("show info;show stat {} {} -1;show stat {} {} -1",
                     codec::haproxy_backend(spec.backend_prefix, Slot::a), kBackendsAndServers,
                     codec::haproxy_backend(spec.backend_prefix, Slot::b), kBackendsAndServers);
}

}  // namespace

Result<std::vector<std::string_view>> split_replies(std::string_view text, std::size_t count) {
  std::vector<std::string_view> replies;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size() && replies.size() < count;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const bool blank = end == at;
    if (blank) {
      replies.push_back(text.substr(begin, at - begin));
      begin = end + 1;
    }
    at = end + 1;
  }
  if (replies.size() < count) {
    return fail(ErrorCode::unavailable,
                fmt::format("haproxy's reply is cut short: {} of {} parts", replies.size(), count));
  }
  return replies;
}

Result<void> check_map_reply(std::string_view reply, const HaproxySpec& spec) {
  if (reply.starts_with("Unknown map identifier")) {
    return lacks(spec, fmt::format("map {}", printable(spec.map)));
  }
  if (!reply.empty() && !reply.starts_with("0x")) return refused(spec, "show map", reply);
  return {};
}

std::string statistics_question(const HaproxySpec& spec) {
  return statistics_commands(spec) + "\n";
}

Result<Statistics> read_statistics(std::string_view reply, const HaproxySpec& spec) {
  const auto replies = SLUICE_TRY(split_replies(reply, 3));
  return read_sections(replies, spec);
}

std::string state_question(const HaproxySpec& spec) {
  return statistics_commands(spec) + ";show map " + spec.map + "\n";
}

Result<RouterState> read_state(std::string_view reply, const HaproxySpec& spec) {
  const auto replies = SLUICE_TRY(split_replies(reply, 4));
  const Statistics statistics = SLUICE_TRY(read_sections(replies, spec));
  SLUICE_TRY(check_map_reply(replies[3], spec));
  const RoutingMap map = parse_show_map(replies[3]);

  RouterState state{.routing = map.routing(),
                    .generation = map.generation,
                    .identity = statistics.process.identity};
  for (std::size_t slot = 0; slot < 2; ++slot) {
    const BackendRow& backend = statistics.backends[slot];
    state.in_flight[slot] = backend.in_flight;
    for (const ServerRow& server : backend.servers) {
      state.live_servers[slot] += server.live && !server.backup ? 1 : 0;
    }
  }
  return state;
}

}  // namespace sluice::haproxy
