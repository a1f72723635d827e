#include "app/command_line.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/evidence_files/evidence_files.h"
#include "adapters/process/client.h"
#include "app/evidence_intake.h"
#include "app/load.h"
#include "app/login.h"
#include "base/text.h"
#include "core/evolve.h"
#include "ledger/ledger.h"
#include "net/descriptor.h"
#include "net/http_client.h"
#include "net/last_line.h"

namespace sluice::app {
namespace {

constexpr std::int64_t kEnginePatienceMs = 10'000;

volatile sig_atomic_t interrupts = 0;

void note_interrupt(int) { interrupts = 1; }

// The first Ctrl-C is for the command to notice; the second ends the program as usual.
void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

std::string user_name() { return fmt::format("{} (uid {})", login_of(getuid()), getuid()); }

cli::Terminal terminal() {
  cli::Terminal here;
  const char* kind = std::getenv("TERM");
  const bool dumb = kind == nullptr || std::strcmp(kind, "dumb") == 0;
  here.interactive = isatty(STDOUT_FILENO) == 1 && !dumb;
  const char* no_colour = std::getenv("NO_COLOR");
  here.colour = here.interactive && (no_colour == nullptr || *no_colour == '\0');
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    if (size.ws_col > 0) here.columns = size.ws_col;
    if (size.ws_row > 0) here.rows = size.ws_row;
  }
  return here;
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
}

void sleep_for(std::int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

Result<void> make_state_folder(const std::string& state) {
  if (mkdir(state.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorCode::rejected, "cannot make " + state + ": " + std::strerror(errno));
  }
  return {};
}

Result<Service> read_service(const std::string& state) {
  auto ledger = ledger::Ledger::open_for_reading(state + "/ledger.db");
  if (!ledger && ledger.error().code == ErrorCode::not_found) return Service{};
  if (!ledger) return std::unexpected(ledger.error());
  const std::vector<Record> records = SLUICE_TRY((*ledger)->read());
  return core::replay(records);
}

Result<Service> read_delivery(const std::string& state, const DeliveryId& delivery) {
  const auto ledger = ledger::Ledger::open_for_reading(state + "/ledger.db");
  if (!ledger && ledger.error().code == ErrorCode::not_found) {
    return core::replay_to_end_of({}, delivery);
  }
  if (!ledger) return std::unexpected(ledger.error());
  const std::vector<Record> records = SLUICE_TRY((*ledger)->read());
  return core::replay_to_end_of(records, delivery);
}

// The engine is not asked yet: while gigabytes are read it would end for lack of work.
Result<cli::LoadedContract> store_for(const std::string& folder, const std::string& path,
                                      const cli::ReadSoFar& read_so_far) {
  SLUICE_TRY(make_state_folder(folder + "/.sluice"));
  return store_contract(folder, path, read_so_far);
}

Result<std::vector<cli::LogLine>> read_log(const std::string& state, std::uint64_t from,
                                           std::size_t most) {
  const auto ledger = SLUICE_TRY(ledger::Ledger::open_for_reading(state + "/ledger.db"));
  std::vector<cli::LogLine> lines;
  for (auto& chained : SLUICE_TRY(ledger->read_chained(from, most))) {
    lines.push_back(
        {chained.record.seq, chained.record.at, std::move(chained.record.event), chained.chain});
  }
  return lines;
}

Result<cli::LogCheck> check_log(const std::string& state) {
  ledger::Verification found = SLUICE_TRY(ledger::verify(state + "/ledger.db"));
  return cli::LogCheck{found.records, found.head, found.first_bad, std::move(found.trouble)};
}

// Asks the engine whether it runs with today's sluice.yaml; true when it may be used.
Result<bool> engine_is_ready(const std::string& state, const Digest& policy) {
  const Result<net::Response> answer = net::call({.url = "http://sluice/v1/policy",
                                                  .unix_socket = state + "/api.sock",
                                                  .method = "POST",
                                                  .body = policy.hex,
                                                  .content_type = "text/plain",
                                                  .timeout_ms = 1'000});
  return answer && answer->status != 503;
}

Result<void> ensure_engine(const std::string& folder, const std::string& program) {
  const std::string state = folder + "/.sluice";
  const cli::LoadedPolicy loaded = SLUICE_TRY(load_policy(folder));
  if (!loaded.complaints.empty()) {
    return fail(ErrorCode::invalid_input, to_text(loaded.complaints.front()));
  }
  SLUICE_TRY(make_state_folder(state));
  SLUICE_TRY(process::ensure_guard(state, program));
  for (std::int64_t waited = 0; waited < kEnginePatienceMs; waited += 50) {
    SLUICE_TRY(process::start_engine(state));
    const bool ready = SLUICE_TRY(engine_is_ready(state, loaded.policy.digest));
    if (ready) return {};
    sleep_for(50);
  }
  return fail(ErrorCode::unavailable,
              "the engine does not answer: " + net::last_line_of(state + "/engine.log"));
}

// `conflict` when the file is there already.
Result<void> write_new_file(const std::string& folder, const std::string& path,
                            const std::string& text) {
  const std::filesystem::path target = below(folder, path);
  std::error_code error;
  std::filesystem::create_directories(target.parent_path(), error);
  const net::Descriptor file(open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.number() < 0 && errno == EEXIST) {
    return fail(ErrorCode::conflict, path + " is there already");
  }
  if (file.number() < 0) {
    return fail(ErrorCode::rejected, "cannot write " + path + ": " + std::strerror(errno));
  }
  write_all(file.number(), text);
  return {};
}

}  // namespace

cli::Context command_line_context(const std::string& folder, const std::string& program) {
  catch_interrupts();
  const std::string state = folder + "/.sluice";
  cli::Context context;
  context.folder = folder;
  context.program = program;
  context.user = user_name();
  context.terminal = terminal();
  context.measure = terminal;
  context.load_policy = [folder] { return load_policy(folder); };
  context.load_contract = [folder](const std::string& path) { return load_contract(folder, path); };
  context.store_contract = [folder](const std::string& path, const cli::ReadSoFar& read_so_far) {
    return store_for(folder, path, read_so_far);
  };
  context.read_service = [state] { return read_service(state); };
  context.read_delivery = [state](const DeliveryId& delivery) {
    return read_delivery(state, delivery);
  };
  context.read_log = [state](std::uint64_t from, std::size_t most) {
    return read_log(state, from, most);
  };
  context.check_log = [state] { return check_log(state); };
  context.read_evidence = [state](const Digest& digest) {
    return evidence_files::EvidenceFiles(state + "/evidence").read(digest);
  };
  context.take_in = [folder](const std::string& path, const Policy& policy,
                             const cli::LoadedContract& contract,
                             const std::vector<std::string>& domains) -> Result<Evidence> {
    SLUICE_TRY(make_state_folder(folder + "/.sluice"));
    return take_in_file(folder, path, {policy, contract, domains});
  };
  context.read_file = [](const std::string& path, std::size_t bytes_max) {
    return read_file(path, bytes_max);
  };
  context.ensure_engine = [folder, program] { return ensure_engine(folder, program); };
  context.shut_down = [state] { return process::shut_down(state); };
  context.write_new_file = [folder](const std::string& path, const std::string& text) {
    return write_new_file(folder, path, text);
  };
  context.sleep = sleep_for;
  context.interrupted = [] { return interrupts != 0; };
  context.out = [](std::string_view text) { write_all(STDOUT_FILENO, text); };
  context.err = [](std::string_view text) { write_all(STDERR_FILENO, text); };
  return context;
}

}  // namespace sluice::app
