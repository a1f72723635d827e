// Attestation: a Statement whose signature was checked, and by whom it was signed.
//
// The payload is decoded once: the bytes whose signature was verified are the bytes that are
// parsed, by the one JSON parser of this program. Every signature is tried with every key; what an
// envelope says about its keys decides nothing. Two signatures by one key are one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "evidence/signature.h"
#include "evidence/statement.h"

namespace sluice::evidence {

// Whose key it is, and of what it may speak. An empty list allows nothing.
struct TrustedKey {
  std::string evaluator;  // "security-scanner", as sluice.yaml names it
  PublicKey key;
  std::vector<std::string> predicate_types{};
  std::vector<std::string> domains{};  // "security", "performance", …
  // The builder or verifier ids that it may sign for: only the pair of key and id is trusted.
  std::vector<std::string> speaks_for{};
};

struct Attestation {
  Statement statement;
  Digest payload;                   // of the bytes that were signed
  std::vector<TrustedKey> signers;  // whose signature verified, each key once
};

// A DSSE envelope, or a Sigstore bundle (bundle.h) that holds one. `invalid_input` for what cannot
// be read or is no in-toto payload; `rejected` where no signature is by one of `keys`, or a bundle
// has a certificate and it is not of that key. Nothing of the payload is parsed before a signature
// has been verified.
[[nodiscard]] Result<Attestation> open_attestation(std::string_view bytes,
                                                   std::span<const TrustedKey> keys);

}  // namespace sluice::evidence
