// Context: what a command is given. Everything that needs a concrete adapter (files, the ledger,
// the guard) comes in as a function that app/ fills in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "model/contract.h"
#include "model/event.h"
#include "model/flag.h"
#include "model/policy.h"
#include "model/release.h"
#include "model/running.h"
#include "model/service.h"
#include "net/http_client.h"

namespace sluice::cli {

// sluice.yaml as read. `complaints` not empty: the policy must not be used.
struct LoadedPolicy {
  Policy policy;
  std::vector<Complaint> complaints;
};

// A contract with the digests of its artifacts. `complaints` holds artifacts that could not be read
// beside those in the contract itself.
struct LoadedContract {
  Contract contract;
  Release release;
  std::vector<Complaint> complaints;
};

// Gauges of one environment's processes, as a person reads them.
struct SeenGauges {
  EnvironmentName environment;
  std::vector<std::string> lines;
};

struct LogLine {
  std::uint64_t seq = 0;
  Tick at;
  Event event;
  Digest chain;
};

struct LogCheck {
  std::uint64_t records = 0;
  Digest head;
  std::optional<std::uint64_t> first_bad;
  std::string trouble;  // empty: the chain holds
};

struct Terminal {
  bool interactive = false;  // standard output is a terminal: live view, cursor movement
  bool colour = false;       // a terminal, and neither NO_COLOR nor TERM=dumb
  int columns = 100;
  int rows = 24;
};

// How much of an artifact was read so far.
using ReadSoFar = std::function<void(const std::string& artifact, std::int64_t bytes)>;

struct Context {
  std::string folder;   // holds sluice.yaml; absolute
  std::string program;  // this very binary, absolute
  std::string user;     // "ana (uid 1000)": who commands are recorded for
  Terminal terminal;
  std::function<Result<LoadedPolicy>()> load_policy;
  std::function<Result<LoadedContract>(const std::string& path)> load_contract;
  // The same, with a copy of every artifact in the store: what is delivered or adopted.
  std::function<Result<LoadedContract>(const std::string& path, const ReadSoFar&)> store_contract;
  // What the flag service of sluice.yaml says about these; waits for it. Not set: nobody is asked.
  std::function<FlagAnswers(const Policy&, const std::vector<std::string>&)> ask_about_flags;
  // Asks each router which process it is; waits for them, not for long. Not set: nobody looks.
  std::function<RunningRouters(const Policy&)> look_at_routers;
  // What the metrics servers of sluice.yaml show of its processes now, in lines; waits for them.
  // Not set: nobody is asked.
  std::function<std::vector<SeenGauges>(const Policy&)> look_at_gauges;
  std::function<Result<Service>()> read_service;  // fold of the ledger, without an engine
  // As it was when this delivery had ended, or as it is where it goes on. `not_found`.
  std::function<Result<Service>(const DeliveryId&)> read_delivery;
  std::function<Result<std::vector<LogLine>>(std::uint64_t from, std::size_t most)> read_log;
  std::function<Result<LogCheck>()> check_log;
  // Bytes of evidence, compared with their digest.
  std::function<Result<std::string>(const Digest& digest)> read_evidence;
  // A file as evidence about the release, under the rules of sluice.yaml: its bytes are in the
  // store, and nothing refers to them yet. No domains: those that it is about.
  // One record, or one for each line of an in-toto bundle.
  std::function<Result<std::vector<Evidence>>(const std::string& path, const Policy&,
                                              const LoadedContract&,
                                              const std::vector<std::string>& domains)>
      take_in;
  std::function<Result<std::string>(const std::string& path, std::size_t bytes_max)> read_file;
  std::function<Result<void>()> ensure_engine;  // guard and engine run and answer on api.sock
  std::function<Result<void>()> shut_down;      // everything Sluice runs in this folder
  std::function<bool()> guard_answers;          // somebody takes traffic back without an engine
  std::function<Result<void>(const std::string& path, const std::string& text)> write_new_file;
  std::function<Terminal()> measure;  // the terminal as it is now; empty: as it was at the start
  std::function<Result<net::Response>(const net::Call&)> call = net::call;  // to the engine's API
  std::function<void(std::int64_t ms)> sleep;
  std::function<bool()> interrupted;          // Ctrl-C was pressed since the start
  std::function<void(std::string_view)> out;  // standard output, flushed
  std::function<void(std::string_view)> err;  // standard error
};

// 0 allowed, 1 denied by policy, 2 usage or configuration, 3 could not decide.
enum class Exit : int { allowed = 0, denied = 1, usage = 2, undecided = 3 };

}  // namespace sluice::cli
