#include "adapters/process/client.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "adapters/process/detached.h"
#include "adapters/process/guard_call.h"
#include "codec/json.h"
#include "net/descriptor.h"

namespace sluice::process {
namespace {

using codec::Json;

constexpr std::int64_t kStartPatienceMs = 5'000;
constexpr std::int64_t kLookEveryMs = 20;

std::string socket_in(const std::string& state_folder) { return state_folder + "/guard.sock"; }

Result<Json> ask(const std::string& state_folder, const char* method, const char* target,
                 std::string body = {}) {
  return ask_guard({.socket = socket_in(state_folder),
                    .method = method,
                    .target = target,
                    .body = std::move(body)});
}

void sleep_ms(std::int64_t ms) {
  const timespec pause{.tv_sec = ms / 1'000, .tv_nsec = ms % 1'000 * 1'000'000};
  ::nanosleep(&pause, nullptr);
}

bool answers(const std::string& state_folder) {
  return ask(state_folder, "GET", "/v1/state").has_value();
}

Json to_json(const Rescue& rescue) {
  Json json(Json::Object{});
  json.set("environment", rescue.environment.text);
  json.set("socket", rescue.haproxy.socket);
  json.set("map", rescue.haproxy.map);
  json.set("log_listen", rescue.haproxy.log_listen);
  json.set("backend_prefix", rescue.haproxy.backend_prefix);
  json.set("sticky", rescue.haproxy.sticky);
  json.set("baseline", to_text(rescue.baseline));
  return json;
}

}  // namespace

Result<void> ensure_guard(const std::string& state_folder, const std::string& program_path) {
  if (answers(state_folder)) return {};
  SLUICE_TRY(start_guard_detached(state_folder, program_path));
  for (std::int64_t waited = 0; waited < kStartPatienceMs; waited += kLookEveryMs) {
    if (answers(state_folder)) return {};
    sleep_ms(kLookEveryMs);
  }
  const std::string last = last_line_of_log(state_folder);
  return fail(ErrorCode::unavailable,
              fmt::format("the guard did not answer within 5 s on {}: {}", socket_in(state_folder),
                          last.empty() ? "guard.log is empty" : last));
}

Result<void> start_engine(const std::string& state_folder) {
  SLUICE_TRY(ask(state_folder, "POST", "/v1/engine"));
  return {};
}

Result<void> renew_lease(const std::string& state_folder, const LeaseRenewal& renewal) {
  Json::Array rescue;
  for (const Rescue& each : renewal.rescue) rescue.push_back(to_json(each));
  Json json(Json::Object{});
  json.set("pid", static_cast<std::int64_t>(::getpid()));
  json.set("generation", static_cast<std::int64_t>(renewal.generation));
  json.set("valid_ms", renewal.valid_ms);
  json.set("active", renewal.active);
  json.set("given_up", renewal.given_up);
  json.set("rescue", std::move(rescue));
  SLUICE_TRY(ask(state_folder, "POST", "/v1/lease", json.dump()));
  return {};
}

Result<void> shut_down(const std::string& state_folder, std::int64_t patience_ms) {
  const auto state = ask(state_folder, "GET", "/v1/state");
  if (!state) return {};
  // A descriptor sees the end of this very process, also where nobody waits for it.
  const int pid = static_cast<int>(state->integer_or("pid", 0));
  const net::Descriptor guard(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  SLUICE_TRY(ask(state_folder, "POST", "/v1/down"));
  if (!guard.is_open()) return {};
  pollfd ended{.fd = guard.number(), .events = POLLIN, .revents = 0};
  if (::poll(&ended, 1, static_cast<int>(patience_ms)) == 1) return {};
  return fail(ErrorCode::unavailable, "the guard is still stopping what it runs");
}

Result<std::string> guard_state(const std::string& state_folder) {
  const Json state = SLUICE_TRY(ask(state_folder, "GET", "/v1/state"));
  return state.dump();
}

}  // namespace sluice::process
