#include "codec/json_builder.h"

#include "base/text.h"

namespace sluice::codec {
namespace {

const std::string* repeated_key(const Json::Object& members) {
  std::vector<const std::string*> keys;
  keys.reserve(members.size());
  for (const auto& [key, value] : members) keys.push_back(&key);
  return repeated(keys);
}

}  // namespace

// Sorting pointers is what keeps an object of a million members cheap.
const std::string* repeated(const std::vector<const std::string*>& texts) {
  std::vector<const std::string*> sorted = texts;
  std::ranges::sort(sorted, {},
                    [](const std::string* text) -> const std::string& { return *text; });
  const auto twice = std::ranges::adjacent_find(
      sorted, [](const auto* one, const auto* two) { return *one == *two; });
  return twice == sorted.end() ? nullptr : *twice;
}

bool JsonBuilder::open(Json container) {
  open_.push_back(std::move(container));
  keys_.emplace_back();
  return true;
}

bool JsonBuilder::close() {
  if (const Json::Object* members = open_.back().object()) {
    if (const std::string* twice = repeated_key(*members)) {
      trouble_ = fmt::format("the key `{}` occurs twice", printable(*twice, 80));
      return false;
    }
  }
  Json closed = std::move(open_.back());
  open_.pop_back();
  keys_.pop_back();
  return add(std::move(closed));
}

bool JsonBuilder::add(Json value) {
  if (++values_ > values_max_) {
    trouble_ = fmt::format("more than {} values", values_max_);
    return false;
  }
  if (open_.empty()) {
    whole_ = std::move(value);
    complete_ = true;
  } else if (Json::Array* array = open_.back().array()) {
    array->push_back(std::move(value));
  } else {
    open_.back().object()->emplace_back(std::move(keys_.back()), std::move(value));
  }
  return true;
}

Json JsonBuilder::take() {
  complete_ = false;
  values_ = 0;
  return std::move(whole_);
}

}  // namespace sluice::codec
