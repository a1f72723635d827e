#include "evidence/attestation.h"

#include "base/text.h"
#include "evidence/bundle.h"
#include "evidence/dsse.h"

namespace sluice::evidence {
namespace {

// "application/vnd.in-toto+json", and since in-toto 1.2 "application/vnd.in-toto.<predicate>+json".
bool is_in_toto(std::string_view payload_type) {
  constexpr std::string_view kStart = "application/vnd.in-toto";
  constexpr std::string_view kEnd = "+json";
  if (!payload_type.starts_with(kStart) || !payload_type.ends_with(kEnd)) return false;
  if (payload_type.size() < kStart.size() + kEnd.size()) return false;
  const std::string_view between =
      payload_type.substr(kStart.size(), payload_type.size() - kStart.size() - kEnd.size());
  return between.empty() || (between.size() > 1 && between.front() == '.');
}

std::vector<TrustedKey> signers_of(const Envelope& envelope, std::span<const TrustedKey> keys) {
  const std::string signed_bytes =
      pre_authentication_encoding(envelope.payload_type, envelope.payload);
  std::vector<TrustedKey> signers;
  for (const TrustedKey& key : keys) {
    const bool known = std::ranges::any_of(signers, [&](const TrustedKey& signer) {
      return signer.key.fingerprint == key.key.fingerprint && signer.evaluator == key.evaluator;
    });
    const bool signed_it = !known && std::ranges::any_of(envelope.signatures, [&](const auto& one) {
      return verifies(key.key, signed_bytes, one);
    });
    if (signed_it) signers.push_back(key);
  }
  return signers;
}

Result<Bundle> bundle_or_envelope(std::string_view bytes) {
  const codec::Json json = SLUICE_TRY(codec::parse_json(bytes, kEnvelopeBytesMax));
  if (is_bundle(json)) return read_bundle(json);
  return Bundle{.envelope = SLUICE_TRY(envelope_of(json)), .certified = {}};
}

// Why a bundle with a certificate has no signer that counts.
Error keyless(const PublicKey& certified, std::span<const TrustedKey> keys) {
  const bool named = std::ranges::any_of(
      keys, [&](const TrustedKey& one) { return one.key.fingerprint == certified.fingerprint; });
  if (named) {
    return {ErrorCode::rejected, "the signature is not by the key of the bundle's certificate"};
  }
  return {ErrorCode::rejected,
          fmt::format("it was signed without a key that sluice.yaml names: a certificate is not "
                      "believed, whoever issued it, and its key {} is named by no evaluator",
                      certified.fingerprint.brief())};
}

}  // namespace

Result<Attestation> open_attestation(std::string_view bytes, std::span<const TrustedKey> keys) {
  const Bundle bundle = SLUICE_TRY(bundle_or_envelope(bytes));
  const Envelope& envelope = bundle.envelope;
  std::vector<TrustedKey> signers = signers_of(envelope, keys);
  if (bundle.certified) {
    std::erase_if(signers, [&](const TrustedKey& signer) {
      return signer.key.fingerprint != bundle.certified->fingerprint;
    });
    if (signers.empty()) return std::unexpected(keyless(*bundle.certified, keys));
  }
  if (signers.empty()) {
    return fail(ErrorCode::rejected, "no signature of the envelope is by a key that is trusted");
  }
  if (!is_in_toto(envelope.payload_type)) {
    return fail(ErrorCode::invalid_input, fmt::format("a payload of type `{}`, which is no in-toto",
                                                      printable(envelope.payload_type, 80)));
  }
  Statement statement = SLUICE_TRY(read_statement(envelope.payload));
  return Attestation{.statement = std::move(statement),
                     .payload = sha256(envelope.payload),
                     .signers = std::move(signers)};
}

}  // namespace sluice::evidence
