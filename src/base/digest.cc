#include "base/digest.h"

#include <array>

#include <openssl/evp.h>

#include "base/assert.h"
#include "base/text.h"

namespace sluice {

Digest sha256(std::string_view bytes) {
  std::array<unsigned char, 32> raw{};
  unsigned int size = 0;
  const int ok = EVP_Digest(bytes.data(), bytes.size(), raw.data(), &size, EVP_sha256(), nullptr);
  SLUICE_ASSERT(ok == 1 && size == raw.size());

  constexpr std::string_view kDigits = "0123456789abcdef";
  Digest digest;
  digest.hex.reserve(2 * raw.size());
  for (const unsigned char byte : raw) {
    digest.hex += kDigits[byte >> 4U];
    digest.hex += kDigits[byte & 15U];
  }
  return digest;
}

std::optional<Digest> parse_digest(std::string_view text) {
  if (text.starts_with("sha256:")) text.remove_prefix(7);
  if (text.size() != 64) return std::nullopt;
  Digest digest{to_lower_ascii(text)};
  if (digest.hex.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return digest;
}

}  // namespace sluice
