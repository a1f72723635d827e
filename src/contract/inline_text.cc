#include "contract/inline_text.h"

#include "base/text.h"
#include "contract/contains.h"
#include "contract/source_text.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == kHidden; }

struct Run {
  std::size_t at = 0;
  std::size_t length = 0;
};

std::vector<Run> runs_of(std::string_view text, char wanted) {
  std::vector<Run> runs;
  for (std::size_t i = text.find(wanted); i != kNone; i = text.find(wanted, i)) {
    const std::size_t end = std::min(text.find_first_not_of(wanted, i), text.size());
    runs.push_back({i, end - i});
    i = end;
  }
  return runs;
}

// Marks the bytes of emphasis marks that have a partner; those are not shown.
class Emphasis {
 public:
  Emphasis(std::string_view text, const std::vector<bool>& code)
      : text_(text), code_(code), dropped_(text.size(), false) {
    pair('*');
    pair('_');
  }
  [[nodiscard]] bool dropped(std::size_t i) const { return dropped_[i]; }

 private:
  [[nodiscard]] bool opens(const Run& run) const {
    const std::size_t after = run.at + run.length;
    if (after >= text_.size() || is_space(text_[after])) return false;
    return text_[run.at] == '*' || run.at == 0 || !is_word(text_[run.at - 1]);
  }
  [[nodiscard]] bool closes(const Run& run) const {
    const std::size_t after = run.at + run.length;
    if (run.at == 0 || is_space(text_[run.at - 1])) return false;
    return text_[run.at] == '*' || after >= text_.size() || !is_word(text_[after]);
  }
  [[nodiscard]] bool counts(const Run& run) const {
    return run.length <= 3 && !code_[run.at] && (run.at == 0 || text_[run.at - 1] != '\\');
  }
  void drop(const Run& run) {
    for (std::size_t i = 0; i < run.length; ++i) dropped_[run.at + i] = true;
  }

  void pair(char mark) {
    std::array<std::optional<Run>, 4> open;  // by length: the earliest one without a partner
    for (const Run& run : runs_of(text_, mark)) {
      if (!counts(run)) continue;
      if (open[run.length] && closes(run)) {
        drop(*open[run.length]);
        drop(run);
        open[run.length].reset();
      } else if (!open[run.length] && opens(run)) {
        open[run.length] = run;
      }
    }
  }

  std::string_view text_;
  const std::vector<bool>& code_;
  std::vector<bool> dropped_;
};

struct Entity {
  std::string_view name;
  std::string_view shown;
};
constexpr std::array<Entity, 9> kEntities{{{"&amp;", "&"},
                                           {"&lt;", "<"},
                                           {"&gt;", ">"},
                                           {"&quot;", "\""},
                                           {"&#39;", "'"},
                                           {"&nbsp;", " "},
                                           {"&le;", "≤"},
                                           {"&ge;", "≥"},
                                           {"&mdash;", "—"}}};

bool is_tag(std::string_view inside) {
  constexpr std::array<std::string_view, 14> kTags{
      "br", "b", "i", "em", "strong", "code", "sub", "sup", "kbd", "small", "span", "p", "a", "u"};
  if (inside.starts_with('/')) inside.remove_prefix(1);
  if (inside.ends_with('/')) inside.remove_suffix(1);
  return contains(kTags, to_lower_ascii(inside.substr(0, inside.find(' '))));
}

class Plain {
 public:
  explicit Plain(std::string_view raw)
      : raw_(raw),
        code_(code_mask(raw)),
        emphasis_(raw, code_),
        brackets_(bracket_ends(raw)),
        link_end_(raw.size(), kNone) {}

  std::string run() {
    for (std::size_t i = 0; i < raw_.size();) i = step(i);
    return std::string(trim(out_));
  }

 private:
  void show(char c) {
    if (c == kHidden) return;
    if (!is_space(c)) {
      out_ += c;
    } else if (!out_.empty() && out_.back() != ' ') {
      out_ += ' ';
    }
  }

  // Shows what stands at i and says where to go on.
  std::size_t step(std::size_t i) {
    const char c = raw_[i];
    if (code_[i]) {
      if (c != '`') show(c);
      return i + 1;
    }
    if (emphasis_.dropped(i)) return i + 1;
    if (c == '\\' && i + 1 < raw_.size() && is_punctuation(raw_[i + 1])) {
      show(raw_[i + 1]);
      return i + 2;
    }
    if (c == '!' && i + 1 < raw_.size() && opens_link(i + 1)) return i + 1;
    if (c == '[' && opens_link(i)) return i + 1;
    if (c == ']' && link_end_[i] != kNone) return link_end_[i] + 1;
    if (c == '<') return angle(i);
    if (c == '&') return entity(i);
    show(c);
    return i + 1;
  }

  bool opens_link(std::size_t i) {
    const std::size_t end = brackets_[i];
    if (end == kNone || end + 1 >= raw_.size() || raw_[end + 1] != '(') return false;
    if (end >= no_close_from_) return false;
    link_end_[end] = raw_.find(')', end);
    if (link_end_[end] == kNone) no_close_from_ = end;
    return link_end_[end] != kNone;
  }

  std::size_t angle(std::size_t i) {
    const std::size_t end = raw_.substr(i, 200).find('>');
    const std::string_view inside = end == kNone ? std::string_view() : raw_.substr(i + 1, end - 1);
    const bool address = inside.find(' ') == kNone && (inside.find("://") != kNone);
    if (is_tag(inside)) {
      show(' ');
      return i + end + 1;
    }
    if (!address) show('<');
    if (!address) return i + 1;
    for (const char c : inside) show(c);
    return i + end + 1;
  }

  std::size_t entity(std::size_t i) {
    for (const Entity& one : kEntities) {
      if (!raw_.substr(i).starts_with(one.name)) continue;
      for (const char c : one.shown) show(c);
      return i + one.name.size();
    }
    show('&');
    return i + 1;
  }

  std::string_view raw_;
  std::vector<bool> code_;
  Emphasis emphasis_;
  std::vector<std::size_t> brackets_;
  std::vector<std::size_t> link_end_;  // at the `]` of a link: the index of its `)`
  std::size_t no_close_from_ = kNone;  // no `)` follows this place: do not search again
  std::string out_;
};

}  // namespace

std::vector<bool> code_mask(std::string_view text) {
  std::vector<bool> mask(text.size(), false);
  const std::vector<Run> runs = runs_of(text, '`');
  std::map<std::size_t, std::vector<std::size_t>> by_length;  // later ones last
  for (std::size_t i = runs.size(); i-- > 0;) by_length[runs[i].length].push_back(i);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].at > 0 && text[runs[i].at - 1] == '\\') continue;
    std::vector<std::size_t>& same = by_length[runs[i].length];
    while (!same.empty() && same.back() <= i) same.pop_back();
    if (same.empty()) continue;
    const std::size_t close = same.back();
    for (std::size_t at = runs[i].at; at < runs[close].at + runs[close].length; ++at) {
      mask[at] = true;
    }
    i = close;
  }
  return mask;
}

std::size_t find_outside_code(std::string_view text, std::string_view wanted, std::size_t from) {
  std::size_t at = text.find(wanted, from);
  if (at == kNone || text.find('`') >= at) return at;
  const std::vector<bool> mask = code_mask(text);
  while (at != kNone && mask[at]) at = text.find(wanted, at + 1);
  return at;
}

std::vector<std::size_t> bracket_ends(std::string_view text) {
  std::vector<std::size_t> ends(text.size(), kNone);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '[') {
      open.push_back(i);
    } else if (text[i] == ']' && !open.empty()) {
      ends[open.back()] = i;
      open.pop_back();
    }
  }
  return ends;
}

std::string plain(std::string_view raw) { return Plain(raw).run(); }

}  // namespace sluice::contract
