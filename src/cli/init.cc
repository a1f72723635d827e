// sluice init
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "codec/haproxy_config.h"
#include "contract/templates.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 2> kOptions{
    {{"--service", "NAME", "", "what the service is called (default: the folder's name)"},
     {"--haproxy", "", "", "write haproxy/ENVIRONMENT.cfg, complete, instead of printing lines"}}};

constexpr int kIgnoreLinesMax = 10'000;

constexpr std::string_view kNextSteps =
    "\nnext\n"
    "  1. edit sluice.yaml: how the service is started, where HAProxy is, where it is reached\n"
    "  2. run `sluice init` again, put the lines that it prints into the configuration of "
    "HAProxy,\n"
    "     and reload it; or `sluice init --haproxy`, then for each environment\n"
    "     haproxy -D -f haproxy/ENVIRONMENT.cfg\n"
    "  3. copy work/releases/_TEMPLATE-release-contract.md for what runs now, fill it in, then\n"
    "     sluice adopt work/releases/<that contract>\n"
    "  4. write a contract for the next release, then\n"
    "     sluice check work/releases/<contract>\n"
    "     sluice deliver work/releases/<contract>\n";

// Names of services stand in file names, backends and labels: lower-case letters, digits, dashes.
std::string service_name(std::string_view wanted) {
  std::string name;
  for (const char letter : to_lower_ascii(wanted)) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    if (plain) {
      name += letter;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() == 40) break;
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "service" : name;
}

// A name that could not stay as it was written is not changed behind anybody's back.
void tell_name(const Context& context, const std::string& wanted, const std::string& service) {
  if (wanted == service) return;
  context.out(
      fmt::format("the service is called `{}`, not `{}`: its name has lower-case letters, "
                  "digits and dashes,\nat most 40 of them; another one: `service` in "
                  "sluice.yaml, or `sluice init --service NAME`\n",
                  service, printable(wanted, 60)));
}

struct NewFile {
  std::string path;  // absolute, or below the folder
  std::string text;
};

std::vector<NewFile> new_files(const std::string& service) {
  return {
      {"sluice.yaml", contract::policy_template(service)},
      {"work/releases/_TEMPLATE-release-contract.md", contract::contract_template()},
      {"work/signals/.gitkeep", ""},
      {"work/missions/.gitkeep", ""},
      {".gitignore", ".sluice/\n"},
  };
}

// Whether git is told to leave the state folder alone, in one of the ways that people write it.
bool ignores_state(const std::filesystem::path& path) {
  std::ifstream file(path);
  int lines = 0;
  for (std::string line; lines < kIgnoreLinesMax && std::getline(file, line); ++lines) {
    std::string_view pattern = trim(line);
    if (pattern.starts_with('/')) pattern.remove_prefix(1);
    if (pattern == ".sluice" || pattern == ".sluice/") return true;
  }
  return false;
}

// An existing file is somebody's work: it is kept, whatever is in it.
Result<void> write_file(const Context& context, const NewFile& file) {
  const std::filesystem::path path = std::filesystem::path(context.folder) / file.path;
  std::error_code ignored;
  const bool there = std::filesystem::exists(path, ignored);
  const Result<void> written = there ? fail(ErrorCode::conflict, "exists")
                                     : context.write_new_file(path.string(), file.text);
  if (written) {
    context.out(fmt::format("wrote  {}\n", file.path));
    return {};
  }
  if (written.error().code != ErrorCode::conflict) return written;
  context.out(fmt::format("kept   {}\n", file.path));
  if (file.path == ".gitignore" && !ignores_state(path)) {
    context.out("       make sure that it has the line `.sluice/`\n");
  }
  return {};
}

void print_haproxy(const Context& context, const Policy& policy) {
  for (const EnvironmentSpec& spec : policy.environments) {
    context.out(fmt::format("\nHAProxy in {}\n\n{}", printable(spec.name.text),
                            codec::haproxy_lines(spec, policy.service, policy.fallback)));
  }
}

// HAProxy does not start without its map: everything to slot a, until Sluice says otherwise.
Result<void> write_haproxy(const Context& context, const Policy& policy) {
  const std::string map = fmt::format("{} 0\n{} a\n{} 0\n", codec::kMapShareB, codec::kMapBaseline,
                                      codec::kMapGeneration);
  for (const EnvironmentSpec& spec : policy.environments) {
    SLUICE_TRY(
        write_file(context, {"haproxy/" + spec.name.text + ".cfg",
                             codec::haproxy_example(spec, policy.service, policy.fallback)}));
    SLUICE_TRY(write_file(context, {spec.haproxy.map, map}));
  }
  return {};
}

Result<Exit> run_init(const Context& context, const Arguments& arguments) {
  const std::string given = arguments.text("service");
  const std::string folder = std::filesystem::path(context.folder).filename().string();
  const std::string wanted = given.empty() ? folder : given;
  const std::string service = service_name(wanted);
  std::error_code ignored;
  const bool begun = std::filesystem::exists(context.folder + "/sluice.yaml", ignored);
  if (!begun) tell_name(context, wanted, service);
  for (const NewFile& file : new_files(service)) SLUICE_TRY(write_file(context, file));
  const LoadedPolicy loaded = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, loaded.complaints)) return Exit::usage;
  if (arguments.has("haproxy")) {
    SLUICE_TRY(write_haproxy(context, loaded.policy));
  } else {
    print_haproxy(context, loaded.policy);
  }
  context.out(kNextSteps);
  return Exit::allowed;
}

}  // namespace

constinit const Command kInit{
    .group = "begin",
    .name = "init",
    .operand = "",
    .summary = "write sluice.yaml, the contract template and work/ folders",
    .help =
        "Writes sluice.yaml, a template for contracts and the folders that the policy names, then\n"
        "prints the lines that HAProxy needs in each environment; with --haproxy it writes "
        "complete\n"
        "configurations and the maps that they read, to try it with. A file that exists is kept.\n"
        "Exit codes: 0 written, 1 a file cannot be written, 2 sluice.yaml, which was there, cannot "
        "be\n"
        "used.",
    .example = "sluice init --service storefront",
    .options = kOptions,
    .run = run_init};

}  // namespace sluice::cli
