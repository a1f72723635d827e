// Signatures: Ed25519 (RFC 8032) and ECDSA over NIST P-256 with SHA-256, checked with OpenSSL.
//
// An ECDSA signature is taken as DER, and, where it has exactly 64 bytes, as r and s one after the
// other (IEEE P1363), too: both are in use among signers of DSSE, and both are the same numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace sluice::evidence {

enum class KeyKind : std::uint8_t { ed25519, ecdsa_p256 };

struct PublicKey {
  KeyKind kind = KeyKind::ed25519;
  std::string der;     // SubjectPublicKeyInfo
  Digest fingerprint;  // of `der`: two keys are the same when these are
  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

// A PEM file with one public key. Other kinds of keys, other curves and private keys are
// `invalid_input`; the message never holds any of the text.
[[nodiscard]] Result<PublicKey> parse_public_key(std::string_view pem);

// Of an X.509 certificate in DER. Who issued it, to whom, and until when is not looked at.
// `invalid_input` as above, and for what is no certificate or is followed by anything.
[[nodiscard]] Result<PublicKey> key_of_certificate(std::string_view der);

[[nodiscard]] bool verifies(const PublicKey& key, std::string_view message,
                            std::string_view signature);

}  // namespace sluice::evidence
