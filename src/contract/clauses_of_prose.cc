#include "contract/clauses_of_prose.h"

#include "base/text.h"
#include "contract/blocks.h"
#include "contract/contains.h"
#include "contract/inline_text.h"

namespace sluice::contract {
namespace {

// Nobody reads a longer one; the rules look at every pair of words of a clause.
constexpr std::size_t kClauseWordsMax = 100;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// Typographic apostrophes become plain ones, arrows become separators.
std::string simplified(std::string_view shown) {
  std::string text = to_lower_ascii(shown);
  const auto replace_all = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
      text.replace(at, from.size(), to);
      at += to.size();
    }
  };
  replace_all("’", "'");
  replace_all("→", " ");
  replace_all("—", ", ");
  replace_all("–", ", ");
  replace_all("n/a", " not applicable ");
  return text;
}

bool parts_clauses(std::string_view word) {
  constexpr std::array<std::string_view, 6> kWords{"but",    "however", "although",
                                                   "though", "whereas", "while"};
  return contains(kWords, word);
}

// Reads one block; a clause ends at a full stop, a semicolon, a colon, or a word that turns round.
class Cutter {
 public:
  Cutter(std::vector<ProseClause>& clauses, bool item) : clauses_(clauses), item_(item) {}

  void run(std::string_view text) {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const char c = i < text.size() ? text[i] : '.';
      const bool inside_number = c == '.' && i + 1 < text.size() && text[i + 1] != ' ';
      if (is_word_character(c) || inside_number) {
        word_ += c;
        continue;
      }
      end_word();
      if (c == '.' || c == '!' || c == '?' || c == ';' || c == ':') end_clause(c);
    }
  }

 private:
  void end_word() {
    if (word_.empty()) return;
    if (parts_clauses(word_) || clause_.words.size() == kClauseWordsMax) end_clause(',');
    clause_.words.push_back(std::exchange(word_, {}));
  }

  void end_clause(char mark) {
    if (!clause_.words.empty() && mark != '?') {
      clause_.item = item_;
      clause_.introduces = mark == ':' || has_phrase(clause_, "as follows") ||
                           has_phrase(clause_, "following steps") ||
                           has_phrase(clause_, "these steps");
      clause_.sentence = clauses_.empty() ? 0 : clauses_.back().sentence + (fresh_ ? 1 : 0);
      clauses_.push_back(clause_);
    }
    if (!clause_.words.empty()) fresh_ = mark != ',';
    clause_ = {};
  }

  std::vector<ProseClause>& clauses_;
  bool item_;
  bool fresh_ = true;
  std::string word_;
  ProseClause clause_;
};

bool matches(std::string_view word, std::string_view wanted) {
  if (!wanted.ends_with('*')) return word == wanted;
  return word.starts_with(wanted.substr(0, wanted.size() - 1));
}

}  // namespace

std::vector<ProseClause> clauses_of(std::string_view markdown) {
  SourceText source = read_source(markdown, "");
  std::vector<ProseClause> clauses;
  for (const Block& block : read_blocks(source).blocks) {
    if (block.kind == BlockKind::heading || block.kind == BlockKind::row) continue;
    if (block.tick && !*block.tick) continue;  // what is not ticked is not said
    Cutter(clauses, block.kind == BlockKind::item).run(simplified(plain(block.text)));
  }
  return clauses;
}

std::size_t find_word(const std::vector<std::string>& words, Words wanted, std::size_t from) {
  for (std::size_t i = from; i < words.size(); ++i) {
    for (const std::string_view one : wanted) {
      if (matches(words[i], one)) return i;
    }
  }
  return words.size();
}

bool has_any(const ProseClause& clause, Words wanted) {
  return find_word(clause.words, wanted) < clause.words.size();
}

bool has_phrase(const ProseClause& clause, std::string_view phrase) {
  const std::vector<std::string_view> wanted = split(phrase, ' ');
  const auto found =
      std::search(clause.words.begin(), clause.words.end(), wanted.begin(), wanted.end(), matches);
  return found != clause.words.end();
}

}  // namespace sluice::contract
