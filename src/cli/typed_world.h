// A world to type commands in: an engine made of answers, a terminal made of strings. For tests.
#pragma once

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cli/cli.h"
#include "codec/event_json.h"
#include "codec/json.h"
#include "codec/problem_json.h"

namespace sluice::cli {

inline net::Response json_response(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

inline net::Response problem_response(const Error& error) {
  const codec::Problem problem = codec::problem_of(error);
  return {.status = problem.status,
          .content_type = std::string(codec::kProblemMediaType),
          .body = codec::encode(problem)};
}

inline Status status_in(Phase phase, std::string_view delivery = "D-0007") {
  Status status;
  status.service = {"storefront"};
  status.now = Tick{1'790'000'000'000};
  status.delivery = DeliveryId{std::string(delivery)};
  status.release_id = "REL-2026-008";
  status.phase = phase;
  status.delivering = !is_terminal(phase);
  status.started = status.now + -kMinuteMs;
  if (!status.delivering) status.ended = status.now;
  status.environments = {{{"production"}, Share(500), phase == Phase::done, true}};
  status.environment = {"production"};
  status.stages = 2;
  status.standing = {Reason::soaking, "", status.now, status.now + kHourMs};
  return status;
}

// An engine made of answers, and a terminal made of strings.
struct World {
  Context context;
  std::string out;
  std::string err;
  std::deque<Status> statuses;  // told one after the other, the last one for ever
  Result<net::Response> delivery_answer = json_response(201, R"({"delivery":"D-0007"})");
  Result<net::Response> command_answer = json_response(202, "{}");
  bool engine_runs = true;
  int engines_started = 0;
  std::int64_t slept_ms = 0;
  std::int64_t interrupt_at_ms = -1;
  std::vector<std::string> sent;  // "POST /v1/commands {…}"
  DeliveryVerdict verdict;
  Service service;
  LoadedContract stored;            // what `deliver` and `adopt` find
  std::vector<std::int64_t> reads;  // how far reading the artifact came, each time it is told
  std::vector<LogLine> log;
  LogCheck check;
  std::optional<Error> unreadable;  // why the ledger cannot be checked
  std::map<std::string, std::string> written;
  std::string contract;  // a file that exists

  World() {
    context.folder = "/nowhere/storefront";
    context.user = "ana (uid 1000)";
    context.out = [this](std::string_view text) { out += text; };
    context.err = [this](std::string_view text) { err += text; };
    context.sleep = [this](std::int64_t ms) { slept_ms += ms; };
    context.interrupted = [this] { return interrupt_at_ms >= 0 && slept_ms >= interrupt_at_ms; };
    context.ensure_engine = [this]() -> Result<void> {
      engine_runs = true;
      ++engines_started;
      return {};
    };
    context.call = [this](const net::Call& call) { return answer(call); };
    context.read_service = [this]() -> Result<Service> { return service; };
    context.check_log = [this]() -> Result<LogCheck> {
      if (unreadable) return std::unexpected(*unreadable);
      return check;
    };
    context.read_log = [this](std::uint64_t from, std::size_t most) { return page(from, most); };
    context.load_policy = []() -> Result<LoadedPolicy> { return LoadedPolicy{}; };
    context.load_contract = [](const std::string&) -> Result<LoadedContract> {
      return LoadedContract{};
    };
    context.store_contract = [this](const std::string&, const ReadSoFar& read_so_far) {
      for (const std::int64_t bytes : reads) read_so_far("server", bytes);
      return Result<LoadedContract>(stored);
    };
    context.read_delivery = [this](const DeliveryId& delivery) -> Result<Service> {
      if (service.delivery && service.delivery->id == delivery) return service;
      return fail(ErrorCode::not_found, "there is no delivery " + delivery.text);
    };
    context.shut_down = []() -> Result<void> { return {}; };
    context.guard_answers = [] { return true; };
    context.write_new_file = [this](const std::string& path,
                                    const std::string& text) -> Result<void> {
      if (!written.emplace(path, text).second) return fail(ErrorCode::conflict, "exists");
      return {};
    };
    contract = std::filesystem::temp_directory_path() / "sluice_cli_test_contract.md";
    std::ofstream(contract) << "# a contract\n";
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { std::filesystem::remove(contract); }

  Result<std::vector<LogLine>> page(std::uint64_t from, std::size_t most) const {
    std::vector<LogLine> lines;
    for (const LogLine& line : log) {
      if (line.seq >= from && lines.size() < most) lines.push_back(line);
    }
    return lines;
  }

  Result<net::Response> answer(const net::Call& call) {
    CHECK(call.unix_socket == "/nowhere/storefront/.sluice/api.sock");
    if (!engine_runs) return fail(ErrorCode::unavailable, "connection refused");
    if (call.method == "POST") sent.push_back(call.url + " " + call.body);
    if (call.url.ends_with("/v1/deliveries")) return delivery_answer;
    if (call.url.ends_with("/v1/commands")) return command_answer;
    if (call.url.ends_with("/v1/adoption")) return command_answer;
    if (call.url.ends_with("/v1/verdict")) {
      return json_response(200, codec::to_json(verdict).dump());
    }
    if (statuses.empty()) return problem_response({ErrorCode::unavailable, "starting"});
    const Status status = statuses.front();
    if (statuses.size() > 1) statuses.pop_front();
    return json_response(200, codec::encode(status));
  }

  // From the first look on, it is under way and nobody answers any more.
  void lose_engine() {
    statuses = {status_in(Phase::soaking)};
    context.sleep = [this](std::int64_t ms) {
      slept_ms += ms;
      engine_runs = false;
    };
  }

  int type(std::vector<std::string> words) { return run(context, std::move(words)); }
};

}  // namespace sluice::cli
