#include "codec/json.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/json_stream.h"

namespace sluice::codec {

double Json::number_or(double otherwise) const {
  if (const auto* whole = integer()) return static_cast<double>(*whole);
  return real() == nullptr ? otherwise : *real();
}

const Json* Json::find(std::string_view key) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, key, &Object::value_type::first);
  return found == members->end() ? nullptr : &found->second;
}

std::string Json::string_or(std::string_view key, std::string_view otherwise) const {
  const Json* member = find(key);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? std::string(otherwise) : *text;
}

std::int64_t Json::integer_or(std::string_view key, std::int64_t otherwise) const {
  const Json* member = find(key);
  const std::int64_t* number = member == nullptr ? nullptr : member->integer();
  return number == nullptr ? otherwise : *number;
}

bool Json::boolean_or(std::string_view key, bool otherwise) const {
  const Json* member = find(key);
  const bool* truth = member == nullptr ? nullptr : member->boolean();
  return truth == nullptr ? otherwise : *truth;
}

void Json::set(std::string key, Json value) {
  if (object() == nullptr) value_ = Object{};
  object()->emplace_back(std::move(key), std::move(value));
}

Result<Json> parse_json(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return fail(ErrorCode::invalid_input,
                fmt::format("JSON of {} bytes; at most {} are read", text.size(), bytes_max));
  }
  Json whole;
  const JsonPlace document{.path = ""};
  SLUICE_TRY(stream_json(bytes_of(text), {&document, 1},
                         [&](JsonVisit visit) -> Result<void> {
                           whole = std::move(visit.value);
                           return {};
                         },
                         {.bytes_max = bytes_max}));
  return whole;
}

}  // namespace sluice::codec
