#include "codec/archive.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::codec {

void JsonReader::read(const Json& json, bool& value) {
  if (json.boolean() == nullptr) return refuse("expected true or false");
  value = *json.boolean();
}

void JsonReader::read(const Json& json, double& value) {
  if (json.integer() == nullptr && json.real() == nullptr) return refuse("expected a number");
  value = json.number_or(0);
}

void JsonReader::read(const Json& json, std::string& value) {
  if (json.string() == nullptr) return refuse("expected a string");
  value = *json.string();
}

void JsonReader::read(const Json& json, Share& value) {
  value = Share(static_cast<int>(integer_within(json, 0, Share::kWhole)));
}

// Strict: what Sluice writes is lower case and without a prefix.
void JsonReader::read(const Json& json, Digest& value) {
  const std::string* text = json.string();
  const auto digest = text == nullptr ? std::nullopt : parse_digest(*text);
  if (digest && digest->hex == *text) {
    value = *digest;
  } else if (text != nullptr && text->empty()) {
    value = Digest{};
  } else {
    refuse("expected a digest of 64 lower-case hexadecimal digits");
  }
}

std::int64_t JsonReader::integer_within(const Json& json, std::int64_t min, std::int64_t max) {
  const std::int64_t* number = json.integer();
  if (number != nullptr && *number >= min && *number <= max) return *number;
  refuse(fmt::format("expected an integer from {} to {}", min, max));
  return min;
}

void JsonReader::refuse(std::string_view why) {
  if (trouble_) return;
  trouble_ = path_.empty() ? std::string(why) : fmt::format("`{}`: {}", path_, why);
}

void JsonReader::refuse_word(std::string_view name, std::string_view word) {
  if (trouble_) return;
  const std::size_t before = name.empty() ? path_.size() : enter(name);
  refuse(fmt::format("unknown word `{}`", printable(word, 80)));
  leave(before);
}

std::size_t JsonReader::enter(std::string_view name) {
  const std::size_t before = path_.size();
  if (before != 0) path_ += '.';
  path_ += name;
  return before;
}

std::size_t JsonReader::enter(std::size_t index) {
  const std::size_t before = path_.size();
  path_ += fmt::format("[{}]", index);
  return before;
}

}  // namespace sluice::codec
