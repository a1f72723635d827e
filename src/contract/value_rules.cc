#include "contract/value_rules.h"

#include "base/text.h"
#include "contract/contains.h"

namespace sluice::contract {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

bool is_port(std::string_view text) {
  const auto port = parse_integer(text);
  return text.size() <= 5 && port && *port >= 1 && *port <= 65'535;
}

bool is_known_replacement(std::string_view name) {
  constexpr std::array<std::string_view, 5> kKnown{"port", "instance", "slot", "environment",
                                                   "release"};
  constexpr std::array<std::string_view, 2> kFiles{"artifact.", "configuration."};
  return contains(kKnown, name) || std::ranges::any_of(kFiles, [&](std::string_view kind) {
           return name.starts_with(kind) && name.size() > kind.size();
         });
}

}  // namespace

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return kLower.contains(c) || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, allowed);
}

bool is_proxy_name(std::string_view text) {
  return !text.empty() && text.size() <= 100 &&
         text.find_first_not_of(kNameCharacters) == text.npos;
}

bool is_local_listen(std::string_view text) {
  for (const std::string_view host : {"127.0.0.1:", "[::1]:"}) {
    if (text.starts_with(host)) return is_port(text.substr(host.size()));
  }
  return false;
}

bool is_http_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme) || !is_visible_ascii(text)) continue;
    const std::string_view rest = text.substr(scheme.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.empty() || authority.contains('@')) return false;
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    return colon != 0 && (colon == authority.npos || is_port(authority.substr(colon + 1)));
  }
  return false;
}

bool is_url_path(std::string_view text) { return text.starts_with('/') && is_visible_ascii(text); }

std::string_view unknown_replacement(std::string_view word) {
  for (std::size_t open = word.find('{'); open != word.npos; open = word.find('{', open + 1)) {
    const std::size_t end = word.find_first_not_of(kNameCharacters, open + 1);
    if (end == word.npos || word[end] != '}' || end == open + 1) continue;
    if (!is_known_replacement(word.substr(open + 1, end - open - 1))) {
      return word.substr(open, end - open + 1);
    }
  }
  return {};
}

}  // namespace sluice::contract
