#include "contract/placeholder.h"

#include <map>

#include "base/text.h"
#include "contract/contains.h"
#include "contract/fields.h"
#include "contract/inline_text.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kPlaceholderBytesMax = 1'000;

struct Found {
  std::size_t at = 0;
  std::string text;
};

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_are(std::string_view text, char wanted) { return text.find_first_not_of(wanted) == kNone; }

// `YYYY`, `NNN`, `XXXX`: one part of an id or date that was never filled in.
bool is_blank_part(std::string_view part) {
  return part == "YYYY" || (part.size() >= 3 && (all_are(part, 'N') || all_are(part, 'X')));
}

bool is_token_character(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
         c == '.' || c == '/' || c == '#';
}

// "REL-YYYY-NNN", "2026-MM-DD", "vX.Y.Z".
bool is_blank_token(std::string_view token) {
  while (token.ends_with('.') || token.ends_with('/')) token.remove_suffix(1);
  if (token == "X.Y.Z" || token == "vX.Y.Z" || token == "x.y.z" || token == "vx.y.z") return true;
  if (token.contains("-MM-DD") || token.contains("-###")) return true;
  for (std::size_t at = 0; at <= token.size();) {
    const std::size_t end = std::min(token.find_first_of("-_./#", at), token.size());
    if (is_blank_part(token.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

// "PROJ-123", "1", "v1.4": a name with a number in it, not a request for one.
bool is_identifier(std::string_view text) {
  return std::ranges::any_of(text, is_digit) && text.find_first_of(" \t\n") == kNone &&
         !is_blank_token(text);
}

bool asks_for_text(std::string_view inside) {
  inside = trim(inside);
  if (inside.empty() || inside == "x" || inside == "X" || is_identifier(inside)) return false;
  if (inside[0] == '^' || inside[0] == '!' || inside[0] == '@' || inside[0] == '#') return false;
  if (std::ranges::any_of(inside, [](char c) { return is_letter(c); })) return true;
  return inside.contains("..") || inside.contains("__") || inside.contains("??");
}

bool is_upper_name(std::string_view inside) {
  inside = trim(inside);
  return !inside.empty() && std::ranges::all_of(inside, [](char c) {
    return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == ' ' || c == '-';
  });
}

// `<release-name>`: words between angle brackets that are neither a tag nor an address.
bool is_angle_name(std::string_view inside) {
  constexpr std::array<std::string_view, 24> kTags{
      "br",  "b",     "i",       "em",      "strong", "code", "sub", "sup",
      "kbd", "small", "span",    "p",       "a",      "u",    "hr",  "img",
      "div", "table", "details", "summary", "pre",    "tt",   "del", "ins"};
  if (inside.empty() || inside.size() > 60 || !is_letter(inside[0]) || inside.ends_with(' ')) {
    return false;
  }
  if (contains(kTags, to_lower_ascii(inside.substr(0, inside.find(' '))))) return false;
  return std::ranges::all_of(inside, [](char c) {
    return is_letter(c) || is_digit(c) || c == ' ' || c == '-' || c == '_';
  });
}

// Finds the placeholders of one line; `code` says which bytes are literal.
class LineScan {
 public:
  LineScan(std::string_view text, std::vector<bool> code, const std::set<std::string>& references)
      : text_(text),
        code_(std::move(code)),
        references_(references),
        ends_(bracket_ends(text)),
        last_close_(text.rfind(')')) {}

  std::vector<Found> run() {
    for (std::size_t i = 0; i < text_.size();) i = step(i);
    return std::move(found_);
  }

  // A `[` of this line whose `]` is not on it, if there is one after everything that was found.
  [[nodiscard]] std::size_t open_bracket() const { return open_bracket_; }

 private:
  std::size_t found(std::size_t from, std::size_t to) {
    found_.push_back({from, std::string(text_.substr(from, to - from))});
    open_bracket_ = kNone;
    return to;
  }

  std::size_t step(std::size_t i) {
    if (text_[i] == '\\' && !code_[i]) return i + 2;
    if (text_.substr(i).starts_with("{{")) return braces(i);
    if (code_[i]) return i + 1;
    if (text_[i] == '[') return bracket(i);
    if (text_[i] == '<') return angle(i);
    if (is_token_character(text_[i])) return token(i);
    return i + 1;
  }

  std::size_t braces(std::size_t i) {
    const std::size_t end = text_.substr(i, 200).find("}}");
    if (end == kNone) return i + 2;
    if (code_[i] && !is_upper_name(text_.substr(i + 2, end - 2))) return i + 2;
    return found(i, i + end + 2);
  }

  [[nodiscard]] bool is_reference(std::string_view label) const {
    return label.size() <= 200 && references_.contains(to_lower_ascii(trim(label)));
  }

  std::size_t bracket(std::size_t i) {
    const std::size_t end = ends_[i];
    if (end == kNone) {
      open_bracket_ = i;
      return i + 1;
    }
    const std::string_view inside = text_.substr(i + 1, end - i - 1);
    if (inside.size() > kPlaceholderBytesMax) return i + 1;
    const char next = end + 1 < text_.size() ? text_[end + 1] : ' ';
    if (next == '(' && last_close_ != kNone && last_close_ > end) return link(i, end);
    if (next == '[' && ends_[end + 1] != kNone &&
        is_reference(text_.substr(end + 2, ends_[end + 1] - end - 2))) {
      return ends_[end + 1] + 1;
    }
    if (is_reference(inside) || !asks_for_text(inside)) return i + 1;
    return found(i, end + 1);
  }

  // The text of a link is shown and looked at; its address is taken literally.
  std::size_t link(std::size_t i, std::size_t end) {
    const std::size_t close = text_.find(')', end);
    for (std::size_t at = end; at < close && !code_[at]; ++at) code_[at] = true;
    return i + 1;
  }

  std::size_t angle(std::size_t i) {
    const std::size_t end = text_.substr(i, 64).find('>');
    if (end == kNone || !is_angle_name(text_.substr(i + 1, end - 1))) return i + 1;
    return found(i, i + end + 1);
  }

  std::size_t token(std::size_t i) {
    std::size_t end = i;
    while (end < text_.size() && is_token_character(text_[end])) ++end;
    return is_blank_token(text_.substr(i, end - i)) ? found(i, end) : end;
  }

  std::string_view text_;
  std::vector<bool> code_;
  const std::set<std::string>& references_;
  std::vector<std::size_t> ends_;
  std::size_t last_close_;
  std::vector<Found> found_;
  std::size_t open_bracket_ = kNone;
};

using Vocabulary = std::vector<std::string_view>;

bool knows(const Vocabulary& words, std::string_view word) {
  word = trim(word.substr(0, word.find('(')));
  return contains(words, to_lower_ascii(word));
}

const std::vector<Vocabulary>& vocabularies() {
  static const std::vector<Vocabulary> kAll{
      {"yes", "no", "y", "n", "n/a", "na", "partial", "partially", "unknown", "true", "false", "on",
       "off", "none"},
      {"draft",      "approved", "deploying", "deployed",    "rolled-back", "rolled back",
       "rolledback", "planned",  "pending",   "in progress", "in-progress", "done",
       "open",       "closed",   "proposed",  "active",      "completed",   "cancelled",
       "canceled",   "rejected", "accepted",  "reviewed",    "live",        "released",
       "ready",      "aborted",  "superseded"},
      {"feature", "fix", "bug fix", "bugfix", "improvement", "deprecation", "documentation",
       "chore", "security", "breaking", "refactor", "performance"},
      {"pass", "pass with notes", "fail", "escalate", "inconclusive", "pending", "n/a"},
      {"critical", "high", "medium", "low", "major", "minor", "none"},
  };
  return kAll;
}

// What stands before an explanation: "yes / no — [if yes, describe]".
std::string_view before_explanation(std::string_view text) {
  for (const std::string_view dash : {" — ", " – ", " - ", ". ", "? "}) {
    text = text.substr(0, text.find(dash));
  }
  return trim(text);
}

bool is_to_be_done(std::string_view shown) {
  const std::string lower = to_lower_ascii(trim(shown));
  for (const std::string_view word : {"tbd", "tbc", "tba", "todo", "fixme", "xxx"}) {
    if (!lower.starts_with(word)) continue;
    if (lower.size() == word.size() || !is_letter(lower[word.size()])) return true;
  }
  std::string_view bare = lower;
  while (bare.starts_with('(') || bare.starts_with('_')) bare.remove_prefix(1);
  while (bare.ends_with(')') || bare.ends_with('.') || bare.ends_with('_')) bare.remove_suffix(1);
  constexpr std::array<std::string_view, 12> kPhrases{
      "to be determined", "to be defined",   "to be decided", "to be filled in",
      "to be filled out", "to be completed", "to be written", "to be confirmed",
      "to be announced",  "to be provided",  "to be added",   "to follow"};
  return contains(kPhrases, bare) || bare == "fill in" || bare == "fill me in" || lower == "..." ||
         lower == "…" || lower == "?" || lower == "???";
}

// Whether the whole value is one code span, which then is no longer taken literally.
bool is_one_code_span(std::string_view value) {
  value = trim(value);
  return value.size() > 2 && value.starts_with('`') && value.find('`', 1) == value.size() - 1;
}

class Search {
 public:
  Search(const SourceText& source, const Document& document)
      : source_(source), document_(document) {}

  std::vector<Complaint> run() {
    for (std::size_t i = 0; i < source_.lines.size() && found_.size() < kComplaintsMax; ++i) {
      if (!source_.lines[i].code) scan_line(i);
    }
    for (const Block& block : document_.blocks) {
      if (found_.size() >= kComplaintsMax) break;
      scan_values(block);
    }
    std::vector<Complaint> complaints;
    for (auto& [at, complaint] : found_) complaints.push_back(std::move(complaint));
    return complaints;
  }

 private:
  void add(Position at, std::string_view text) {
    std::string right = "replace it; in back-ticks it would be taken literally";
    add(at, fmt::format("the placeholder `{}` is left in", printable(plain(text), 80)), right);
  }
  void add(Position at, std::string wrong, std::string right) {
    if (found_.size() >= kComplaintsMax) return;
    found_.try_emplace(at, Complaint{source_.file, at, std::move(wrong), std::move(right)});
  }

  void scan_line(std::size_t i) {
    const std::string& text = source_.lines[i].text;
    if (text.find_first_of("[{<YNX#xM") == std::string::npos) return;
    LineScan scan(text, code_mask(text), document_.references);
    const int line = static_cast<int>(i) + 1;
    for (const Found& one : scan.run()) add({line, static_cast<int>(one.at) + 1}, one.text);
    if (scan.open_bracket() != kNone) scan_on(i, scan.open_bracket());
  }

  // A bracket that goes on over the next lines of the same paragraph.
  void scan_on(std::size_t i, std::size_t open) {
    std::string inside = source_.lines[i].text.substr(open + 1);
    for (std::size_t next = i + 1; next < source_.lines.size() && next < i + 20; ++next) {
      const SourceLine& line = source_.lines[next];
      const std::size_t stop = std::min(line.text.find_first_of("[]"), line.text.size());
      if (line.code || is_blank(line.text) || inside.size() > kPlaceholderBytesMax) return;
      inside += " " + line.text.substr(0, stop);
      if (stop == line.text.size()) continue;
      if (line.text[stop] == ']' && asks_for_text(inside)) {
        add({static_cast<int>(i) + 1, static_cast<int>(open) + 1}, "[" + inside + "]");
      }
      return;
    }
  }

  void scan_values(const Block& block) {
    if (block.kind == BlockKind::row) {
      if (block.header) return;
      for (const Cell& cell : block.cells) scan_value(cell.text, cell.at);
      return;
    }
    const std::string_view first = std::string_view(block.text).substr(0, block.text.find('\n'));
    const bool many = block.kind == BlockKind::quote;
    if (many) {
      for (const Field& field : line_fields(first, block.at)) scan_value(field.value, field.at);
    } else if (const auto field = leading_field(first, block.at)) {
      scan_value(field->value, field->at);
    } else {
      scan_value(block.text, block.at);
    }
  }

  void scan_value(std::string_view value, Position at) {
    const std::string shown = plain(value);
    if (is_to_be_done(shown)) {
      add(at, fmt::format("`{}` says that this is still to be written", printable(shown, 80)),
          "write it");
    } else if (is_option_list(shown)) {
      add(at, fmt::format("nothing was chosen from `{}`", printable(shown, 80)),
          "keep the one option that is true");
    } else if (is_one_code_span(value) && holds_placeholder(shown)) {
      add(at, shown);
    }
  }

  const SourceText& source_;
  const Document& document_;
  std::map<Position, Complaint> found_;
};

}  // namespace

bool is_option_list(std::string_view shown) {
  const std::string_view text = before_explanation(shown);
  const char separator = text.contains('|') ? '|' : '/';
  const std::vector<std::string_view> parts = split(text, separator);
  if (parts.size() < 2) return false;
  for (const Vocabulary& words : vocabularies()) {
    if (std::ranges::all_of(parts, [&](std::string_view part) { return knows(words, part); })) {
      return true;
    }
  }
  // Three or more short alternatives between bars are options whatever they say.
  return separator == '|' && parts.size() >= 3 && std::ranges::all_of(parts, [](auto part) {
           return !trim(part).empty() && std::ranges::count(trim(part), ' ') <= 2;
         });
}

bool holds_placeholder(std::string_view raw_value) {
  const std::set<std::string> none;
  std::vector<bool> code = code_mask(raw_value);
  if (is_one_code_span(raw_value)) code.assign(raw_value.size(), false);
  const std::string shown = plain(raw_value);
  return !LineScan(raw_value, std::move(code), none).run().empty() || is_option_list(shown) ||
         is_to_be_done(shown);
}

std::vector<Complaint> find_placeholders(const SourceText& source, const Document& document) {
  return Search(source, document).run();
}

}  // namespace sluice::contract
