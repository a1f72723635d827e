// Sigstore bundles (protobuf-specs `sigstore_bundle.proto`, media types of 0.1 to 0.3): a DSSE
// envelope, and beside it what somebody may verify it with.
//
// Here only public keys that sluice.yaml names are believed, exactly as for a bare envelope. So the
// key's hint, the entries of transparency logs and timestamps are not looked at; and a certificate
// says nothing but which key it is of: nobody's authority stands behind it.
#pragma once

#include <optional>

#include "base/result.h"
#include "codec/json.h"
#include "evidence/dsse.h"
#include "evidence/signature.h"

namespace sluice::evidence {

struct Bundle {
  Envelope envelope;
  std::optional<PublicKey> certified;  // the key of the certificate, where there is one
};

// Whether a document is one, by its members.
[[nodiscard]] bool is_bundle(const codec::Json& json);

// `invalid_input` for another media type, a bundle without an envelope (a signature over a file
// states nothing), one with other than one signature, without a key or certificate, or with a
// certificate that cannot be read or has a key of another kind than signature.h knows.
[[nodiscard]] Result<Bundle> read_bundle(const codec::Json& json);

}  // namespace sluice::evidence
