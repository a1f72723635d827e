// One line of HAProxy's log stream, in the format that codec/haproxy_config prints:
//
//   sluice/1 %pid %b %s %ST %Ta %tsc %[date(0,ms)] %[var(txn.sluice_bucket)]
//
// Whatever precedes "sluice/1" (a syslog header) and whatever follows the last field, after a
// space, is ignored: users may append fields of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::haproxy {

struct LogLine {
  std::int64_t process = 0;      // pid of the HAProxy process that served it
  std::string_view backend;      // of the text that was parsed
  std::string_view server;       // "<NOSRV>" when none was reached
  int status = 0;                // -1: no response was sent
  std::int64_t active_ms = 0;    // from the first byte of the request to the end of the response
  std::string_view termination;  // "----", or who ended it and when
  std::int64_t ended_unix_ms = 0;
  int bucket = -1;  // 0..7; -1: the stream carries none
};

// Nothing for anything that is not such a line. Does not allocate.
[[nodiscard]] std::optional<LogLine> parse_log_line(std::string_view text);

// The server's fault, or HAProxy's own: 5xx, or a response that broke off on the server's side. A
// client that went away is nobody's error.
[[nodiscard]] bool is_error(const LogLine& line);

}  // namespace sluice::haproxy
