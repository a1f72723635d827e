#include "codec/json_stream.h"

#include <cstddef>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/assert.h"
#include "base/text.h"
#include "codec/json_builder.h"

namespace sluice::codec {
namespace {

constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kTokenBytesMax = 16U << 20U;
constexpr std::size_t kPlacesMax = 32;

using Library = nlohmann::json;

// The bytes one by one, and where they are. The library takes a NUL for the end and would not see
// what follows it, so a NUL ends the feed and is remembered.
class Feed {
 public:
  Feed(const ByteSource& source, std::size_t bytes_max) : source_(source), bytes_max_(bytes_max) {
    refill();
  }

  [[nodiscard]] bool ended() const { return at_ == end_; }
  [[nodiscard]] const char& front() const { return *at_; }
  void next() {
    ++at_;
    if (++since_token_ > kTokenBytesMax) return stop("a text or number of more than 16 MiB");
    if (at_ == end_) refill();
  }
  void token_read() { since_token_ = 0; }

  [[nodiscard]] std::size_t offset() const {
    return before_ + static_cast<std::size_t>(at_ - begin_);
  }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  void refill() {
    before_ += static_cast<std::size_t>(end_ - begin_);
    begin_ = at_ = end_ = nullptr;
    if (nul_follows_) return stop("a NUL byte");
    if (!trouble_.empty()) return;
    const std::string_view chunk = source_();
    if (chunk.size() > bytes_max_ - std::min(bytes_max_, before_)) {
      return stop(fmt::format("more than {} bytes", bytes_max_));
    }
    const std::size_t nul = chunk.find('\0');
    nul_follows_ = nul != std::string_view::npos;
    begin_ = at_ = chunk.data();
    end_ = begin_ + std::min(nul, chunk.size());
    if (nul_follows_ && at_ == end_) stop("a NUL byte");
  }

  void stop(std::string trouble) {
    if (trouble_.empty()) trouble_ = std::move(trouble);
    end_ = at_;
  }

  const ByteSource& source_;
  std::size_t bytes_max_;
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::size_t before_ = 0;  // bytes of the chunks before this one
  std::size_t since_token_ = 0;
  bool nul_follows_ = false;  // behind this chunk's last byte that is read
  std::string trouble_;
};

struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Feed* feed = nullptr;  // null: the end

  reference operator*() const { return feed->front(); }
  Cursor& operator++() {
    feed->next();
    return *this;
  }
  friend bool operator==(const Cursor& one, const Cursor& two) {
    const auto ended = [](const Cursor& cursor) {
      return cursor.feed == nullptr || cursor.feed->ended();
    };
    return ended(one) == ended(two);
  }
};

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing
// value - invalid literal; last read: '…'" -> "invalid literal". What was read stays out: it may be
// long, and it may be a secret.
std::string without_ornaments(std::string_view what) {
  if (const auto dash = what.find(" - "); dash != std::string_view::npos)
    what.remove_prefix(dash + 3);
  return printable(what.substr(0, what.find("; last read")), 160);
}

struct Place {
  std::vector<std::string_view> steps;
  bool whole = true;
};

std::vector<Place> places_of(std::span<const JsonPlace> places) {
  SLUICE_ASSERT(places.size() <= kPlacesMax);
  std::vector<Place> out;
  for (const JsonPlace& place : places) {
    out.push_back(
        {.steps = place.path.empty() ? std::vector<std::string_view>{} : split(place.path, '/'),
         .whole = place.whole});
  }
  return out;
}

// An object or array that is walked through and not built.
struct Walked {
  bool object = false;
  std::uint32_t places = 0;  // a bit for each place that this path is the beginning of
  std::vector<std::string> keys{};
  std::size_t elements = 0;
};

// Follows the library through the document. Every handler returns false to stop.
class Walk {
 public:
  Walk(Feed& feed, std::span<const JsonPlace> places, const JsonVisitor& visitor,
       const JsonLimits& limits)
      : feed_(feed),
        places_(places_of(places)),
        visitor_(visitor),
        values_max_(limits.values_max),
        builder_(limits.values_max) {}

  bool null() { return value(Json()); }
  bool boolean(bool truth) { return value(Json(truth)); }
  bool number_integer(std::int64_t number) { return value(Json(number)); }
  bool number_unsigned(std::uint64_t number) {
    if (number > static_cast<std::uint64_t>(INT64_MAX))
      return refuse("a whole number beyond 64 bits");
    return value(Json(static_cast<std::int64_t>(number)));
  }
  // The library falls back to a double where an integer does not fit.
  bool number_float(double number, const std::string& written) {
    if (written.find_first_of(".eE") == std::string::npos) {
      return refuse("a whole number beyond 64 bits");
    }
    return value(Json(number));
  }
  bool string(std::string& text) { return value(Json(std::move(text))); }
  bool binary(Library::binary_t& /*value*/) { return refuse("binary data"); }
  bool start_object(std::size_t /*size*/) { return open(Json(Json::Object{})); }
  bool start_array(std::size_t /*size*/) { return open(Json(Json::Array{})); }
  bool key(std::string& name) {
    feed_.token_read();
    if (building_) {
      builder_.key(std::move(name));
      return true;
    }
    if (++held_ > values_max_) return refuse(fmt::format("more than {} values", values_max_));
    inside_.back().keys.push_back(std::move(name));
    return true;
  }
  bool end_array() { return close(); }
  bool end_object() { return close(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Library::exception& error) {
    return refuse(without_ornaments(error.what()));
  }

  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }

 private:
  bool refuse(std::string trouble) {
    if (trouble_.empty()) trouble_ = std::move(trouble);
    return false;
  }

  // Moves on to the next member or element, and says which places its path begins.
  std::uint32_t enter() {
    if (inside_.empty()) return static_cast<std::uint32_t>(-1);
    Walked& parent = inside_.back();
    const std::string_view step = parent.object ? std::string_view(parent.keys.back()) : "*";
    if (!parent.object) at_.back() = parent.elements++;
    std::uint32_t begun = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const auto& steps = places_[i].steps;
      const bool here = (parent.places >> i & 1U) != 0 && steps.size() >= inside_.size();
      // A member that is called `*` is no element.
      const bool same_kind = here && (steps[inside_.size() - 1] == "*") == !parent.object;
      if (same_kind && steps[inside_.size() - 1] == step) begun |= 1U << i;
    }
    return begun;
  }

  [[nodiscard]] std::optional<std::size_t> place_among(std::uint32_t begun) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if ((begun >> i & 1U) != 0 && places_[i].steps.size() == inside_.size()) return i;
    }
    return std::nullopt;
  }

  bool give(std::size_t place, Json value) {
    auto done = visitor_({.place = place, .at = at_, .value = std::move(value)});
    if (!done) refusal_ = std::move(done).error();
    return done.has_value();
  }

  bool value(Json value) {
    feed_.token_read();
    if (building_) return builder_.add(std::move(value)) ? true : refuse(builder_.trouble());
    const auto place = place_among(enter());
    return place ? give(*place, std::move(value)) : true;
  }

  bool open(Json container) {
    feed_.token_read();
    if (inside_.size() + builder_.depth() == kDepthMax) return refuse("more than 64 levels");
    if (building_) return builder_.open(std::move(container));
    const std::uint32_t begun = enter();
    const auto place = place_among(begun);
    if (place && places_[*place].whole) {
      building_ = place;
      return builder_.open(std::move(container));
    }
    const bool object = container.object() != nullptr;
    if (place && !give(*place, std::move(container))) return false;
    inside_.push_back({.object = object, .places = begun});
    if (!object) at_.push_back(0);
    return true;
  }

  bool close() {
    feed_.token_read();
    if (building_) {
      if (!builder_.close()) return refuse(builder_.trouble());
      if (!builder_.complete()) return true;
      const std::size_t place = *std::exchange(building_, std::nullopt);
      return give(place, builder_.take());
    }
    const Walked closed = std::move(inside_.back());
    inside_.pop_back();
    if (!closed.object) at_.pop_back();
    held_ -= closed.keys.size();
    std::vector<const std::string*> keys;
    keys.reserve(closed.keys.size());
    for (const std::string& name : closed.keys) keys.push_back(&name);
    if (const std::string* twice = repeated(keys)) {
      return refuse(fmt::format("the key `{}` occurs twice", printable(*twice, 80)));
    }
    return true;
  }

  Feed& feed_;
  std::vector<Place> places_;
  const JsonVisitor& visitor_;
  std::size_t values_max_;
  JsonBuilder builder_;
  std::optional<std::size_t> building_;  // the place whose value is being built
  std::vector<Walked> inside_;
  std::vector<std::size_t> at_;
  std::size_t held_ = 0;  // keys of all that is open
  std::string trouble_;
  std::optional<Error> refusal_;
};

std::unexpected<Error> wrong_at(std::size_t offset, std::string_view trouble) {
  return fail(ErrorCode::invalid_input, fmt::format("not JSON at byte {}: {}", offset, trouble));
}

}  // namespace

ByteSource bytes_of(std::string_view text) {
  return [text]() mutable { return std::exchange(text, {}); };
}

Result<void> stream_json(const ByteSource& source, std::span<const JsonPlace> places,
                         const JsonVisitor& visitor, const JsonLimits& limits) {
  Feed feed(source, limits.bytes_max);
  Walk walk(feed, places, visitor, limits);
  std::string thrown;
  bool read = false;
  try {
    read = Library::sax_parse(Cursor{&feed}, Cursor{}, &walk);
  } catch (const Library::exception& error) {
    thrown = without_ornaments(error.what());
  }
  if (walk.refusal()) return std::unexpected(*walk.refusal());
  if (!feed.trouble().empty()) return wrong_at(feed.offset(), feed.trouble());
  if (!thrown.empty()) return wrong_at(feed.offset(), thrown);
  if (!read) return wrong_at(feed.offset(), walk.trouble());
  return {};
}

}  // namespace sluice::codec
