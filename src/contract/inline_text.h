// Text within a line of Markdown: code spans, emphasis, links, escapes. Linear in the length of the
// line, whatever it holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::contract {

// For each byte whether it is inside a code span, back-ticks included.
[[nodiscard]] std::vector<bool> code_mask(std::string_view text);

// Like find, but an occurrence that starts inside a code span does not count.
[[nodiscard]] std::size_t find_outside_code(std::string_view text, std::string_view wanted,
                                            std::size_t from = 0);

// What a reader sees: emphasis, back-ticks, link targets, tags, escapes and comments are gone,
// white space is single.
[[nodiscard]] std::string plain(std::string_view raw);

// For each `[` the index of its `]`, and npos for every other byte. Escaped brackets do not count.
[[nodiscard]] std::vector<std::size_t> bracket_ends(std::string_view text);

}  // namespace sluice::contract
