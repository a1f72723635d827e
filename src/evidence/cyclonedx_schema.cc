#include "evidence/cyclonedx_schema.h"

#include "base/text.h"

namespace sluice::evidence {
namespace {

using codec::Json;

constexpr std::array<std::string_view, 6> kVersions{"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
constexpr std::array<std::string_view, 13> kTypes{"application",
                                                  "framework",
                                                  "library",
                                                  "container",
                                                  "platform",
                                                  "operating-system",
                                                  "device",
                                                  "device-driver",
                                                  "firmware",
                                                  "file",
                                                  "data",
                                                  "machine-learning-model",
                                                  "cryptographic-asset"};
constexpr std::array<std::string_view, 3> kScopes{"required", "optional", "excluded"};

struct HashAlgorithm {
  std::string_view name;
  std::size_t digits;
};
constexpr std::array<HashAlgorithm, 14> kHashes{{{"MD5", 32},
                                                 {"SHA-1", 40},
                                                 {"SHA-256", 64},
                                                 {"SHA-384", 96},
                                                 {"SHA-512", 128},
                                                 {"SHA3-256", 64},
                                                 {"SHA3-384", 96},
                                                 {"SHA3-512", 128},
                                                 {"BLAKE2b-256", 64},
                                                 {"BLAKE2b-384", 96},
                                                 {"BLAKE2b-512", 128},
                                                 {"BLAKE3", 64},
                                                 {"Streebog-256", 64},
                                                 {"Streebog-512", 128}}};

template <class List>
bool has(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::unexpected<Error> against(std::string_view what) {
  return fail(ErrorCode::invalid_input, fmt::format("against the CycloneDX schema: {}", what));
}

std::string shown(const Json* value) {
  if (value == nullptr) return "nothing";
  const std::string* text = value->string();
  return text == nullptr ? "no text" : fmt::format("`{}`", printable(*text, 60));
}

// The elements of a list that need not be there.
Result<Json::Array> list_of(const Json& holder, std::string_view name) {
  const Json* list = holder.find(name);
  if (list == nullptr) return Json::Array{};
  if (list->array() == nullptr) return against(fmt::format("`{}` is no list", name));
  for (const Json& element : *list->array()) {
    if (element.object() == nullptr) return against(fmt::format("`{}` holds no object", name));
  }
  return *list->array();
}

Result<void> check_word(const Json& holder, std::string_view name,
                        std::span<const std::string_view> words, bool required) {
  const Json* value = holder.find(name);
  if (value == nullptr && !required) return {};
  if (value != nullptr && value->string() != nullptr && has(words, *value->string())) return {};
  return against(fmt::format("`{}` is {}", name, shown(value)));
}

Result<void> check_hash(const Json& hash) {
  const std::string name = hash.string_or("alg", "");
  const std::string content = hash.string_or("content", "");
  const auto algorithm = std::ranges::find(kHashes, name, &HashAlgorithm::name);
  if (algorithm == kHashes.end())
    return against(fmt::format("`alg` is {}", shown(hash.find("alg"))));
  const bool hex = content.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (hex && content.size() == algorithm->digits) return {};
  return against(fmt::format("a hash of {} is {}", name, shown(hash.find("content"))));
}

Result<void> check_license(const Json& choice) {
  const Json* license = choice.find("license");
  const Json* expression = choice.find("expression");
  if ((license == nullptr) == (expression == nullptr)) {
    return against("a licence is either a `license` or an `expression`");
  }
  if (expression != nullptr) {
    return expression->string() == nullptr ? against("`expression` is no text") : Result<void>{};
  }
  if ((license->find("id") == nullptr) == (license->find("name") == nullptr)) {
    return against("a `license` has either an `id` or a `name`");
  }
  return {};
}

Result<std::int64_t> check_components(const Json& holder);

Result<std::int64_t> check_component(const Json& component) {
  if (component.object() == nullptr) return against("a component is no object");
  SLUICE_TRY(check_word(component, "type", kTypes, true));
  SLUICE_TRY(check_word(component, "scope", kScopes, false));
  if (component.string_or("name", "").empty()) return against("a component has no `name`");
  const Json::Array hashes = SLUICE_TRY(list_of(component, "hashes"));
  for (const Json& hash : hashes) SLUICE_TRY(check_hash(hash));
  const Json::Array licenses = SLUICE_TRY(list_of(component, "licenses"));
  for (const Json& license : licenses) SLUICE_TRY(check_license(license));
  const std::int64_t inner = SLUICE_TRY(check_components(component));
  return 1 + inner;
}

// As deep as JSON may be, which is bounded.
Result<std::int64_t> check_components(const Json& holder) {
  const Json::Array components = SLUICE_TRY(list_of(holder, "components"));
  std::int64_t count = 0;
  for (const Json& component : components) {
    const std::int64_t inner = SLUICE_TRY(check_component(component));
    count += inner;
  }
  return count;
}

// Each names a part of the document, and what it rests on.
Result<void> check_dependencies(const Json& bom) {
  const Json::Array dependencies = SLUICE_TRY(list_of(bom, "dependencies"));
  for (const Json& one : dependencies) {
    if (one.string_or("ref", "").empty()) return against("a dependency has no `ref`");
    const Json* on = one.find("dependsOn");
    if (on == nullptr) continue;
    const bool texts =
        on->array() != nullptr &&
        std::ranges::all_of(*on->array(), [](const auto& ref) { return ref.string() != nullptr; });
    if (!texts) return against("`dependsOn` is no list of references");
  }
  return {};
}

bool is_serial_number(std::string_view text) {
  constexpr std::string_view kStart = "urn:uuid:";
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (!text.starts_with(kStart) || text.size() != kStart.size() + kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const char c = text[kStart.size() + i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (kShape[i] == '-' ? c != '-' : !hex) return false;
  }
  return true;
}

Result<void> check_head(const Json& bom) {
  if (bom.string_or("bomFormat", "") != "CycloneDX") {
    return against(fmt::format("`bomFormat` is {}", shown(bom.find("bomFormat"))));
  }
  SLUICE_TRY(check_word(bom, "specVersion", kVersions, true));
  const Json* version = bom.find("version");
  if (version != nullptr && (version->integer() == nullptr || *version->integer() < 1)) {
    return against("`version` is no whole number from 1");
  }
  const Json* serial = bom.find("serialNumber");
  if (serial != nullptr && !is_serial_number(bom.string_or("serialNumber", ""))) {
    return against(fmt::format("`serialNumber` is {}", shown(serial)));
  }
  return {};
}

}  // namespace

Result<std::int64_t> check_cyclonedx(const Json& bom) {
  SLUICE_TRY(check_head(bom));
  const Json* metadata = bom.find("metadata");
  if (metadata != nullptr && metadata->object() == nullptr)
    return against("`metadata` is no object");
  const Json* about = metadata == nullptr ? nullptr : metadata->find("component");
  if (about != nullptr) SLUICE_TRY(check_component(*about));
  SLUICE_TRY(check_dependencies(bom));
  return check_components(bom);
}

}  // namespace sluice::evidence
