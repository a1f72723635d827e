// DSSE v1.0.2: the envelope in which signed evidence comes.
//
// What is read here is not yet to be believed. Only `payload` is what a signature covers, together
// with `payload_type`; a key id decides nothing, and unknown members are ignored, since nobody
// signed them. Limits: 8 MiB, 32 signatures of 1,024 bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

namespace sluice::evidence {

struct Envelope {
  std::string payload_type;
  std::string payload;                  // decoded: the bytes that were signed
  std::vector<std::string> signatures;  // decoded
};

inline constexpr std::size_t kEnvelopeBytesMax = 8U << 20U;

// `invalid_input` for what is no envelope, for one without signatures, with duplicate keys, or with
// a member `crit` or `critical`, by which a writer asks readers who do not know it to refuse.
[[nodiscard]] Result<Envelope> envelope_of(const codec::Json& json);
[[nodiscard]] Result<Envelope> read_envelope(std::string_view bytes);

// The bytes that a signature is made over (section "Signature Definition").
[[nodiscard]] std::string pre_authentication_encoding(std::string_view payload_type,
                                                      std::string_view payload);

}  // namespace sluice::evidence
