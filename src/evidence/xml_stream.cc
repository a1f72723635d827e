#include "evidence/xml_stream.h"

#include <expat.h>

#include "base/assert.h"

namespace sluice::evidence {
namespace {

constexpr int kDepthMax = 64;
constexpr std::size_t kPieceBytes = 64U << 10U;
constexpr std::int64_t kTagBytesMax = 16 << 20;

struct ParserDeleter {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, ParserDeleter>;

std::string_view without_prefix(std::string_view name) { return name.substr(name.find(':') + 1); }

struct Reading {
  XML_Parser parser = nullptr;
  const XmlVisitor& visitor;
  int depth = 0;
  std::string trouble{};

  void refuse(std::string what) {
    if (trouble.empty()) trouble = std::move(what);
    XML_StopParser(parser, XML_FALSE);
  }
};

void opened(void* data, const char* name, const char** pairs) {
  auto& reading = *static_cast<Reading*>(data);
  if (!reading.trouble.empty()) return;
  if (++reading.depth > kDepthMax) return reading.refuse("more than 64 levels");
  reading.visitor.opened(without_prefix(name), XmlAttributes(pairs));
}

void closed(void* data, const char* name) {
  auto& reading = *static_cast<Reading*>(data);
  if (!reading.trouble.empty()) return;
  --reading.depth;
  reading.visitor.closed(without_prefix(name));
}

void document_type(void* data, const char* /*name*/, const char* /*system*/, const char* /*public*/,
                   int /*has_internal*/) {
  static_cast<Reading*>(data)->refuse("a document type, which is not taken from strangers");
}

std::unexpected<Error> wrong_here(const Reading& reading) {
  const std::string what =
      reading.trouble.empty() ? XML_ErrorString(XML_GetErrorCode(reading.parser)) : reading.trouble;
  return fail(ErrorCode::invalid_input,
              fmt::format("not XML that can be read, at line {}: {}",
                          XML_GetCurrentLineNumber(reading.parser), what));
}

// False when the parser or a limit refused.
bool feed(Reading& reading, std::string_view piece, bool last) {
  const int size = static_cast<int>(piece.size());
  return XML_Parse(reading.parser, piece.data(), size, last ? XML_TRUE : XML_FALSE) ==
             XML_STATUS_OK &&
         reading.trouble.empty();
}

// Expat holds back a tag until it is whole; a tag that never ends must not grow for ever.
bool holds_too_much(const Reading& reading, std::size_t fed) {
  return static_cast<std::int64_t>(fed) - XML_GetCurrentByteIndex(reading.parser) > kTagBytesMax;
}

}  // namespace

std::string_view XmlAttributes::get(std::string_view name) const {
  for (const char* const* pair = pairs_; *pair != nullptr; pair += 2) {
    if (name == pair[0]) return pair[1];
  }
  return {};
}

Result<void> stream_xml(const codec::ByteSource& source, const XmlVisitor& visitor,
                        std::size_t bytes_max) {
  const Parser parser(XML_ParserCreate(nullptr));
  SLUICE_ASSERT(parser != nullptr);
  Reading reading{.parser = parser.get(), .visitor = visitor};
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), opened, closed);
  XML_SetStartDoctypeDeclHandler(parser.get(), document_type);
  XML_SetHashSalt(parser.get(), 0x51c1ce);  // else Expat asks the system for randomness
  std::size_t fed = 0;
  for (std::string_view chunk = source(); !chunk.empty(); chunk = source()) {
    for (; !chunk.empty(); chunk.remove_prefix(std::min(chunk.size(), kPieceBytes))) {
      const std::string_view piece = chunk.substr(0, kPieceBytes);
      fed += piece.size();
      if (fed > bytes_max) {
        return fail(ErrorCode::invalid_input, fmt::format("XML of more than {} bytes", bytes_max));
      }
      if (!feed(reading, piece, false)) return wrong_here(reading);
      if (holds_too_much(reading, fed)) {
        reading.trouble = "a tag of more than 16 MiB";
        return wrong_here(reading);
      }
    }
  }
  if (!feed(reading, {}, true)) return wrong_here(reading);
  return {};
}

}  // namespace sluice::evidence
