#include "app/engine_main.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "adapters/alertmanager/webhook_handler.h"
#include "adapters/change_log/change_log_file.h"
#include "adapters/evidence_files/draft_files.h"
#include "adapters/evidence_files/evidence_files.h"
#include "adapters/flags/flag_service.h"
#include "adapters/notify/command_notifier.h"
#include "adapters/process/client.h"
#include "api/handlers.h"
#include "app/evidence_intake.h"
#include "app/load.h"
#include "app/login.h"
#include "app/system_clock.h"
#include "app/wired_environment.h"
#include "base/text.h"
#include "codec/problem_json.h"
#include "gates/decisions.h"
#include "gates/delivery_verdict.h"
#include "gates/quality.h"
#include "guard/acts.h"
#include "guard/engine_lock.h"
#include "ledger/ledger.h"
#include "net/event_loop.h"
#include "net/http_server.h"

namespace sluice::app {
namespace {

constexpr std::int64_t kStepUs = 2'000;
constexpr int kIdleStepEvery = 50;  // steps of the loop between two of an engine that is not busy
constexpr std::int64_t kLeaseEveryUs = 500'000;
constexpr std::int64_t kLeaseValidMs = 5'000;
constexpr std::int64_t kGuardEveryMs = 1'000;
constexpr std::int64_t kIdleMs = 30'000;  // without work and without questions: the end
constexpr std::string_view kOldLedger =
    ": the ledger was removed or is an old copy; put .sluice/ledger.db and its -wal back, or move "
    ".sluice away and begin anew";

class EngineProcess {
 public:
  EngineProcess(std::string folder, std::string program)
      : folder_(std::move(folder)), state_(folder_ + "/.sluice"), program_(std::move(program)) {}

  Result<void> open();
  int run();

 private:
  Result<void> open_engine();
  Result<void> take_acts();
  Result<void> listen();
  Result<void> listen_to_people();
  Result<void> listen_to_alerts();
  api::Doors doors();
  net::Response answer(const net::Request& request);
  net::Response answer_people(const net::Request& request);
  net::Response check_policy(const net::Request& request);
  Result<engine::Admission> deliver(const api::DeliverOrder& order);
  Result<void> adopt(const api::DeliverOrder& order);
  Result<void> command(const Command& given);
  [[nodiscard]] Result<cli::LoadedContract> readable_contract(const api::ReadContract& read) const;
  Result<std::vector<Approval>> approve(const api::ApprovalOrder& order);
  Result<Exception> except(const api::ExceptionOrder& order);
  Result<std::vector<Evidence>> record(const api::EvidenceOrder& order);
  Result<std::vector<Evidence>> examine(const api::FilesOrder& order);
  void step();
  [[nodiscard]] process::LeaseRenewal renewal() const;
  void renew_lease();
  void revive_guard();
  [[nodiscard]] std::string promise() const;
  void end(int status, const std::string& why);
  void end_unwritten(const std::string& why);

  std::string folder_;
  std::string state_;
  std::string program_;
  std::optional<guard::EngineLock> lock_;
  Policy policy_;
  SystemClock clock_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<change_log::ChangeLogFile> change_log_;
  std::unique_ptr<evidence_files::EvidenceFiles> evidence_;
  std::unique_ptr<evidence_files::DraftFiles> drafts_;
  std::optional<notify::CommandNotifier> notifier_;
  std::optional<flags::FlagService> flags_;
  std::vector<WiredEnvironment> environments_;
  std::unique_ptr<engine::Engine> engine_;
  std::optional<api::Handlers> handlers_;
  std::optional<alertmanager::WebhookHandler> webhook_;
  std::string promised_;
  bool had_lease_ = false;
  Tick guard_due_;  // the guard did not answer: asked again then
  std::shared_ptr<std::atomic<bool>> reviving_ = std::make_shared<std::atomic<bool>>(false);
  int steps_ = 0;
  Tick last_used_;
  int status_ = 0;
  net::EventLoop loop_;  // the servers below are its
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<net::HttpServer> people_server_;
  std::unique_ptr<net::HttpServer> alert_server_;
};

std::string first_complaint(const std::vector<Complaint>& complaints) {
  return complaints.empty() ? std::string() : to_text(complaints.front());
}

Result<void> EngineProcess::open() {
  lock_.emplace(SLUICE_TRY(guard::EngineLock::take(state_)));
  cli::LoadedPolicy loaded = SLUICE_TRY(load_policy(folder_));
  if (!loaded.complaints.empty()) {
    return fail(ErrorCode::invalid_input, first_complaint(loaded.complaints));
  }
  policy_ = std::move(loaded.policy);
  SLUICE_TRY(open_engine());
  SLUICE_TRY(take_acts());
  return listen();
}

Result<void> EngineProcess::open_engine() {
  ledger_ = SLUICE_TRY(ledger::Ledger::open(state_ + "/ledger.db"));
  change_log_ = std::make_unique<change_log::ChangeLogFile>(policy_.change_log);
  evidence_ = std::make_unique<evidence_files::EvidenceFiles>(state_ + "/evidence");
  drafts_ = std::make_unique<evidence_files::DraftFiles>(state_ + "/evidence");
  if (!policy_.notify.command.empty()) notifier_.emplace(policy_.notify);
  if (policy_.flags.protocol != FlagProtocol::none) flags_.emplace(policy_.flags);
  engine::Ports ports{.journal = ledger_.get(),
                      .clock = &clock_,
                      .change_log = change_log_.get(),
                      .evidence = evidence_.get(),
                      .drafts = drafts_.get(),
                      .notifier = notifier_ ? &*notifier_ : nullptr,
                      .flags = flags_ ? &*flags_ : nullptr};
  for (const EnvironmentSpec& spec : policy_.environments) {
    environments_.push_back(SLUICE_TRY(wire(policy_, spec, state_)));
    ports.environments.push_back(environments_.back().wiring());
  }
  engine_ = SLUICE_TRY(engine::Engine::open(std::move(ports), policy_));
  last_used_ = clock_.now();
  return {};
}

// What the guard did is journalled before anything else, and forgotten only then.
Result<void> EngineProcess::take_acts() {
  const std::vector<GuardReport> acts = SLUICE_TRY(guard::read_acts(state_));
  if (acts.empty()) return {};
  GuardReport all = acts.back();
  for (std::size_t i = 0; i + 1 < acts.size(); ++i) all.detail = acts[i].detail + "; " + all.detail;
  SLUICE_TRY(engine_->take_guard_report(all));
  SLUICE_TRY(engine_->step());
  return guard::forget_acts(state_);
}

Result<void> EngineProcess::listen() {
  handlers_.emplace(doors());
  server_ = SLUICE_TRY(
      net::HttpServer::open(loop_, "unix:" + state_ + "/api.sock",
                            [this](const net::Request& request) { return answer(request); }));
  SLUICE_TRY(listen_to_people());
  return listen_to_alerts();
}

Result<void> EngineProcess::listen_to_people() {
  if (policy_.people_socket.empty()) return {};
  people_server_ = SLUICE_TRY(net::HttpServer::open(
      loop_, "unix:" + policy_.people_socket,
      [this](const net::Request& request) { return answer_people(request); },
      {.body_bytes_max = api::kFilesBodyMax, .connections_max = 16, .unix_mode = 0666}));
  return {};
}

Result<void> EngineProcess::listen_to_alerts() {
  if (policy_.webhook.listen.empty()) return {};
  webhook_.emplace(SLUICE_TRY(alertmanager::WebhookHandler::open(
      policy_.webhook.token_file, [this](const std::vector<alertmanager::ReceivedAlert>& alerts) {
        for (const WiredEnvironment& environment : environments_) {
          if (environment.alerts) environment.alerts->push(alerts);
        }
      })));
  alert_server_ = SLUICE_TRY(
      net::HttpServer::open(loop_, policy_.webhook.listen,
                            [this](const net::Request& request) { return (*webhook_)(request); }));
  return {};
}

api::Doors EngineProcess::doors() {
  return {
      .status = [this] { return engine_->status(); },
      .verdict = [this]() -> Result<DeliveryVerdict> {
        if (!engine_->service().delivery) return fail(ErrorCode::not_found, "no delivery yet");
        return gates::verdict_of(engine_->service(), clock_.now());
      },
      .deliver = [this](const api::DeliverOrder& order) { return deliver(order); },
      .adopt = [this](const api::DeliverOrder& order) { return adopt(order); },
      .command = [this](const Command& given) { return command(given); },
      .approve = [this](const api::ApprovalOrder& order) { return approve(order); },
      .except = [this](const api::ExceptionOrder& order) { return except(order); },
      .record = [this](const api::EvidenceOrder& order) { return record(order); },
      .examine = [this](const api::FilesOrder& order) { return examine(order); },
      .revoke =
          [this](const api::RevocationOrder& order) {
            return engine_->revoke(
                {order.evidence, {login_of(order.uid), order.uid}, order.reason});
          },
  };
}

// POST /v1/policy with the digest of today's sluice.yaml: an engine that has nothing under way and
// was started with another one makes room for the next.
net::Response EngineProcess::check_policy(const net::Request& request) {
  if (request.body == policy_.digest.hex) return {.status = 200, .body = "{}"};
  if (engine_->busy()) return {.status = 409, .body = "{}"};
  loop_.after(20, [this] { end(4, "sluice.yaml has changed: starting anew"); });
  return {.status = 503, .body = "{}"};
}

net::Response EngineProcess::answer(const net::Request& request) {
  last_used_ = clock_.now();
  if (request.method == "POST" && request.target == "/v1/policy") return check_policy(request);
  return (*handlers_)(request);
}

// Anybody on this machine may connect here: strangers are turned away before anything is read.
net::Response EngineProcess::answer_people(const net::Request& request) {
  const std::uint32_t uid = request.peer_uid.value_or(~0U);
  const bool known = request.peer_uid && gates::is_known(policy_, {login_of(uid), uid});
  if (known && api::is_decision(request)) return (*handlers_)(request);
  const codec::Problem problem = codec::problem_of(
      {ErrorCode::rejected,
       "this socket takes decisions and evidence of those whom sluice.yaml names"});
  return {.status = problem.status,
          .content_type = std::string(codec::kProblemMediaType),
          .body = codec::encode(problem)};
}

Result<engine::Admission> EngineProcess::deliver(const api::DeliverOrder& order) {
  SLUICE_TRY(engine_->may_deliver(order.supersede && !order.drill));
  cli::LoadedContract loaded = SLUICE_TRY(load_for_delivery(folder_, order.contract));
  return engine_->deliver({.contract = std::move(loaded.contract),
                           .release = std::move(loaded.release),
                           .by = order.by,
                           .supersede = order.supersede,
                           .drill = order.drill});
}

Result<void> EngineProcess::adopt(const api::DeliverOrder& order) {
  const cli::LoadedContract loaded = SLUICE_TRY(load_for_delivery(folder_, order.contract));
  if (loaded.release.artifacts.empty()) {
    return fail(ErrorCode::invalid_input,
                order.contract.path + ": section Artifacts names nothing to run");
  }
  return engine_->adopt(loaded.release);
}

// The way back waits for no paper: where it cannot be written down, this engine makes room for the
// guard.
Result<void> EngineProcess::command(const Command& given) {
  auto obeyed = engine_->command(given);
  if (obeyed || !engine_->leaves_to_guard()) return obeyed;
  const std::string why = obeyed.error().message;
  loop_.after(20, [this, why] { end_unwritten(why); });
  return fail(ErrorCode::unavailable,
              fmt::format("{}; so the engine ends, and the guard takes the traffic back; make room "
                          "on that disk: until then no engine goes on",
                          why));
}

// Where the guard cannot be told, the lease runs out.
void EngineProcess::end_unwritten(const std::string& why) {
  if (engine_->leaves_to_guard()) {
    process::LeaseRenewal last = renewal();
    last.given_up = true;
    if (const auto told = process::renew_lease(state_, last); !told) {
      fmt::print(stderr, "sluice engine: {}\n", told.error().message);
    }
  }
  end(3, why);
}

// Whoever decides about a contract decides about one that can be used.
Result<cli::LoadedContract> EngineProcess::readable_contract(const api::ReadContract& read) const {
  // Whoever asks may not be able to read what the engine can.
  const std::string whole = std::filesystem::path(below(folder_, read.path)).lexically_normal();
  if (!whole.starts_with(folder_ + "/") || whole.starts_with(state_)) {
    return fail(ErrorCode::rejected, "the contract is not in the folder of sluice.yaml");
  }
  return load_for_decision(folder_, read);
}

Result<std::vector<Approval>> EngineProcess::approve(const api::ApprovalOrder& order) {
  cli::LoadedContract loaded = SLUICE_TRY(readable_contract(order.contract));
  return engine_->approve({.contract = std::move(loaded.contract),
                           .release = std::move(loaded.release),
                           .speaker = {login_of(order.uid), order.uid},
                           .environment = order.environment});
}

Result<Exception> EngineProcess::except(const api::ExceptionOrder& order) {
  cli::LoadedContract loaded = SLUICE_TRY(readable_contract(order.contract));
  return engine_->except({.contract = std::move(loaded.contract),
                          .release = std::move(loaded.release),
                          .speaker = {login_of(order.uid), order.uid},
                          .clause = order.clause,
                          .reason = order.reason,
                          .until = order.until});
}

Result<std::vector<Evidence>> EngineProcess::record(const api::EvidenceOrder& order) {
  cli::LoadedContract loaded = SLUICE_TRY(readable_contract(order.contract));
  return engine_->record({.contract = std::move(loaded.contract),
                          .release = std::move(loaded.release),
                          .speaker = {login_of(order.uid), order.uid},
                          .examined = order.examined});
}

Result<std::vector<Evidence>> EngineProcess::examine(const api::FilesOrder& order) {
  const cli::LoadedContract loaded = SLUICE_TRY(readable_contract(order.contract));
  std::vector<Evidence> examined;
  for (const api::EvidenceFile& file : order.files) {
    std::vector<Evidence> records = SLUICE_TRY(
        take_in_bytes(folder_, file.bytes, file.source, {policy_, loaded, order.domains}));
    std::ranges::move(records, std::back_inserter(examined));
  }
  return engine_->record({.contract = loaded.contract,
                          .release = loaded.release,
                          .speaker = {login_of(order.uid), order.uid},
                          .examined = std::move(examined)});
}

void EngineProcess::step() {
  const bool busy = engine_->busy();
  if (busy) last_used_ = clock_.now();
  if (!busy && ++steps_ % kIdleStepEvery != 0) return;
  if (const auto stepped = engine_->step(); !stepped) {
    return end_unwritten(stepped.error().message);
  }
  // People with other logins cannot start an engine: theirs stays.
  const bool awaited = !policy_.people_socket.empty();
  if (!awaited && clock_.now() - last_used_ >= kIdleMs) end(0, {});
  // The guard must know of every environment that may have to be taken back, and that nothing has
  // to be, as soon as it is so.
  if (promise() != promised_) renew_lease();
}

// What the lease says that the guard has not been told yet is a change of this.
std::string EngineProcess::promise() const {
  const Service& service = engine_->service();
  std::string text = fmt::format("{} {}", service.generation, service.delivering());
  if (!service.delivering()) return text;
  for (const Progress& progress : service.delivery->progress) text += progress.touched ? '1' : '0';
  return text;
}

process::LeaseRenewal EngineProcess::renewal() const {
  const Service& service = engine_->service();
  process::LeaseRenewal renewal{
      .generation = service.generation, .valid_ms = kLeaseValidMs, .active = service.delivering()};
  // What a return leaves was taken away, and must not get the traffic back because nobody
  // supervises.
  if (service.delivering() && !service.delivery->plan.returns) {
    for (std::size_t i = 0; i < service.delivery->progress.size(); ++i) {
      const Progress& progress = service.delivery->progress[i];
      const auto spec =
          std::ranges::find(policy_.environments, service.delivery->plan.environments[i].name,
                            &EnvironmentSpec::name);
      if (!progress.touched || spec == policy_.environments.end()) continue;
      renewal.rescue.push_back({spec->name, spec->haproxy, other(progress.canary)});
    }
  }
  return renewal;
}

void EngineProcess::renew_lease() {
  promised_ = promise();
  if (clock_.now() < guard_due_) return;
  const Result<void> renewed = process::renew_lease(state_, renewal());
  had_lease_ = had_lease_ || renewed;
  if (!renewed && renewed.error().code == ErrorCode::rejected) {
    end(3, renewed.error().message + std::string(had_lease_ ? "" : kOldLedger));
  }
  if (!renewed && renewed.error().code == ErrorCode::unavailable) {
    guard_due_ = clock_.now() + kGuardEveryMs;
    revive_guard();
  }
}

// Beside the loop, which has a release to supervise meanwhile.
void EngineProcess::revive_guard() {
  if (reviving_->exchange(true)) return;
  std::thread([state = state_, program = program_, reviving = reviving_] {
    if (const auto again = process::ensure_guard(state, program); !again) {
      fmt::print(stderr, "sluice engine: {}\n", again.error().message);
    }
    *reviving = false;
  }).detach();
}

void EngineProcess::end(int status, const std::string& why) {
  if (!why.empty()) fmt::print(stderr, "sluice engine: {}\n", why);
  status_ = status;
  loop_.stop();
}

int EngineProcess::run() {
  loop_.on_signal([this](int) { end(0, "told to end"); });
  loop_.every(kStepUs, [this] { step(); });
  loop_.every(kLeaseEveryUs, [this] { renew_lease(); });
  renew_lease();
  loop_.run();
  return status_;
}

}  // namespace

int run_engine(const std::string& folder, const std::string& program) {
  EngineProcess process(folder, program);
  if (const Result<void> opened = process.open(); !opened) {
    fmt::print(stderr, "sluice engine: {}\n", opened.error().message);
    return opened.error().code == ErrorCode::invalid_input ? 2 : 3;
  }
  return process.run();
}

}  // namespace sluice::app
