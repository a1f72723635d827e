// json_stream: a JSON document of any size read in bounded memory. Only the values at chosen places
// are built, one after the other; everything else is checked and dropped.
//
// As strict as parse_json(), which reads through here: duplicate keys anywhere, more than 64
// levels, bytes after the end, invalid UTF-8, a NUL, NaN and whole numbers beyond 64 bits are
// refused. So is a single text or number of more than 16 MiB, whatever the document may have in
// all.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

namespace sluice::codec {

// The next bytes of the document; empty at its end. The view is valid until the next call.
using ByteSource = std::function<std::string_view()>;

// All of `text` at once; it outlives the source.
[[nodiscard]] ByteSource bytes_of(std::string_view text);

struct JsonLimits {
  std::size_t bytes_max = 8U << 20U;
  std::size_t values_max = 1'000'000;  // held at one time: built values, and keys of what is open
};

// "runs/*/results/*": members by name, every element of an array by `*`; "" is the document.
struct JsonPlace {
  std::string_view path;
  // False: an array or object here is only announced, as an empty one, and its parts may be places
  // of their own.
  bool whole = true;
};

struct JsonVisit {
  std::size_t place = 0;              // index into the places
  std::span<const std::size_t> at{};  // for each `*` on the path, which element
  Json value{};
};

// Refuses by an error, which ends the reading.
using JsonVisitor = std::function<Result<void>(JsonVisit)>;

// `invalid_input` with the byte offset of what is wrong, or the visitor's error. At most 32 places,
// none inside a whole one.
[[nodiscard]] Result<void> stream_json(const ByteSource& source, std::span<const JsonPlace> places,
                                       const JsonVisitor& visitor, const JsonLimits& limits = {});

}  // namespace sluice::codec
