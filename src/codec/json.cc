#include "codec/json.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace sluice::codec {
namespace {

constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kValuesMax = 1'000'000;  // a Json of one byte in the text takes 40 in memory

// The library's handlers are not told where they are; its input iterator is, so it keeps count.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  const char** furthest = nullptr;

  reference operator*() const { return *at; }
  Cursor& operator++() {
    *furthest = ++at;
    return *this;
  }
  friend bool operator==(const Cursor& one, const Cursor& two) { return one.at == two.at; }
};

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing
// value - invalid literal; last read: '…'" -> "invalid literal". What was read stays out: it may be
// long, and it may be a secret.
std::string without_ornaments(std::string_view what) {
  if (const auto dash = what.find(" - "); dash != std::string_view::npos)
    what.remove_prefix(dash + 3);
  return printable(what.substr(0, what.find("; last read")), 160);
}

// A key that occurs twice. Sorting views is what keeps an object of a million members cheap.
const std::string* repeated_key(const Json::Object& members) {
  std::vector<const std::string*> keys;
  keys.reserve(members.size());
  for (const auto& [key, value] : members) keys.push_back(&key);
  std::ranges::sort(keys, {}, [](const std::string* key) -> const std::string& { return *key; });
  const auto twice = std::ranges::adjacent_find(
      keys, [](const auto* one, const auto* two) { return *one == *two; });
  return twice == keys.end() ? nullptr : *twice;
}

// Builds the value while the library reads. Every handler returns false to stop.
class Builder {
 public:
  using Library = nlohmann::json;

  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) { return add(Json(value)); }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX))
      return refuse("a whole number beyond 64 bits");
    return add(Json(static_cast<std::int64_t>(value)));
  }
  // The library falls back to a double where an integer does not fit.
  bool number_float(double value, const std::string& written) {
    if (written.find_first_of(".eE") == std::string::npos) {
      return refuse("a whole number beyond 64 bits");
    }
    return add(Json(value));
  }
  bool string(std::string& value) { return add(Json(std::move(value))); }
  bool binary(Library::binary_t& /*value*/) { return refuse("binary data"); }
  bool start_object(std::size_t /*size*/) { return open(Json(Json::Object{})); }
  bool start_array(std::size_t /*size*/) { return open(Json(Json::Array{})); }
  bool key(std::string& value) {
    keys_.back() = std::move(value);
    return true;
  }
  bool end_array() { return close(); }
  bool end_object() {
    if (const std::string* twice = repeated_key(*open_.back().object())) {
      return refuse(fmt::format("the key `{}` occurs twice", printable(*twice, 80)));
    }
    return close();
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Library::exception& error) {
    return refuse(without_ornaments(error.what()));
  }

  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  [[nodiscard]] Json take() { return std::move(whole_); }

 private:
  bool refuse(std::string trouble) {
    if (trouble_.empty()) trouble_ = std::move(trouble);
    return false;
  }

  bool open(Json container) {
    if (open_.size() == kDepthMax) return refuse("more than 64 levels");
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    Json complete = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(complete));
  }

  bool add(Json value) {
    if (++values_ > kValuesMax) return refuse("more than a million values");
    if (open_.empty()) {
      whole_ = std::move(value);
    } else if (Json::Array* array = open_.back().array()) {
      array->push_back(std::move(value));
    } else {
      open_.back().object()->emplace_back(std::move(keys_.back()), std::move(value));
    }
    return true;
  }

  Json whole_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;  // of the member being read, one for each level
  std::size_t values_ = 0;
  std::string trouble_;
};

std::unexpected<Error> wrong_at(std::size_t offset, std::string_view trouble) {
  return fail(ErrorCode::invalid_input, fmt::format("not JSON at byte {}: {}", offset, trouble));
}

}  // namespace

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
  // The library takes a NUL for the end, and would not see what follows it.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return wrong_at(nul, "a NUL byte");
  }
  const char* furthest = text.data();
  const Cursor first{text.data(), &furthest};
  const Cursor last{text.data() + text.size(), &furthest};
  Builder builder;
  try {
    if (Builder::Library::sax_parse(first, last, &builder)) return builder.take();
  } catch (const Builder::Library::exception& error) {
    return wrong_at(static_cast<std::size_t>(furthest - text.data()),
                    without_ornaments(error.what()));
  }
  return wrong_at(static_cast<std::size_t>(furthest - text.data()), builder.trouble());
}

}  // namespace sluice::codec
