#include "cli/help.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace sluice::cli {
namespace {

constexpr std::string_view kFolderHelp =
    "  --folder DIR           where sluice.yaml is (default: the current folder)\n"
    "  -h, --help             this text\n";

std::string usage(const Command& command) {
  std::string out = "sluice " + std::string(command.name);
  if (!command.operand.empty()) out += " " + std::string(command.operand);
  if (!command.more.empty()) out += " " + std::string(command.more);
  if (!command.options.empty()) out += " [OPTIONS]";
  return out;
}

std::string option_line(const Option& option) {
  std::string left{option.names};
  if (const std::size_t comma = left.find(','); comma != std::string::npos) {
    left.insert(comma + 1, " ");
  }
  if (!option.value.empty()) left += " " + std::string(option.value);
  std::string out = fmt::format("  {:<22} {}", left, option.help);
  if (!option.fallback.empty()) out += fmt::format(" (default: {})", option.fallback);
  return out + "\n";
}

// How many letters must be added, left out or replaced.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string help_for_all(std::span<const Command* const> commands) {
  std::string out =
      "sluice lets a release through one gate at a time, and takes it back when it does harm\n\n"
      "usage: sluice [--folder DIR] COMMAND\n";
  std::string_view group;
  for (const Command* command : commands) {
    if (command->group != group) out += fmt::format("\n{}\n", command->group);
    group = command->group;
    std::string left = std::string(command->name) + (command->operand.empty() ? "" : " ") +
                       std::string(command->operand);
    if (!command->more.empty()) left += " " + std::string(command->more);
    out += fmt::format("  {:<20} {}\n", left, command->summary);
  }
  return out +
         "\n  --folder DIR         where sluice.yaml is (default: the current folder)\n"
         "  --version            the version of this program\n\n"
         "`sluice COMMAND --help` says more about one command.\n"
         "Exit codes: 0 allowed, 1 denied by policy, 2 usage or configuration, 3 could not "
         "decide.\n";
}

std::string help_for(const Command& command) {
  std::string out = fmt::format("usage: {}\n\n{}\n\noptions\n", usage(command), command.help);
  for (const Option& option : command.options) out += option_line(option);
  out += kFolderHelp;
  return out + fmt::format("\nexample\n  {}\n", command.example);
}

std::string_view nearest(std::string_view typed, std::span<const Command* const> commands) {
  constexpr std::size_t kLettersMax = 2;
  if (typed.size() > 40) return {};
  std::string_view best;
  std::size_t best_distance = kLettersMax + 1;
  for (const Command* command : commands) {
    const std::size_t letters = distance(typed, command->name);
    // A word that is replaced altogether is not near.
    if (letters >= best_distance || letters >= command->name.size()) continue;
    best_distance = letters;
    best = command->name;
  }
  return best;
}

}  // namespace sluice::cli
