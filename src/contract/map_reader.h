// MapReader: takes typed values out of a YAML mapping and complains about everything else.
//
// Every key that is asked for counts as known; finish() refuses the others and suggests the nearest
// known one. A value that is missing leaves the default; one that is wrong leaves the default too,
// and is complained about with what would be right.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/share.h"
#include "contract/yaml_tree.h"
#include "model/complaint.h"

namespace sluice::contract {

// Where complaints about one file go.
struct ComplaintList {
  std::string file;
  std::vector<Complaint> complaints;
  void add(Position at, std::string wrong, std::string right);
};

struct DurationRange {
  std::int64_t least_ms = 1;
  std::int64_t most_ms = 0;
};

struct IntegerRange {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

struct NumberRange {
  double above = 0;  // exclusive
  double most = 0;
};

struct FractionRange {  // of 1, so that 1 % is 0.01
  double above = 0;     // exclusive
  double most = 1;
};

class MapReader {
 public:
  // `node` nullptr, or no mapping (complained about): every value is missing. `name` is how
  // messages call it: "deadlines", or "" for the whole file.
  MapReader(const YamlNode* node, std::string name, ComplaintList& list);

  // The value of the key if something was written there; a key without a value is complained about.
  const YamlNode* take(std::string_view key);

  // These return whether the key was there with a right value.
  bool text(std::string_view key, std::string& out);
  bool boolean(std::string_view key, bool& out);
  bool integer(std::string_view key, int& out, IntegerRange range);
  bool number(std::string_view key, double& out, NumberRange range);
  bool duration(std::string_view key, std::int64_t& out_ms, DurationRange range);
  bool share(std::string_view key, Share& out, FractionRange range);
  bool fraction(std::string_view key, double& out, FractionRange range);
  bool texts(std::string_view key, std::vector<std::string>& out);
  bool text_map(std::string_view key, std::map<std::string, std::string>& out);

  void require(std::string_view key);  // complains when the key is not there
  void complain(const YamlNode& at, std::string wrong, std::string right);
  void finish();  // refuses unknown keys

  [[nodiscard]] Position at() const;
  [[nodiscard]] std::string path(std::string_view key) const;  // "deadlines.deploy"
  [[nodiscard]] bool present() const { return node_ != nullptr; }

 private:
  const YamlNode* scalar(std::string_view key);

  const YamlNode* node_;
  std::string name_;
  ComplaintList& list_;
  std::vector<std::string> known_;
};

}  // namespace sluice::contract
