// sluice evidence add
#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/complaints.h"
#include "cli/contract_path.h"
#include "cli/decider.h"
#include "model/evidence.h"

namespace sluice::cli {
namespace {

constexpr std::array<Option, 1> kOptions{
    {{"--domain", "NAMES", "",
      "for which evaluations: security,performance; not those it is about"}}};
constexpr std::size_t kFilesMax = 100;
constexpr std::size_t kSmallBytesMax = std::size_t{700} << 10U;  // of all that others send together

std::vector<std::string> domains_in(const std::string& text) {
  std::vector<std::string> domains;
  for (const std::string_view part : split(text, ',')) {
    if (!trim(part).empty()) domains.emplace_back(trim(part));
  }
  return domains;
}

std::string absolute(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).lexically_normal().string();
}

struct Brought {
  const Context& context;
  const std::string& contract;
  const LoadedContract& read;
  const Policy& policy;
  const std::vector<std::string>& files;
  std::vector<std::string> domains;
};

// All are examined before any is recorded.
Result<std::vector<Evidence>> record_as_owner(const Brought& brought, const Client& client) {
  std::vector<Evidence> examined;
  for (const std::string& file : brought.files) {
    std::vector<Evidence> records = SLUICE_TRY(
        brought.context.take_in(absolute(file), brought.policy, brought.read, brought.domains));
    std::ranges::move(records, std::back_inserter(examined));
  }
  return client.record(brought.contract, brought.read, examined);
}

// The store is closed to them: the engine takes what they send, and examines it itself.
Result<std::vector<Evidence>> bring_as_guest(const Brought& brought, const Client& client) {
  FilesToBring files{.files = {}, .domains = brought.domains};
  std::size_t bytes = 0;
  for (const std::string& file : brought.files) {
    std::string text = SLUICE_TRY(brought.context.read_file(absolute(file), kSmallBytesMax));
    bytes += text.size();
    files.files.push_back({absolute(file), std::move(text)});
  }
  if (bytes > kSmallBytesMax) {
    return fail(ErrorCode::rejected,
                "together the files have more than 700 KiB: bring them one by one, or have the "
                "owner of the folder bring them");
  }
  return client.bring(brought.contract, brought.read, files);
}

void print_record(const Context& context, const Evidence& evidence) {
  context.out(fmt::format("{} {} by {}, {}, about release {}, valid until {}\n",
                          evidence_name(evidence.id), to_text(evidence.kind),
                          printable(evidence.by, 80), printable(evidence.source, 200),
                          evidence.about.brief(), to_text(evidence.valid_until)));
  for (const Assessed& one : evidence.assessed) {
    context.out(fmt::format("  {} for {}: {}{}\n", to_text(one.verdict), printable(one.domain, 80),
                            one.verdict == Verdict::pass ? "" : one.code + ": ", one.why));
    if (!one.remedy.empty()) context.out(fmt::format("    to pass: {}\n", one.remedy));
  }
}

Exit exit_of(const std::vector<Evidence>& records) {
  Verdict worst = Verdict::pass;
  for (const Evidence& evidence : records) {
    for (const Assessed& one : evidence.assessed) worst = worse(worst, one.verdict);
  }
  switch (worst) {
    case Verdict::pass: return Exit::allowed;
    case Verdict::fail: return Exit::denied;
    case Verdict::inconclusive: return Exit::undecided;
  }
  return Exit::undecided;
}

Result<Exit> run_add(const Context& context, const Arguments& arguments) {
  const std::string path = SLUICE_TRY(absolute_contract(arguments.text("CONTRACT")));
  if (arguments.more.empty() || arguments.more.size() > kFilesMax) {
    return fail(ErrorCode::invalid_input,
                fmt::format("name 1 to {} files after the contract", kFilesMax));
  }
  const LoadedPolicy policy = SLUICE_TRY(context.load_policy());
  if (print_complaints(context, policy.complaints)) return Exit::usage;
  const LoadedContract read = SLUICE_TRY(context.load_contract(path));
  if (print_complaints(context, read.complaints)) return Exit::usage;
  const Client client = SLUICE_TRY(reach_engine(context, policy.policy));
  const Brought brought{context,       path,           read,
                        policy.policy, arguments.more, domains_in(arguments.text("domain"))};
  const std::vector<Evidence> records =
      SLUICE_TRY(is_guest(context, policy.policy) ? bring_as_guest(brought, client)
                                                  : record_as_owner(brought, client));
  for (const Evidence& evidence : records) print_record(context, evidence);
  return exit_of(records);
}

}  // namespace

constinit const Command kEvidenceAdd{
    .group = "deliver",
    .name = "evidence add",
    .operand = "CONTRACT",
    .summary = "record scans, tests and evaluations about this release",
    .help =
        "Reads each FILE, keeps its bytes, and records what it comes to for the evaluations of\n"
        "quality, about exactly the release that CONTRACT describes now. What it is, is seen from\n"
        "its content: SARIF 2.1.0, JUnit XML, CycloneDX, an evaluation report in Markdown, or a\n"
        "signed in-toto statement in a DSSE envelope or a Sigstore bundle; or several, one a line. "
        "A signed statement is the word of those "
        "whose\n"
        "keys `evaluators` in sluice.yaml names; anything else is yours, as the operating system\n"
        "says who you are, and you have to be an evaluator and no author of the release. A "
        "failure\n"
        "is recorded, too, and counts until newer evidence of the same tool or evaluator.\n"
        "Exit codes: 0 all of it passes, 1 something fails, or you may not bring it, 2 a file "
        "that\n"
        "cannot be read, 3 something is inconclusive.",
    .example =
        "sluice evidence add work/releases/2026-11-24-storefront-release-contract.md scan.sarif",
    .options = kOptions,
    .run = run_add,
    .more = "FILE..."};

}  // namespace sluice::cli
