// YamlTree: a YAML document as plain values, each with its place; only the part of YAML that says
// the same to every reader.
//
// Refused, with a complaint: duplicate keys, anchors and aliases, tags, more than one document,
// keys that are no plain words, more than 32 levels, more than 20,000 nodes, more than 1 MiB.
// After a syntax error, or beyond a limit, there is no root.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/complaint.h"

namespace sluice::contract {

struct YamlNode {
  enum class Kind : std::uint8_t { scalar, sequence, mapping };
  Kind kind = Kind::scalar;
  std::string scalar;   // as written, escapes resolved
  bool quoted = false;  // of a scalar: text whatever it looks like
  std::vector<YamlNode> items;
  std::vector<std::pair<YamlNode, YamlNode>> entries;  // each key once, a scalar
  Position at;

  // Nothing was written: `key:`, `~` or `null`.
  [[nodiscard]] bool is_null() const;
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlReading {
  std::optional<YamlNode> root;  // absent: could not be read, or the file is empty
  std::vector<Complaint> complaints;
};

[[nodiscard]] YamlReading read_yaml(std::string_view bytes, const std::string& file);

}  // namespace sluice::contract
