// Base64 (RFC 4648), the standard and the URL-safe alphabet, as DSSE asks for both.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::codec {

// Strict: no white space, not both alphabets in one text, padding whole or absent, and no bits that
// are set beyond the last byte, so that one sequence of bytes has no second spelling but these.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

// In the standard alphabet, with padding.
[[nodiscard]] std::string encode_base64(std::string_view bytes);

}  // namespace sluice::codec
