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
#include "adapters/flags/flag_service.h"
#include "adapters/haproxy/haproxy_router.h"
#include "adapters/process/client.h"
#include "adapters/prometheus/prometheus_gauges.h"
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
constexpr std::int64_t kGaugesPatienceMs = 5'000;  // of each environment

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

// 0, or why it was not all written.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

int output_trouble = 0;

// Whoever reads the output may stop reading, such as `head`; a full disk loses what was asked for.
void write_output(std::string_view text) {
  const int trouble = write_all(STDOUT_FILENO, text);
  if (trouble != 0 && trouble != EPIPE) output_trouble = trouble;
}

void sleep_for(std::int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

Result<void> make_state_folder(const std::string& state) {
  if (mkdir(state.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorCode::rejected, "cannot make " + state + ": " + std::strerror(errno));
  }
  // Whatever somebody made of it: nobody else looks in, and nobody else puts a ledger there.
  struct stat found{};
  const bool open_to_others = stat(state.c_str(), &found) == 0 && (found.st_mode & 0077U) != 0;
  if (open_to_others && found.st_uid == geteuid() && chmod(state.c_str(), 0700) != 0) {
    return fail(ErrorCode::rejected, "cannot close " + state + ": " + std::strerror(errno));
  }
  return {};
}

// What Sluice knows of a folder is for the user alone who began it there.
Result<void> may_use(const std::string& state, int mode) {
  if (access(state.c_str(), mode) == 0 || errno == ENOENT) return {};
  std::string message = "cannot use " + state + ": " + std::strerror(errno);
  struct stat found{};
  if (errno == EACCES && stat(state.c_str(), &found) == 0) {
    message += "; it belongs to " + login_of(found.st_uid) + ": run the command as that user";
  }
  return fail(ErrorCode::rejected, std::move(message));
}

constexpr int kToRead = R_OK | X_OK;
constexpr int kToWrite = R_OK | W_OK | X_OK;

Result<void> may_read_log(const std::string& state) {
  SLUICE_TRY(may_use(state, kToRead));
  if (access((state + "/ledger.db").c_str(), F_OK) == 0 || errno != ENOENT) return {};
  return fail(ErrorCode::not_found,
              "nothing was recorded here yet; the ledger, " + state +
                  "/ledger.db, begins with `sluice adopt` or `sluice deliver`");
}

Result<Service> read_service(const std::string& state) {
  SLUICE_TRY(may_use(state, kToRead));
  auto ledger = ledger::Ledger::open_for_reading(state + "/ledger.db");
  if (!ledger && ledger.error().code == ErrorCode::not_found) return Service{};
  if (!ledger) return std::unexpected(ledger.error());
  const std::vector<Record> records = SLUICE_TRY((*ledger)->read());
  return core::replay(records);
}

Result<Service> read_delivery(const std::string& state, const DeliveryId& delivery) {
  SLUICE_TRY(may_use(state, kToRead));
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
  SLUICE_TRY(may_use(folder + "/.sluice", kToWrite));
  return store_contract(folder, path, read_so_far);
}

Result<std::vector<cli::LogLine>> read_log(const std::string& state, std::uint64_t from,
                                           std::size_t most) {
  SLUICE_TRY(may_read_log(state));
  const auto ledger = SLUICE_TRY(ledger::Ledger::open_for_reading(state + "/ledger.db"));
  std::vector<cli::LogLine> lines;
  for (auto& chained : SLUICE_TRY(ledger->read_chained(from, most))) {
    lines.push_back(
        {chained.record.seq, chained.record.at, std::move(chained.record.event), chained.chain});
  }
  return lines;
}

Result<cli::LogCheck> check_log(const std::string& state) {
  SLUICE_TRY(may_read_log(state));
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

// Not a complaint about sluice.yaml: where a contract is only checked, no socket is needed.
Result<void> check_socket_path(const std::string& path, std::size_t bytes_max) {
  if (path.size() <= bytes_max) return {};
  return fail(ErrorCode::invalid_input,
              fmt::format("the path of the socket {} has {} bytes, and at most {} are possible: "
                          "move the folder of sluice.yaml to a shorter path",
                          path, path.size(), bytes_max));
}

Result<void> check_socket_paths(const std::string& state, const Policy& policy) {
  constexpr std::size_t kSystemMax = 107;
  constexpr std::size_t kHaproxyMax = 97;  // it binds under a longer temporary name first
  SLUICE_TRY(check_socket_path(state + "/guard.sock", kSystemMax));
  for (const EnvironmentSpec& environment : policy.environments) {
    SLUICE_TRY(check_socket_path(environment.haproxy.socket, kHaproxyMax));
  }
  return check_socket_path(policy.people_socket, kSystemMax);
}

Result<void> ensure_engine(const std::string& folder, const std::string& program) {
  const std::string state = folder + "/.sluice";
  const cli::LoadedPolicy loaded = SLUICE_TRY(load_policy(folder));
  if (!loaded.complaints.empty()) {
    return fail(ErrorCode::invalid_input, to_text(loaded.complaints.front()));
  }
  SLUICE_TRY(check_socket_paths(state, loaded.policy));
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

// A guard that died left what it ran going: the next one takes that over, to stop it.
Result<void> shut_down(const std::string& state, const std::string& program) {
  SLUICE_TRY(may_use(state, kToWrite));
  const bool ever_ran = access((state + "/guard.json").c_str(), F_OK) == 0;
  if (ever_ran) SLUICE_TRY(process::ensure_guard(state, program));
  return process::shut_down(state);
}

// `conflict` when the file is there already. What could not be written whole is taken away again:
// an empty file would be kept the next time as somebody's work.
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
  if (const int trouble = write_all(file.number(), text); trouble != 0) {
    unlink(target.c_str());
    return fail(ErrorCode::rejected, "cannot write " + path + ": " + std::strerror(trouble));
  }
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
  context.ask_about_flags = [](const Policy& policy, const std::vector<std::string>& names) {
    if (policy.flags.protocol == FlagProtocol::none) return FlagAnswers{};
    return flags::FlagService(policy.flags).ask(names, policy.flags.timeout_ms);
  };
  context.look_at_routers = [](const Policy& policy) {
    RunningRouters routers;
    for (const EnvironmentSpec& environment : policy.environments) {
      const auto seen = haproxy::HaproxyRouter(environment.haproxy).observe();
      routers.push_back({environment.name, seen ? seen->identity : std::string()});
    }
    return routers;
  };
  context.look_at_gauges = [](const Policy& policy) {
    std::vector<cli::SeenGauges> seen;
    for (const EnvironmentSpec& environment : policy.environments) {
      if (!environment.prometheus) continue;
      prometheus::PrometheusGauges gauges(*environment.prometheus,
                                          environment.process.ports_a.size());
      seen.push_back({environment.name, gauges.look(kGaugesPatienceMs)});
    }
    return seen;
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
  context.take_in =
      [folder](const std::string& path, const Policy& policy, const cli::LoadedContract& contract,
               const std::vector<std::string>& domains) -> Result<std::vector<Evidence>> {
    SLUICE_TRY(make_state_folder(folder + "/.sluice"));
    return take_in_file(folder, path, {policy, contract, domains});
  };
  context.read_file = [](const std::string& path, std::size_t bytes_max) {
    return read_file(path, bytes_max);
  };
  context.ensure_engine = [folder, program] { return ensure_engine(folder, program); };
  context.guard_answers = [state] { return process::guard_state(state).has_value(); };
  context.shut_down = [state, program] { return shut_down(state, program); };
  context.write_new_file = [folder](const std::string& path, const std::string& text) {
    return write_new_file(folder, path, text);
  };
  context.sleep = sleep_for;
  context.interrupted = [] { return interrupts != 0; };
  context.out = write_output;
  context.err = [](std::string_view text) { write_all(STDERR_FILENO, text); };
  return context;
}

int status_after_output(int status) {
  if (output_trouble == 0) return status;
  write_all(STDERR_FILENO, fmt::format("sluice: standard output could not be written: {}\n",
                                       std::strerror(output_trouble)));
  return status == 0 ? static_cast<int>(cli::Exit::undecided) : status;
}

}  // namespace sluice::app
