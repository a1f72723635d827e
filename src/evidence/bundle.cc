#include "evidence/bundle.h"

#include "base/text.h"
#include "codec/base64.h"

namespace sluice::evidence {
namespace {

using codec::Json;

constexpr std::array<std::string_view, 4> kMediaTypes{
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.1"};

std::unexpected<Error> no_bundle(std::string_view what) {
  return fail(ErrorCode::invalid_input, fmt::format("no Sigstore bundle: {}", what));
}

// Of the signer: the first of a chain. Null where there is none.
const Json* certificate_in(const Json& material) {
  if (const Json* one = material.find("certificate")) return one;
  const Json* chain = material.find("x509CertificateChain");
  const Json* list = chain == nullptr ? nullptr : chain->find("certificates");
  if (list == nullptr || list->array() == nullptr || list->array()->empty()) return chain;
  return &list->array()->front();
}

Result<PublicKey> certified_key(const Json& certificate) {
  const auto der = codec::decode_base64(certificate.string_or("rawBytes", ""));
  if (!der || der->empty()) return no_bundle("the certificate is no base64");
  return key_of_certificate(*der);
}

}  // namespace

bool is_bundle(const Json& json) {
  return json.find("dsseEnvelope") != nullptr || json.find("verificationMaterial") != nullptr ||
         json.find("messageSignature") != nullptr;
}

Result<Bundle> read_bundle(const Json& json) {
  const std::string type = json.string_or("mediaType", "");
  if (std::ranges::find(kMediaTypes, type) == kMediaTypes.end()) {
    return no_bundle(fmt::format("`mediaType` is `{}`", printable(type, 80)));
  }
  const Json* envelope = json.find("dsseEnvelope");
  if (envelope == nullptr || json.find("messageSignature") != nullptr) {
    return no_bundle("it holds a signature over a file, and no statement in a DSSE envelope");
  }
  const Json* material = json.find("verificationMaterial");
  if (material == nullptr || material->object() == nullptr) {
    return no_bundle("`verificationMaterial` is missing");
  }
  Bundle bundle{.envelope = SLUICE_TRY(envelope_of(*envelope)), .certified = {}};
  if (bundle.envelope.signatures.size() != 1) {
    return no_bundle(
        fmt::format("it has {} signatures and must have one", bundle.envelope.signatures.size()));
  }
  const Json* certificate = certificate_in(*material);
  if ((certificate == nullptr) == (material->find("publicKey") == nullptr)) {
    return no_bundle("it must have either a public key or a certificate");
  }
  if (certificate != nullptr) bundle.certified = SLUICE_TRY(certified_key(*certificate));
  return bundle;
}

}  // namespace sluice::evidence
