#include "contract/map_reader.h"

#include <charconv>

#include "base/text.h"
#include "contract/contains.h"
#include "contract/source_text.h"

namespace sluice::contract {
namespace {

// How many single edits turn one word into the other.
std::size_t distance(std::string_view one, std::string_view two) {
  std::vector<std::size_t> row(two.size() + 1);
  for (std::size_t j = 0; j <= two.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= two.size(); ++j) {
      const std::size_t changed = diagonal + (one[i - 1] == two[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[two.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = word.size() / 2 + 2;
  for (const std::string& one : known) {
    const std::size_t d = word.size() > 64 ? word.size() : distance(word, one);
    if (d < best_distance) {
      best = one;
      best_distance = d;
    }
  }
  return best;
}

std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::scalar: return "`" + printable(node.scalar, 80) + "`";
    case YamlNode::Kind::sequence: return "a list";
    case YamlNode::Kind::mapping: return "a mapping";
  }
  std::unreachable();
}

// "12", "0.5": digits and a point, nothing else.
std::optional<double> decimal(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > 12 || text.find_first_not_of("0123456789.") != text.npos) {
    return std::nullopt;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "1%", "0.1 %": percent as a fraction of 1.
std::optional<double> percent_fraction(std::string_view text) {
  text = trim(text);
  if (!text.ends_with('%')) return std::nullopt;
  const auto percent = decimal(text.substr(0, text.size() - 1));
  if (!percent) return std::nullopt;
  return *percent / 100;
}

std::string percent_of(double fraction) { return fmt::format("{:.6g}%", fraction * 100); }

std::string range_text(FractionRange range) {
  return fmt::format("write a percentage above {} and at most {}, such as `{}`",
                     percent_of(range.above), percent_of(range.most), percent_of(range.most));
}

}  // namespace

void ComplaintList::add(Position at, std::string wrong, std::string right) {
  if (complaints.size() >= kComplaintsMax) return;
  complaints.push_back({file, at, std::move(wrong), std::move(right)});
}

MapReader::MapReader(const YamlNode* node, std::string name, ComplaintList& list)
    : node_(node), name_(std::move(name)), list_(list) {
  if (node_ == nullptr || node_->kind == YamlNode::Kind::mapping) return;
  list_.add(node_->at,
            fmt::format("{} is {}", name_.empty() ? "the file" : "`" + name_ + "`", shown(*node_)),
            "write a mapping of `key: value`");
  node_ = nullptr;
}

Position MapReader::at() const { return node_ == nullptr ? Position{} : node_->at; }

std::string MapReader::path(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

const YamlNode* MapReader::take(std::string_view key) {
  if (!contains(known_, key)) known_.emplace_back(key);
  const YamlNode* value = node_ == nullptr ? nullptr : node_->find(key);
  if (value == nullptr || !value->is_null()) return value;
  list_.add(value->at, fmt::format("`{}` has no value", path(key)), "write one, or remove the key");
  return nullptr;
}

const YamlNode* MapReader::scalar(std::string_view key) {
  const YamlNode* value = take(key);
  if (value == nullptr || value->kind == YamlNode::Kind::scalar) return value;
  complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)), "write a single value");
  return nullptr;
}

bool MapReader::text(std::string_view key, std::string& out) {
  const YamlNode* value = scalar(key);
  if (value == nullptr) return false;
  const bool clean = value->scalar == printable(value->scalar, value->scalar.size());
  if (trim(value->scalar).empty() || !clean) {
    complain(*value, fmt::format("`{}` is {}", path(key), clean ? "empty" : "no printable text"),
             clean ? "write something, or remove the key" : "remove control characters");
    return false;
  }
  out = value->scalar;
  return true;
}

bool MapReader::boolean(std::string_view key, bool& out) {
  const YamlNode* value = scalar(key);
  if (value == nullptr) return false;
  if (value->quoted || (value->scalar != "true" && value->scalar != "false")) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)), "write true or false");
    return false;
  }
  out = value->scalar == "true";
  return true;
}

bool MapReader::integer(std::string_view key, int& out, IntegerRange range) {
  const YamlNode* value = scalar(key);
  if (value == nullptr) return false;
  const auto number = parse_integer(value->scalar);
  if (!number || *number < range.least || *number > range.most) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)),
             fmt::format("write a whole number from {} to {}", range.least, range.most));
    return false;
  }
  out = static_cast<int>(*number);
  return true;
}

bool MapReader::number(std::string_view key, double& out, NumberRange range) {
  const YamlNode* value = scalar(key);
  if (value == nullptr) return false;
  const auto number = decimal(value->scalar);
  if (!number || *number <= range.above || *number > range.most) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)),
             fmt::format("write a number above {} and at most {}, such as `250` or `0.5`",
                         range.above, range.most));
    return false;
  }
  out = *number;
  return true;
}

bool MapReader::duration(std::string_view key, std::int64_t& out_ms, DurationRange range) {
  const YamlNode* value = scalar(key);
  if (value == nullptr) return false;
  const auto ms = parse_duration_ms(value->scalar);
  if (!ms || *ms < range.least_ms || *ms > range.most_ms) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)),
             fmt::format("write a time from {} to {}, such as `30s` or `5m`",
                         duration_text(range.least_ms), duration_text(range.most_ms)));
    return false;
  }
  out_ms = *ms;
  return true;
}

bool MapReader::share(std::string_view key, Share& out, FractionRange range) {
  const YamlNode* value = scalar(key);
  if (value == nullptr) return false;
  const auto share = value->scalar.contains('%') ? parse_share(value->scalar) : std::nullopt;
  if (!share || share->fraction() <= range.above || share->fraction() > range.most) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)),
             range_text(range) + ", with at most two digits behind the point");
    return false;
  }
  out = *share;
  return true;
}

bool MapReader::fraction(std::string_view key, double& out, FractionRange range) {
  const YamlNode* value = scalar(key);
  if (value == nullptr) return false;
  const auto number = percent_fraction(value->scalar);
  if (!number || *number <= range.above || *number > range.most) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)), range_text(range));
    return false;
  }
  out = *number;
  return true;
}

bool MapReader::texts(std::string_view key, std::vector<std::string>& out) {
  const YamlNode* value = take(key);
  if (value == nullptr) return false;
  if (value->kind != YamlNode::Kind::sequence) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)), "write a list");
    return false;
  }
  for (const YamlNode& item : value->items) {
    if (item.kind == YamlNode::Kind::scalar && !item.is_null()) {
      out.push_back(item.scalar);
    } else {
      complain(item, fmt::format("`{}` holds {}", path(key), shown(item)), "write words only");
    }
  }
  return true;
}

bool MapReader::text_map(std::string_view key, std::map<std::string, std::string>& out) {
  const YamlNode* value = take(key);
  if (value == nullptr) return false;
  if (value->kind != YamlNode::Kind::mapping) {
    complain(*value, fmt::format("`{}` is {}", path(key), shown(*value)),
             "write a mapping of `KEY: value`");
    return false;
  }
  for (const auto& [name, item] : value->entries) {
    if (item.kind == YamlNode::Kind::scalar) {
      out[name.scalar] = item.scalar;
    } else {
      complain(item,
               fmt::format("`{}.{}` is {}", path(key), printable(name.scalar, 80), shown(item)),
               "write a single value");
    }
  }
  return true;
}

void MapReader::require(std::string_view key) {
  if (node_ == nullptr || node_->find(key) != nullptr) return;
  list_.add(node_->at, fmt::format("`{}` is missing", path(key)), fmt::format("add `{}:`", key));
}

void MapReader::complain(const YamlNode& at, std::string wrong, std::string right) {
  list_.add(at.at, std::move(wrong), std::move(right));
}

void MapReader::finish() {
  if (node_ == nullptr) return;
  for (const auto& [key, value] : node_->entries) {
    if (contains(known_, key.scalar)) continue;
    const std::string near = nearest(key.scalar, known_);
    list_.add(key.at, fmt::format("`{}` is no known key", path(printable(key.scalar, 80))),
              near.empty() ? fmt::format("known here: {}", fmt::join(known_, ", "))
                           : fmt::format("did you mean `{}`?", near));
  }
}

}  // namespace sluice::contract
