// Clauses: prose cut into the pieces that each say one thing, as lower-case words.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::contract {

struct ProseClause {
  std::vector<std::string> words;
  bool item = false;        // of a list
  bool introduces = false;  // ends with a colon, or says that steps follow
  int sentence = 0;         // clauses of one sentence have the same number
};

// Paragraphs and lists of a Markdown text. Questions, headings, comments, code and
// items with an empty tick box are left out.
[[nodiscard]] std::vector<ProseClause> clauses_of(std::string_view markdown);

using Words = std::span<const std::string_view>;
using WordList = std::initializer_list<std::string_view>;

// The index of the first word, from `from` on, that is one of these; words.size() where none is. A
// `*` at the end stands for any rest: "test*".
[[nodiscard]] std::size_t find_word(const std::vector<std::string>& words, Words wanted,
                                    std::size_t from = 0);
[[nodiscard]] inline std::size_t find_word(const std::vector<std::string>& words, WordList wanted,
                                           std::size_t from = 0) {
  return find_word(words, Words(wanted.begin(), wanted.size()), from);
}
[[nodiscard]] bool has_any(const ProseClause& clause, Words wanted);
[[nodiscard]] inline bool has_any(const ProseClause& clause, WordList wanted) {
  return has_any(clause, Words(wanted.begin(), wanted.size()));
}
// Whether these words stand there, one after the other.
[[nodiscard]] bool has_phrase(const ProseClause& clause, std::string_view phrase);

}  // namespace sluice::contract
