#include "contract/fields.h"

#include "base/text.h"
#include "contract/inline_text.h"
#include "contract/source_text.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kLabelBytesMax = 60;

struct Label {
  std::size_t from = 0;
  std::size_t value_at = 0;
  std::string text;
};

std::string label_text(std::string_view raw) {
  std::string text = plain(raw);
  while (text.ends_with(':')) text = std::string(trim(text.substr(0, text.size() - 1)));
  return to_lower_ascii(text);
}

// `**Label:**` or `**Label**:` at or after `from`.
std::optional<Label> bold_label(std::string_view text, std::size_t from) {
  for (;;) {
    const std::size_t open = text.find("**", from);
    const std::size_t close = open == kNone ? kNone : text.find("**", open + 2);
    if (close == kNone) return std::nullopt;
    const std::string_view inside = trim(text.substr(open + 2, close - open - 2));
    const bool colon_behind = close + 2 < text.size() && text[close + 2] == ':';
    if (inside.size() <= kLabelBytesMax && (inside.ends_with(':') || colon_behind)) {
      return Label{open, close + 2 + (inside.ends_with(':') ? 0U : 1U), label_text(inside)};
    }
    from = close + 2;
  }
}

bool is_label_character(char c) {
  return c == ' ' || c == '-' || c == '/' || c == '(' || c == ')' || c == '\'' ||
         (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::optional<Label> plain_label(std::string_view text) {
  const std::size_t start = std::min(text.find_first_not_of(" \t\x01"), text.size());
  const std::size_t colon = text.substr(0, start + kLabelBytesMax).find(':', start);
  if (colon == kNone || colon == start) return std::nullopt;
  if (colon + 1 < text.size() && !std::string_view(" \t\n\x01").contains(text[colon + 1])) {
    return std::nullopt;
  }
  const std::string_view name = text.substr(start, colon - start);
  if (!std::ranges::all_of(name, is_label_character)) return std::nullopt;
  return Label{start, colon + 1, label_text(name)};
}

Field field_of(const Label& label, std::string_view text, std::size_t end, Position at) {
  std::string_view value = text.substr(label.value_at, end - label.value_at);
  const std::size_t skipped = std::min(value.find_first_not_of(" \t\x01"), value.size());
  value = trim(value);
  while (value.ends_with('|') || value.ends_with('\\'))
    value = trim(value.substr(0, value.size() - 1));
  at.column += static_cast<int>(label.value_at + skipped);
  return {.label = label.text, .value = std::string(value), .at = at};
}

}  // namespace

std::optional<Field> leading_field(std::string_view text, Position at) {
  auto label = bold_label(text.substr(0, 2 * kLabelBytesMax), 0);
  if (!label || !is_blank(text.substr(0, label->from))) label = plain_label(text);
  if (!label) return std::nullopt;
  return field_of(*label, text, text.size(), at);
}

std::vector<Field> line_fields(std::string_view line, Position at) {
  std::vector<Field> fields;
  auto label = bold_label(line, 0);
  if (!label) {
    // Without bold labels a `|` parts fields only if each part is one.
    for (const std::string_view part : split(line, '|')) {
      auto field =
          leading_field(part, {at.line, at.column + static_cast<int>(part.data() - line.data())});
      if (!field) {
        fields.clear();
        break;
      }
      fields.push_back(*std::move(field));
    }
    if (fields.empty()) {
      if (auto field = leading_field(line, at)) fields.push_back(*std::move(field));
    }
    return fields;
  }
  while (label) {
    auto next = bold_label(line, label->value_at);
    fields.push_back(field_of(*label, line, next ? next->from : line.size(), at));
    label = std::move(next);
  }
  return fields;
}

}  // namespace sluice::contract
