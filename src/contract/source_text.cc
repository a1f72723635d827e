#include "contract/source_text.h"

#include "base/text.h"
#include "contract/contains.h"
#include "contract/inline_text.h"

namespace sluice::contract {
namespace {

void complain(SourceText& source, Position at, std::string wrong, std::string right) {
  if (source.complaints.size() >= kComplaintsMax) return;
  source.complaints.push_back({source.file, at, std::move(wrong), std::move(right)});
}

// Printable, with tabs kept and every column where it was: a byte that is not text becomes `?`.
std::string cleaned(std::string_view line) {
  std::string out;
  for (std::string_view part : split(line, '\t')) {
    if (!out.empty() || part.data() != line.data()) out += '\t';
    out += printable(part, part.size());
  }
  return out;
}

// Characters that change what a reader sees without being seen: zero-width spaces, direction
// overrides, a byte order mark in mid-text. Joiners within emoji are left alone.
std::size_t invisible_character(std::string_view line) {
  constexpr std::array<std::string_view, 14> kInvisible{
      "\u200B", "\u200E", "\u200F", "\u202A", "\u202B", "\u202C", "\u202D",
      "\u202E", "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\uFEFF"};
  std::size_t first = std::string_view::npos;
  for (const std::string_view one : kInvisible) first = std::min(first, line.find(one));
  return first;
}

void take_line(SourceText& source, std::string_view line) {
  const int number = static_cast<int>(source.lines.size()) + 1;
  std::string text = cleaned(line);
  if (text != line) {
    const auto [mine, theirs] = std::ranges::mismatch(text, line);
    const int column = static_cast<int>(mine - text.begin()) + 1;
    complain(source, {number, column}, "there is a byte here that is no text",
             "save the file as UTF-8 without control characters");
  }
  if (const std::size_t at = invisible_character(line); at != std::string_view::npos) {
    complain(source, {number, static_cast<int>(at) + 1}, "there is an invisible character here",
             "remove it: readers cannot see what it does to the text");
  }
  source.lines.push_back({std::move(text)});
}

// The next line of rest, without its end (LF, CR LF or CR).
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end);
  if (rest.starts_with("\r\n")) {
    rest.remove_prefix(2);
  } else if (!rest.empty()) {
    rest.remove_prefix(1);
  }
  return line;
}

void refuse(SourceText& source, int line, std::string wrong, std::string right) {
  source.lines.clear();
  source.complaints.clear();
  complain(source, {line, line == 0 ? 0 : 1}, std::move(wrong), std::move(right));
}

void take_lines(SourceText& source, std::string_view rest) {
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    const int number = static_cast<int>(source.lines.size()) + 1;
    if (line.size() > kLineBytesMax) {
      return refuse(
          source, number,
          fmt::format("this line has more than {} bytes, so the file is not read", kLineBytesMax),
          "break the line");
    }
    if (source.lines.size() == kLinesMax) {
      return refuse(source, number,
                    fmt::format("the file has more than {} lines, so it is not read", kLinesMax),
                    "a contract is short: move the rest elsewhere and link to it");
    }
    take_line(source, line);
  }
}

// Removes what Markdown does not show: HTML comments; and marks fenced code, in which the start of
// a comment means nothing.
class Hider {
 public:
  explicit Hider(SourceText& source) : source_(source) { find_last_close(); }

  void run() {
    for (line_ = 0; line_ < source_.lines.size(); ++line_) {
      SourceLine& line = source_.lines[line_];
      if (fence_ != 0) {
        line.code = true;
        if (closes_fence(line.text)) fence_ = 0;
        continue;
      }
      hide_comments(line.text);
      if (!comment_ && opens_fence(line.text)) line.code = true;
    }
    complain_about_ends();
  }

 private:
  void find_last_close() {
    for (std::size_t i = source_.lines.size(); i-- > 0;) {
      last_close_at_ = source_.lines[i].text.rfind("-->");
      if (last_close_at_ != std::string::npos) {
        last_close_line_ = i + 1;
        return;
      }
    }
  }

  [[nodiscard]] bool is_closed_later(std::size_t at) const {
    return last_close_line_ > line_ + 1 || (last_close_line_ == line_ + 1 && last_close_at_ >= at);
  }

  void hide_comments(std::string& text) {
    code_ = text.contains("<!--") ? code_mask(text) : std::vector<bool>();
    int masks_left = 64;  // a line of a thousand comments is nobody's contract
    std::size_t at = 0;
    while (at < text.size()) {
      if (!comment_) at = open_comment(text, at);
      if (!comment_) continue;
      const std::size_t close = text.find("-->", at);
      const std::size_t end = close == std::string::npos ? text.size() : close + 3;
      const bool had_tick = hide(text, at, end);
      comment_ = close == std::string::npos;
      at = end;
      if (had_tick && masks_left-- > 0) code_ = code_mask(text);
    }
  }

  // Returns whether there was a back-tick, which no longer pairs with those outside.
  static bool hide(std::string& text, std::size_t from, std::size_t to) {
    const auto part = std::span(text).subspan(from, to - from);
    const bool had_tick = contains(part, '`');
    std::ranges::fill(part, kHidden);
    return had_tick;
  }

  // Where to go on: behind the opening of the next comment (comment_ is then set), behind one of
  // the whole comments `<!-->` and `<!--->` (what follows these is shown), or at the end.
  std::size_t open_comment(std::string& text, std::size_t from) {
    std::size_t open = text.find("<!--", from);
    while (open != std::string::npos && code_[open]) open = text.find("<!--", open + 4);
    if (open == std::string::npos) return text.size();
    for (const std::string_view whole : {"<!-->", "<!--->"}) {
      if (!std::string_view(text).substr(open).starts_with(whole)) continue;
      hide(text, open, open + whole.size());
      return open + whole.size();
    }
    const bool starts_line = is_blank(std::string_view(text).substr(0, open));
    const bool closed = is_closed_later(open + 4);
    if (!starts_line && !closed) return open + 4;  // shown as it stands
    if (!closed) unclosed_comment_ = static_cast<int>(line_) + 1;
    comment_ = true;
    hide(text, open, open + 4);
    return open + 4;
  }

  static std::string_view without_markers(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t>");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
  }

  bool opens_fence(std::string_view text) {
    text = without_markers(text);
    if (!text.starts_with("```") && !text.starts_with("~~~")) return false;
    const char mark = text[0];
    const std::size_t length = std::min(text.find_first_not_of(mark), text.size());
    if (mark == '`' && text.find('`', length) != std::string_view::npos) return false;
    fence_ = mark;
    fence_length_ = length;
    fence_line_ = static_cast<int>(line_) + 1;
    return true;
  }

  [[nodiscard]] bool closes_fence(std::string_view text) const {
    text = trim(without_markers(text));
    return text.size() >= fence_length_ && text.find_first_not_of(fence_) == std::string_view::npos;
  }

  void complain_about_ends() {
    if (unclosed_comment_ != 0) {
      complain(source_, {unclosed_comment_, 1},
               "the comment that starts here never ends, so nothing after it is shown",
               "close it with `-->`");
    }
    if (fence_ != 0) {
      complain(source_, {fence_line_, 1}, "the code block that starts here never ends",
               fmt::format("close it with a line of `{}`", std::string(fence_length_, fence_)));
    }
  }

  SourceText& source_;
  std::size_t line_ = 0;
  std::size_t last_close_line_ = 0;  // counts from 1; 0: the file has no `-->`
  std::size_t last_close_at_ = 0;
  std::vector<bool> code_;  // of the line at hand
  bool comment_ = false;
  int unclosed_comment_ = 0;
  char fence_ = 0;
  std::size_t fence_length_ = 0;
  int fence_line_ = 0;
};

}  // namespace

bool is_blank(std::string_view line) {
  return std::ranges::all_of(line, [](char c) { return c == ' ' || c == '\t' || c == kHidden; });
}

SourceText read_source(std::string_view bytes, std::string file) {
  SourceText source{.file = std::move(file), .lines = {}, .complaints = {}};
  if (bytes.size() > kFileBytesMax) {
    refuse(source, 0, fmt::format("the file has {} bytes, so it is not read", bytes.size()),
           "a contract has at most 1 MiB");
    return source;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  take_lines(source, bytes);
  Hider(source).run();
  return source;
}

}  // namespace sluice::contract
