#include "cli/cli.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/help.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kVersion = "0.1.0";
constexpr std::int64_t kNumberMax = 1'000'000;

// In the order of the help; commands of one group stand together.
constexpr std::array<const Command*, 24> kCommands{
    &kInit,      &kAdopt,  &kDown,     &kCheck,        &kSimulate,     &kEvidenceAdd,
    &kApprove,   &kExcept, &kDeliver,  &kDrill,        &kStatus,       &kExplain,
    &kVerdict,   &kReplay, &kEvidence, &kEvidenceList, &kEvidenceShow, &kLog,
    &kLogVerify, &kPause,  &kResume,   &kRollback,     &kAbort,        &kEvidenceRevoke};

const Command* find_command(std::string_view name) {
  const auto* found = std::ranges::find(kCommands, name, [](const Command* c) { return c->name; });
  return found == kCommands.end() ? nullptr : *found;
}

// "-n,--number" -> "number"
std::string long_name(const Option& option) {
  return std::string(option.names.substr(option.names.rfind("--") + 2));
}

// What stands before the command: --folder DIR and the options of `sluice` itself.
std::size_t find_word(const std::vector<std::string>& arguments) {
  std::size_t at = 0;
  while (at < arguments.size() && arguments[at].starts_with('-')) {
    at += arguments[at] == "--folder" ? 2 : 1;
  }
  return std::min(at, arguments.size());
}

// The command that was typed, and its words taken out of the arguments.
const Command* take_command(std::vector<std::string>& arguments) {
  const std::size_t at = find_word(arguments);
  if (at == arguments.size()) return nullptr;
  const auto first = arguments.begin() + static_cast<std::ptrdiff_t>(at);
  if (at + 1 < arguments.size()) {
    if (const Command* both = find_command(arguments[at] + " " + arguments[at + 1])) {
      arguments.erase(first, first + 2);
      return both;
    }
  }
  const Command* one = find_command(arguments[at]);
  if (one != nullptr) arguments.erase(first);
  return one;
}

// Where CLI11 puts what it reads, until it becomes Arguments.
struct Slots {
  std::map<std::string, std::string> values;
  std::map<std::string, bool> flags;
};

void add_option(CLI::App& app, const Option& option, Slots& slots) {
  const std::string name = long_name(option);
  const std::string names{option.names};
  if (option.value.empty()) {
    app.add_flag(names, slots.flags[name]);
    return;
  }
  slots.values[name] = option.fallback;
  CLI::Option* added = app.add_option(names, slots.values[name]);
  if (option.value == "N") added->check(CLI::Range(std::int64_t{0}, kNumberMax));
  if (option.value.contains('|')) {
    std::vector<std::string> choices;
    for (const std::string_view choice : split(option.value, '|')) choices.emplace_back(choice);
    added->check(CLI::IsMember(choices));
  }
}

// What is wrong with what should be the id of a delivery; as CLI11 wants it.
std::string delivery_problem(const std::string& typed) {
  const bool numbered = typed.starts_with("D-") && parse_integer(std::string_view(typed).substr(2));
  return numbered ? "" : "`" + typed + "` is no delivery; their ids look like D-0007";
}

struct Parsed {
  Arguments arguments;
  bool help = false;
};

// The one place that knows CLI11, and where what it throws ends.
Result<Parsed> parse(const Command& command, std::vector<std::string> words) {
  Slots slots;
  Parsed parsed;
  try {
    CLI::App app;
    std::string folder;
    app.add_option("--folder", folder);
    for (const Option& option : command.options) add_option(app, option, slots);
    if (!command.operand.empty()) {
      const bool optional = command.operand.starts_with('[');
      const std::string operand{optional ? command.operand.substr(1, command.operand.size() - 2)
                                         : command.operand};
      CLI::Option* added = app.add_option(operand, slots.values[operand])->required(!optional);
      if (operand == "DELIVERY") added->check(delivery_problem);
    }
    if (!command.more.empty()) {
      const std::string words_after{command.more.substr(0, command.more.find('.'))};
      app.add_option(words_after, parsed.arguments.more)->required();
    }
    std::ranges::reverse(words);  // as CLI11 takes them
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    parsed.help = true;
  } catch (const std::exception& trouble) {
    return fail(ErrorCode::invalid_input, printable(trouble.what(), 400));
  }
  parsed.arguments.values.insert(slots.values.begin(), slots.values.end());
  for (const auto& [name, given] : slots.flags) {
    if (given) parsed.arguments.flags.insert(name);
  }
  return parsed;
}

int code(Exit exit) { return static_cast<int>(exit); }

int complain(const Context& context, std::string_view message, std::string_view advice) {
  context.err(fmt::format("sluice: {}\n{}\n", message, advice));
  return code(Exit::usage);
}

bool is_of_sluice_itself(std::string_view option) {
  return option == "--version" || option == "--help" || option == "-h";
}

// What is wrong with what stands before the word that should be a command; nothing: it is right.
std::string wrong_option(const std::vector<std::string>& arguments, std::size_t word) {
  for (std::size_t i = 0; i < word; ++i) {
    if (arguments[i] == "--folder" && i + 1 == arguments.size()) {
      return "--folder needs the folder where sluice.yaml is";
    }
    if (arguments[i] == "--folder") {
      ++i;
    } else if (!arguments[i].starts_with("--folder=") && !is_of_sluice_itself(arguments[i])) {
      return fmt::format("there is no option `{}`", printable(arguments[i], 60));
    }
  }
  return {};
}

int without_command(const Context& context, const std::vector<std::string>& arguments) {
  const auto given = [&](std::string_view word) {
    return std::ranges::find(arguments, word) != arguments.end();
  };
  const std::size_t at = find_word(arguments);
  const bool no_word = at == arguments.size();
  if (no_word && given("--version")) {
    context.out(fmt::format("sluice {}\n", kVersion));
    return code(Exit::allowed);
  }
  if (no_word && (given("--help") || given("-h"))) {
    context.out(help_for_all(kCommands));
    return code(Exit::allowed);
  }
  if (const std::string wrong = wrong_option(arguments, at); !wrong.empty()) {
    return complain(context, wrong, "`sluice --help` lists commands and options");
  }
  if (no_word) {
    context.err(help_for_all(kCommands));
    return code(Exit::usage);
  }
  const std::string_view near = nearest(arguments[at], kCommands);
  return complain(context, fmt::format("there is no command `{}`", printable(arguments[at], 60)),
                  near.empty() ? std::string("`sluice --help` lists the commands")
                               : fmt::format("did you mean `sluice {}`?", near));
}

}  // namespace

std::string Arguments::text(std::string_view name) const {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second;
}

std::int64_t Arguments::number(std::string_view name) const {
  return parse_integer(text(name)).value_or(0);
}

Exit exit_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
    case ErrorCode::not_found: return Exit::usage;
    case ErrorCode::conflict:
    case ErrorCode::rejected: return Exit::denied;
    case ErrorCode::unavailable:
    case ErrorCode::corrupt: return Exit::undecided;
  }
  return Exit::undecided;
}

int run(const Context& context, std::vector<std::string> arguments) {
  const Command* command = take_command(arguments);
  if (command == nullptr) return without_command(context, arguments);

  const auto parsed = parse(*command, std::move(arguments));
  if (!parsed) {
    return complain(context, parsed.error().in(command->name).message,
                    fmt::format("`sluice {} --help` says what it takes", command->name));
  }
  if (parsed->help) {
    context.out(help_for(*command));
    return code(Exit::allowed);
  }
  const auto exit = command->run(context, parsed->arguments);
  if (exit) return code(*exit);
  context.err(fmt::format("sluice: {}\n", printable(exit.error().message, 2'000)));
  if (exit.error().code == ErrorCode::corrupt) {
    context.err(
        "stop here: `sluice log verify` says more about the ledger; what is damaged comes back "
        "from a copy\n");
  }
  return code(exit_of(exit.error().code));
}

}  // namespace sluice::cli
