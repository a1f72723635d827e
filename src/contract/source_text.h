// SourceText: the bytes of a Markdown file as lines that are safe to work on.
//
// Whatever the bytes are, the result is bounded: at most 1 MiB, 20,000 lines and 10,000 bytes a
// line, else no lines at all and one complaint. Invalid UTF-8 and control characters become `?`
// and are complained about, as are characters that nobody can see. Columns stay those of the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/complaint.h"

namespace sluice::contract {

inline constexpr std::size_t kFileBytesMax = 1U << 20U;
inline constexpr std::size_t kLinesMax = 20'000;
inline constexpr std::size_t kLineBytesMax = 10'000;
inline constexpr std::size_t kComplaintsMax = 200;  // of one reading; the rest is only noise

// Stands in SourceLine::text for each byte of an HTML comment, so that columns stay true.
inline constexpr char kHidden = '\x01';

struct SourceLine {
  std::string text;   // comments are runs of kHidden
  bool code = false;  // inside a fenced or indented code block: no part of the contract
};

struct SourceText {
  std::string file;
  std::vector<SourceLine> lines;  // lines[0] is line 1
  std::vector<Complaint> complaints;
};

[[nodiscard]] SourceText read_source(std::string_view bytes, std::string file);

// Nothing that a reader would see: white space and comments only.
[[nodiscard]] bool is_blank(std::string_view line);

}  // namespace sluice::contract
