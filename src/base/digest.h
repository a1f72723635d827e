// Digest: the SHA-256 of some bytes. Everything that Sluice binds (evidence, approvals, verdicts,
// releases) is bound by a digest.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

struct Digest {
  std::string hex;  // 64 lower-case hexadecimal digits; empty means none

  [[nodiscard]] bool empty() const { return hex.empty(); }
  // The first twelve digits: what a person is shown.
  [[nodiscard]] std::string brief() const { return hex.substr(0, 12); }
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

// Accepts 64 hexadecimal digits of either case, with or without a leading "sha256:".
[[nodiscard]] std::optional<Digest> parse_digest(std::string_view text);

}  // namespace sluice
