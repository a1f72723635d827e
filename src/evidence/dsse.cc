#include "evidence/dsse.h"

#include "codec/base64.h"
#include "codec/json.h"

namespace sluice::evidence {
namespace {

using codec::Json;

constexpr std::size_t kSignaturesMax = 32;
constexpr std::size_t kSignatureBytesMax = 1'024;

std::unexpected<Error> no_envelope(std::string_view what) {
  return fail(ErrorCode::invalid_input, fmt::format("no DSSE envelope: {}", what));
}

bool demands_more(const Json& object) {
  return object.find("crit") != nullptr || object.find("critical") != nullptr;
}

Result<std::string> decoded(const Json& holder, std::string_view name) {
  const Json* member = holder.find(name);
  if (member == nullptr || member->string() == nullptr) {
    return no_envelope(fmt::format("`{}` is missing or no text", name));
  }
  auto bytes = codec::decode_base64(*member->string());
  if (!bytes) return no_envelope(fmt::format("`{}` is no base64", name));
  return *std::move(bytes);
}

Result<std::vector<std::string>> signatures_of(const Json& envelope) {
  const Json* list = envelope.find("signatures");
  if (list == nullptr || list->array() == nullptr || list->array()->empty()) {
    return no_envelope("there are no signatures");
  }
  if (list->array()->size() > kSignaturesMax) {
    return no_envelope(fmt::format("more than {} signatures", kSignaturesMax));
  }
  std::vector<std::string> signatures;
  for (const Json& one : *list->array()) {
    if (demands_more(one)) return no_envelope("a signature has critical members");
    std::string signature = SLUICE_TRY(decoded(one, "sig"));
    if (signature.size() > kSignatureBytesMax) return no_envelope("a signature is too long");
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

}  // namespace

Result<Envelope> read_envelope(std::string_view bytes) {
  const Json json = SLUICE_TRY(codec::parse_json(bytes, kEnvelopeBytesMax));
  return envelope_of(json);
}

Result<Envelope> envelope_of(const Json& json) {
  if (json.object() == nullptr) return no_envelope("no JSON object");
  if (demands_more(json)) return no_envelope("it has critical members");
  Envelope envelope;
  envelope.payload_type = json.string_or("payloadType", "");
  if (envelope.payload_type.empty()) return no_envelope("`payloadType` is missing or no text");
  envelope.payload = SLUICE_TRY(decoded(json, "payload"));
  envelope.signatures = SLUICE_TRY(signatures_of(json));
  return envelope;
}

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", payload_type.size(), payload_type, payload.size(),
                     payload);
}

}  // namespace sluice::evidence
