// xml_stream: an XML document read as its tags, in bounded memory. Names come without their prefix;
// text between tags is checked and dropped.
//
// Refused, besides what is not well-formed: document types (and with them entities), more than 64
// levels, a tag of more than 16 MiB, documents larger than the caller's limit.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "codec/json_stream.h"

namespace sluice::evidence {

class XmlAttributes {
 public:
  // `pairs` is what Expat gives: name, value, …, null.
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  // Empty where there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;

 private:
  const char* const* pairs_;
};

struct XmlVisitor {
  std::function<void(std::string_view name, const XmlAttributes& attributes)> opened;
  std::function<void(std::string_view name)> closed;
};

// `invalid_input` with the line of what is wrong.
[[nodiscard]] Result<void> stream_xml(const codec::ByteSource& source, const XmlVisitor& visitor,
                                      std::size_t bytes_max);

}  // namespace sluice::evidence
