// sluice: one binary. `engine` and `guard` are what it starts of itself in the background;
// everything else is the command line.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/command_line.h"
#include "app/engine_main.h"
#include "app/guard_main.h"
#include "cli/cli.h"

namespace {

// Takes `--folder DIR` or `--folder=DIR` out of the arguments; the current folder without it.
std::string take_folder(std::vector<std::string>& arguments) {
  std::string folder = ".";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with("--folder=")) {
      folder = arguments[i].substr(9);
      arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
    if (arguments[i] == "--folder" && i + 1 < arguments.size()) {
      folder = arguments[i + 1];
      const auto at = arguments.begin() + static_cast<std::ptrdiff_t>(i);
      arguments.erase(at, at + 2);
      break;
    }
  }
  return folder;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::error_code error;
  const std::string wanted = take_folder(arguments);
  std::string folder = std::filesystem::canonical(wanted, error).string();
  if (!error && !std::filesystem::is_directory(folder, error)) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error) {
    fmt::print(stderr, "sluice: cannot use folder {}: {}\n", wanted, error.message());
    return 2;
  }
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", error).string();
  const std::string command = arguments.empty() ? "" : arguments.front();
  if (command == "engine") return sluice::app::run_engine(folder, program);
  if (command == "guard") return sluice::app::run_guard(folder, program);
  const int status =
      sluice::cli::run(sluice::app::command_line_context(folder, program), std::move(arguments));
  return sluice::app::status_after_output(status);
}
