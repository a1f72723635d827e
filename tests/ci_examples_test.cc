// What README.md, the guides and examples/ci tell people to type: every command of `sluice` exists,
// and has these options with these values, as its own --help says. The examples for CI are YAML.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/cli.h"
#include "contract/yaml_tree.h"

using namespace sluice;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Empty where there is no such command.
std::string help_of(const std::vector<std::string>& command) {
  std::string out;
  cli::Context context;
  context.out = [&](std::string_view text) { out += text; };
  context.err = [](std::string_view) {};
  std::vector<std::string> words = command;
  words.emplace_back("--help");
  return cli::run(context, words) == 0 ? out : std::string();
}

// The words of a shell's line up to where another command, a redirection or a comment begins.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (std::string_view word : split(line, ' ')) {
    word = trim(word);
    if (word.empty()) continue;
    const bool ends = word == "||" || word == "&&" || word == ">" || word == ">>" || word == "|" ||
                      word.starts_with('#') || word.starts_with(">");
    if (ends) break;
    words.emplace_back(word);
  }
  return words;
}

// "--output json" has to be an option of which the help knows the value.
void check_option(const std::string& help, const std::string& option, const std::string& value) {
  INFO(option << " " << value);
  const std::size_t at = help.find(option);
  REQUIRE(at != std::string::npos);
  const std::string_view line = std::string_view(help).substr(at, help.find('\n', at) - at);
  const std::size_t choices = line.find('|');
  if (choices == std::string_view::npos) return;  // any value, or none
  const std::string_view first = trim(line.substr(option.size()));
  const std::string_view listed = first.substr(0, first.find(' '));
  const auto known = split(listed, '|');
  CHECK(std::ranges::find(known, std::string_view(value)) != known.end());
}

// `sluice` and what follows it; false where this is no command of it.
bool check_command(const std::string& line) {
  std::vector<std::string> words = words_of(line);
  if (words.size() < 2 || words.front() != "sluice") return false;
  words.erase(words.begin());
  if (words.front() == "--folder" && words.size() > 2)
    words.erase(words.begin(), words.begin() + 2);
  INFO(line);
  const bool perhaps_two = words.size() > 1 && !words[1].starts_with('-');
  std::string help = perhaps_two ? help_of({words[0], words[1]}) : "";
  if (!perhaps_two || !help.contains(fmt::format("sluice {} {}", words[0], words[1]))) {
    help = help_of({words[0]});
  }
  REQUIRE(help.contains("sluice " + words[0]));
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) continue;
    check_option(help, words[i], i + 1 < words.size() ? words[i + 1] : "");
  }
  return true;
}

// Every text of the document that is no key.
void collect(const contract::YamlNode& node, std::vector<std::string>& texts) {
  if (node.kind == contract::YamlNode::Kind::scalar) texts.push_back(node.scalar);
  for (const auto& item : node.items) collect(item, texts);
  for (const auto& [key, value] : node.entries) collect(value, texts);
}

int check_lines(std::string_view text) {
  int commands = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (check_command(std::string(trim(line)))) ++commands;
  }
  return commands;
}

}  // namespace

TEST_CASE("ci examples: every command of sluice in them exists, with these options") {
  for (const std::string name : {"github.yml", "gitlab.yml"}) {
    INFO(name);
    const std::filesystem::path file =
        std::filesystem::path(SLUICE_SOURCE_DIR) / "examples" / "ci" / name;
    const auto reading = contract::read_yaml(bytes_of(file), name);
    for (const Complaint& complaint : reading.complaints) FAIL_CHECK(to_text(complaint));
    REQUIRE(reading.root);
    std::vector<std::string> texts;
    collect(*reading.root, texts);
    int commands = 0;
    bool adds = false;
    for (const std::string& text : texts) {
      commands += check_lines(text);
      adds |= text.contains("sluice evidence add");
    }
    CHECK(commands >= 4);
    CHECK(adds);
  }
}

TEST_CASE("ci examples: what a check of commands would miss is missed by no accident") {
  CHECK(help_of({"check"}).contains("--output"));
  CHECK(help_of({"evidence", "add"}).contains("sluice evidence add"));
  CHECK_FALSE(help_of({"no-such-command"}).contains("sluice no-such-command"));
  CHECK(check_command("sluice check \"$CONTRACT\" --output gitlab > file || true"));
  CHECK_FALSE(check_command("echo sluice"));
}

TEST_CASE("documents: every command of sluice in their indented blocks exists") {
  int commands = 0;
  const std::filesystem::path root(SLUICE_SOURCE_DIR);
  std::vector<std::filesystem::path> files{root / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(root / "docs/guide")) {
    files.push_back(entry.path());
  }
  for (const std::filesystem::path& file : files) {
    INFO(file.string());
    const std::string text = bytes_of(file);
    for (const std::string_view line : split(text, '\n')) {
      if (!line.starts_with("    ")) continue;
      std::string_view typed = trim(line);
      if (typed.starts_with("$ ")) typed.remove_prefix(2);
      if (check_command(std::string(typed))) ++commands;
    }
  }
  CHECK(commands >= 10);
}
