// Archives: what turns one description of a struct into both its encoder and its decoder.
//
// A struct is described once, by a function that names each member:
//
//   template <class Archive>
//   void fields(Archive& archive, Of<Archive, StageEntered>& event) {
//     archive("environment", event.environment);
//     archive("stage", event.stage);
//     archive("share_bp", event.share);
//   }
//
// JsonWriter runs it over a value and gives the JSON; JsonReader runs the same over a JSON and
// fills a value. So the two cannot disagree about a name, an order or a type.
//
// Enumerators travel as their to_text words and clauses as their ids; shares are basis points and
// named `…_bp`; ticks are named `…_unix_ms`; digests are hexadecimal, an empty one is "". A member
// that is missing or of another kind is refused, a member that is not described is ignored. A
// member that older ledgers do not have is described by `archive.added`: it is written only where
// it says more than its default, and keeps that where it is missing, so that old events stay byte
// for byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/assert.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/result.h"
#include "base/share.h"
#include "base/tick.h"
#include "codec/json.h"
#include "model/clause.h"
#include "model/slot.h"

namespace sluice::codec {

// T as this archive sees it: const where it is only looked at.
template <class Archive, class T>
using Of = typename Archive::template Of<T>;

// The member that names the alternative of a variant, and the names. Specialised beside the
// description of its alternatives.
template <class Variant>
struct Alternatives;  // kKey, and name(const Variant&)

template <class E>
  requires std::is_enum_v<E>
[[nodiscard]] std::optional<E> enumerator_of(std::string_view word) {
  for (int i = 0; i <= std::numeric_limits<std::uint8_t>::max(); ++i) {
    const std::string_view known = to_text(static_cast<E>(i));
    if (known == "?") break;  // past the last enumerator
    if (known == word) return static_cast<E>(i);
  }
  return std::nullopt;
}
template <>
[[nodiscard]] inline std::optional<Clause> enumerator_of(std::string_view word) {
  return find_clause(word);
}
template <>
[[nodiscard]] inline std::optional<Slot> enumerator_of(std::string_view word) {
  if (word == "a") return Slot::a;
  if (word == "b") return Slot::b;
  return std::nullopt;
}

class JsonWriter {
 public:
  template <class T>
  using Of = const T;

  template <class T>
  void operator()(std::string_view name, const T& value) {
    object_.emplace_back(name, json_of(value));
  }
  template <class T>
  void added(std::string_view name, const T& value) {
    if (value != T{}) (*this)(name, value);
  }
  template <class T>
  void added(std::string_view name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }

  // All fields of a struct, as an object.
  template <class T>
  [[nodiscard]] static Json object_of(const T& value) {
    JsonWriter writer;
    fields(writer, value);
    return Json(std::move(writer.object_));
  }

  // The alternative's name first, then its fields.
  template <class... Ts>
  [[nodiscard]] static Json json_of(const std::variant<Ts...>& value) {
    using Known = Alternatives<std::variant<Ts...>>;
    JsonWriter writer;
    writer(Known::kKey, Known::name(value));
    std::visit([&](const auto& alternative) { fields(writer, alternative); }, value);
    return Json(std::move(writer.object_));
  }

 private:
  static Json json_of(bool value) { return Json(value); }
  static Json json_of(double value) { return Json(value); }
  static Json json_of(const std::string& value) { return Json(value); }
  static Json json_of(std::string_view value) { return Json(value); }
  static Json json_of(Share value) { return Json(value.bp()); }
  static Json json_of(Tick value) { return Json(value.unix_ms); }
  static Json json_of(const Digest& value) { return Json(value.hex); }
  template <class Kind>
  static Json json_of(const Id<Kind>& value) {
    return Json(value.text);
  }
  template <class T>
    requires std::is_integral_v<T>
  static Json json_of(T value) {
    SLUICE_ASSERT(std::in_range<std::int64_t>(value));
    return Json(static_cast<std::int64_t>(value));
  }
  template <class T>
    requires std::is_enum_v<T>
  static Json json_of(T value) {
    return Json(to_text(value));
  }
  template <class T>
  static Json json_of(const std::vector<T>& values) {
    Json::Array items;
    items.reserve(values.size());
    for (const T& value : values) items.push_back(json_of(value));
    return Json(std::move(items));
  }
  template <class T>
    requires std::is_class_v<T>
  static Json json_of(const T& value) {
    return object_of(value);
  }

  Json::Object object_;
};

// Reads until the first thing that is not as described; what was wrong, and where, is trouble().
class JsonReader {
 public:
  template <class T>
  using Of = T;

  explicit JsonReader(const Json& json) : here_(&json) {}

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (trouble_) return;
    const Json* member = here_->find(name);
    const std::size_t before = enter(name);
    if (member == nullptr) {
      refuse(here_->object() == nullptr ? "expected an object around it" : "missing");
    } else {
      read(*member, value);
    }
    leave(before);
  }
  template <class T>
  void added(std::string_view name, T& value) {
    if (trouble_ || here_->find(name) != nullptr) (*this)(name, value);
  }
  template <class T>
  void added(std::string_view name, std::optional<T>& value) {
    if (!trouble_ && here_->find(name) != nullptr) (*this)(name, value.emplace());
  }

  template <class T>
  void read_struct(const Json& json, T& value) {
    if (json.object() == nullptr) return refuse("expected an object");
    const Json* outside = std::exchange(here_, &json);
    fields(*this, value);
    here_ = outside;
  }

  template <class... Ts>
  void read(const Json& json, std::variant<Ts...>& value) {
    using Known = Alternatives<std::variant<Ts...>>;
    const Json* outside = std::exchange(here_, &json);
    std::string word;
    (*this)(Known::kKey, word);
    const bool known = trouble_ || (read_if<Ts>(word, value) || ...);
    if (!known) refuse_word(Known::kKey, word);
    here_ = outside;
  }

  // "`plan.stages[1].share_bp`: expected an integer from 0 to 10000"
  [[nodiscard]] const std::optional<std::string>& trouble() const { return trouble_; }

 private:
  template <class T, class Variant>
  bool read_if(std::string_view word, Variant& value) {
    if (Alternatives<Variant>::name(T{}) != word) return false;
    fields(*this, value.template emplace<T>());
    return true;
  }

  void read(const Json& json, bool& value);
  void read(const Json& json, double& value);
  void read(const Json& json, std::string& value);
  void read(const Json& json, Share& value);
  void read(const Json& json, Tick& value) { read(json, value.unix_ms); }
  void read(const Json& json, Digest& value);
  template <class Kind>
  void read(const Json& json, Id<Kind>& value) {
    read(json, value.text);
  }
  template <class T>
    requires std::is_integral_v<T>
  void read(const Json& json, T& value) {
    constexpr auto kMax = static_cast<std::int64_t>(std::min<std::uint64_t>(
        std::numeric_limits<T>::max(), std::numeric_limits<std::int64_t>::max()));
    constexpr auto kMin = static_cast<std::int64_t>(std::numeric_limits<T>::min());
    value = static_cast<T>(integer_within(json, kMin, kMax));
  }
  template <class T>
    requires std::is_enum_v<T>
  void read(const Json& json, T& value) {
    std::string word;
    read(json, word);
    const auto known = enumerator_of<T>(word);
    if (known) value = *known;
    if (!known) refuse_word({}, word);
  }
  template <class T>
  void read(const Json& json, std::vector<T>& values) {
    if (json.array() == nullptr) return refuse("expected a list");
    values.clear();
    for (const Json& item : *json.array()) {
      const std::size_t before = enter(values.size());
      read(item, values.emplace_back());
      leave(before);
      if (trouble_) return;
    }
  }
  template <class T>
    requires std::is_class_v<T>
  void read(const Json& json, T& value) {
    read_struct(json, value);
  }

  [[nodiscard]] std::int64_t integer_within(const Json& json, std::int64_t min, std::int64_t max);
  // The first refusal counts.
  void refuse(std::string_view why);
  // An enumerator or a name that is not known, in member `name` where that is not here.
  void refuse_word(std::string_view name, std::string_view word);
  // Each returns the length of the path before.
  [[nodiscard]] std::size_t enter(std::string_view name);
  [[nodiscard]] std::size_t enter(std::size_t index);
  void leave(std::size_t before) { path_.resize(before); }

  const Json* here_;
  std::string path_;
  std::optional<std::string> trouble_;
};

// The JSON as a T, or what is wrong with it: "`stage`: missing".
template <class T>
[[nodiscard]] Result<T> struct_from_json(const Json& json) {
  JsonReader reader(json);
  T value;
  reader.read_struct(json, value);
  if (reader.trouble()) return fail(ErrorCode::invalid_input, *reader.trouble());
  return value;
}

}  // namespace sluice::codec
