// Command: one command of `sluice`, as data: what it is called, what it takes, what it does.
// Parsing and help are made from this in cli.cc; a command reads no argument vector.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/context.h"

namespace sluice::cli {

// What a person typed, checked against the command's options. Names are long names without dashes.
struct Arguments {
  std::map<std::string, std::string, std::less<>> values;
  std::set<std::string, std::less<>> flags;

  [[nodiscard]] bool has(std::string_view flag) const { return flags.contains(flag); }
  // Empty where the option was not given and has no default.
  [[nodiscard]] std::string text(std::string_view name) const;
  // Options of a number are checked to be one, from 0 to a million.
  [[nodiscard]] std::int64_t number(std::string_view name) const;
};

struct Option {
  std::string_view names;  // "--json", "-n,--number"
  std::string_view value;  // "text|json": one of these; "N": a number; "NAME": any; empty: a flag
  std::string_view fallback;  // the default of a value; empty: none
  std::string_view help;
};

struct Command {
  std::string_view group;    // heading in the list of commands
  std::string_view name;     // "log verify"
  std::string_view operand;  // "CONTRACT": required; "[DELIVERY]": not; empty: none
  std::string_view summary;  // one line for the list
  std::string_view help;     // what it does, what it never does, exit codes that surprise
  std::string_view example;
  std::span<const Option> options;
  Result<Exit> (*run)(const Context&, const Arguments&);
};

extern const Command kInit;
extern const Command kAdopt;
extern const Command kDown;
extern const Command kCheck;
extern const Command kSimulate;
extern const Command kDeliver;
extern const Command kDrill;
extern const Command kStatus;
extern const Command kExplain;
extern const Command kVerdict;
extern const Command kApprove;
extern const Command kExcept;
extern const Command kEvidence;
extern const Command kEvidenceList;
extern const Command kEvidenceShow;
extern const Command kEvidenceRevoke;
extern const Command kLog;
extern const Command kLogVerify;
extern const Command kPause;
extern const Command kResume;
extern const Command kRollback;
extern const Command kAbort;

}  // namespace sluice::cli
