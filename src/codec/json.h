// Json: a JSON document as a plain value, read strictly and written the same way every time.
//
// Refused when read: duplicate keys, more than 64 levels, bytes after the end, invalid UTF-8,
// NaN and infinities, whole numbers beyond 64 bits, documents larger than the caller's limit and
// documents of more than a million values. Objects keep their order, and dump() writes no white
// space, so the same value always gives the same bytes.
//
// A number written with a fraction or an exponent is a double, every other one an integer; dump()
// keeps that difference (1.0 stays `1.0`), in the fewest digits that read back as the same double.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace sluice::codec {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;                                      // null
  Json(bool value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  Json(std::int64_t value) : value_(value) {}            // NOLINT(google-explicit-constructor)
  Json(int value) : value_(std::int64_t{value}) {}       // NOLINT(google-explicit-constructor)
  Json(double value) : value_(value) {}                  // NOLINT(google-explicit-constructor)
  Json(std::string value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Json(std::string_view value)
      : value_(std::string(value)) {}                      // NOLINT(google-explicit-constructor)
  Json(const char* value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Json(Array value) : value_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Json(Object value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // Each returns null when the value is of another kind.
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] const double* real() const { return std::get_if<double>(&value_); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] Array* array() { return std::get_if<Array>(&value_); }
  [[nodiscard]] Object* object() { return std::get_if<Object>(&value_); }
  // Integers too; not a number gives `otherwise`.
  [[nodiscard]] double number_or(double otherwise) const;

  // The member of that name, or null when this is no object or has no such member.
  [[nodiscard]] const Json* find(std::string_view key) const;
  // Conveniences for reading what a stranger sent: a default where the member is missing or of
  // another kind.
  [[nodiscard]] std::string string_or(std::string_view key, std::string_view otherwise) const;
  [[nodiscard]] std::int64_t integer_or(std::string_view key, std::int64_t otherwise) const;
  [[nodiscard]] bool boolean_or(std::string_view key, bool otherwise) const;

  // Appends a member; the caller does not repeat a key.
  void set(std::string key, Json value);

  // What JSON cannot carry is replaced rather than lost sight of: bytes that are not UTF-8 become
  // U+FFFD, and a double that is no number becomes null, which a reader of numbers refuses.
  [[nodiscard]] std::string dump() const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

// `invalid_input` with the byte offset of what is wrong.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::size_t bytes_max = 8U << 20U);

}  // namespace sluice::codec
