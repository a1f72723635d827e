#include "contract/yaml_tree.h"

#include <doctest/doctest.h>

using namespace sluice;
using contract::read_yaml;
using contract::YamlNode;

namespace {

std::string refusal(std::string_view text) {
  std::string out;
  for (const Complaint& complaint : read_yaml(text, "f.yaml").complaints) {
    out += to_text(complaint) + "\n";
  }
  return out;
}

std::string nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("yaml: values have their kind, text and place") {
  const auto reading = read_yaml("a: 1\nb:\n  - x\n  - \"2\"\nc: {d: ~}\n", "f.yaml");

  CHECK(reading.complaints.empty());
  REQUIRE(reading.root);
  REQUIRE(reading.root->entries.size() == 3);
  const YamlNode* list = reading.root->find("b");
  REQUIRE(list != nullptr);
  CHECK(list->kind == YamlNode::Kind::sequence);
  CHECK(list->items.at(1).scalar == "2");
  CHECK(list->items.at(1).quoted);
  CHECK(list->items.at(0).at == Position{3, 5});
  CHECK(reading.root->find("c")->find("d")->is_null());
  CHECK(reading.root->find("e") == nullptr);
}

TEST_CASE("yaml: what two readers may read differently is refused, with its place") {
  CHECK(refusal("a: 1\nb: 2\na: 3\n").starts_with("f.yaml:3:1: `a` is given twice"));
  CHECK(refusal("a: &x 1\n").contains("f.yaml:1:4: anchors"));
  CHECK(refusal("a: &x {b: 1}\nc: *x\n").contains("f.yaml:2:4: aliases"));
  CHECK(refusal("a: !!int 1\n").contains("tags"));
  CHECK(refusal("a: 1\n---\nb: 2\n").contains("f.yaml:2:1: a second YAML document"));
  CHECK(refusal("{a: 1}: 2\n").contains("a key is a list or a mapping"));
  CHECK(refusal("share: {{SHARE}}\n").contains("a placeholder"));
}

TEST_CASE("yaml: every refusal is reported, not only the first") {
  const auto reading = read_yaml("a: 1\na: 2\nb: !x 1\nb: 3\n", "f.yaml");
  CHECK(reading.complaints.size() == 3);
  CHECK(reading.root);
}

TEST_CASE("yaml: a syntax error says what and where, and leaves no root") {
  const auto reading = read_yaml("a: [1, 2\nb: 3\n", "f.yaml");
  CHECK(!reading.root);
  CHECK(refusal("a: [1, 2\nb: 3\n")
            .starts_with("f.yaml:2:2: this is no YAML: did not find expected"));
  CHECK(refusal("a: \"x\n").contains("while scanning a quoted scalar"));
  CHECK(refusal("a:\n\t- b\n").contains("f.yaml:2:"));
  CHECK(refusal("a: \xFF\n").contains("this is no YAML"));
  CHECK(refusal(std::string_view("a: \0\n", 5)).contains("this is no YAML"));
}

TEST_CASE("yaml: depth, count and size have limits") {
  CHECK(refusal(nested(32)).empty());
  CHECK(refusal(nested(33)).contains("nested more than 32 deep"));
  CHECK(refusal(nested(100'000)).contains("nested more than 32 deep"));
  std::string many = "[";
  for (int i = 0; i < 20'000; ++i) many += "1,";
  CHECK(refusal(many + "]").contains("more than 20000 values"));
  CHECK(refusal("# " + std::string(1U << 20U, 'x')).contains("at most 1 MiB"));
}

TEST_CASE("yaml: an empty file has no root and no complaint") {
  CHECK(!read_yaml("", "f.yaml").root);
  CHECK(refusal("# nothing\n").empty());
}
