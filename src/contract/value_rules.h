// What single values of sluice.yaml must look like.
#pragma once

#include <string_view>

namespace sluice::contract {

// Lower-case letters, digits and `-`; at most 63 of them.
[[nodiscard]] bool is_name(std::string_view text);

// What HAProxy's configuration calls things: letters, digits, `_`, `-`, `.`.
[[nodiscard]] bool is_proxy_name(std::string_view text);

// "127.0.0.1:9711" or "[::1]:9711": an address that only this machine reaches.
[[nodiscard]] bool is_local_listen(std::string_view text);

// "http://host[:port][/path]" or the same with https, without user, blanks or control characters.
[[nodiscard]] bool is_http_url(std::string_view text);

// "/healthz": starts with `/`, holds no blanks and no control characters.
[[nodiscard]] bool is_url_path(std::string_view text);

// The first `{name}` in a word of a command that Sluice does not replace, with its braces; empty:
// all are known. Braces around anything but a name are left to the program.
[[nodiscard]] std::string_view unknown_replacement(std::string_view word);

}  // namespace sluice::contract
