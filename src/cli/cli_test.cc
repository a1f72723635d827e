#include "cli/cli.h"

#include <deque>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "codec/event_json.h"
#include "codec/json.h"
#include "codec/problem_json.h"
#include "testing/contracts.h"

namespace sluice::cli {
namespace {

using codec::Json;

net::Response json_response(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

net::Response problem_response(const Error& error) {
  const codec::Problem problem = codec::problem_of(error);
  return {.status = problem.status,
          .content_type = std::string(codec::kProblemMediaType),
          .body = codec::encode(problem)};
}

Status status_in(Phase phase, std::string_view delivery = "D-0007") {
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

  int type(std::vector<std::string> words) { return run(context, std::move(words)); }
};

}  // namespace

TEST_CASE("cli: help names every command with one line, on standard output") {
  World world;
  CHECK(world.type({"--help"}) == 0);
  for (const char* name : {"init", "adopt", "down", "check", "deliver", "status", "explain",
                           "verdict", "log", "log verify", "pause", "resume", "rollback", "abort",
                           "approve", "except", "evidence", "evidence show", "evidence revoke"}) {
    CHECK_MESSAGE(world.out.contains("\n  " + std::string(name) + " "), name);
  }
  CHECK(world.out.contains("--folder DIR"));
  CHECK(world.err.empty());
}

TEST_CASE("cli: without a command the help goes to standard error and the exit code is 2") {
  World world;
  CHECK(world.type({}) == 2);
  CHECK(world.out.empty());
  CHECK(world.err.contains("usage: sluice"));
}

TEST_CASE("cli: every command has help with usage and an example, also where it needs an operand") {
  for (const char* name :
       {"init", "adopt", "down", "check", "deliver", "status", "explain", "verdict", "log", "pause",
        "resume", "rollback", "abort", "approve", "except", "evidence"}) {
    World world;
    CHECK_MESSAGE(world.type({name, "--help"}) == 0, name);
    CHECK(world.out.starts_with("usage: sluice " + std::string(name)));
    CHECK(world.out.contains("\nexample\n  sluice " + std::string(name)));
  }
  World world;
  CHECK(world.type({"log", "verify", "-h"}) == 0);
  CHECK(world.out.starts_with("usage: sluice log verify"));
}

TEST_CASE("cli: an unknown command suggests the nearest, and none when none is near") {
  World world;
  CHECK(world.type({"delvier", "x.md"}) == 2);
  CHECK(world.err.contains("there is no command `delvier`"));
  CHECK(world.err.contains("did you mean `sluice deliver`?"));

  World other;
  CHECK(other.type({"fly\x1b[2J"}) == 2);
  CHECK(other.err.contains("there is no command `fly?[2J`"));
  CHECK_FALSE(other.err.contains("did you mean"));
}

TEST_CASE("cli: an unknown command stays unknown when --help or --version stands beside it") {
  const std::vector<std::vector<std::string>> wrong = {
      {"fly", "--help"}, {"--help", "fly"}, {"fly", "--version"}, {"fly", "-h"}};
  for (const std::vector<std::string>& words : wrong) {
    World world;
    CHECK(world.type(words) == 2);
    CHECK(world.err.contains("there is no command `fly`"));
    CHECK(world.out.empty());
  }
}

TEST_CASE("cli: what is missing is called as the help calls it") {
  World world;
  CHECK(world.type({"evidence", "add", "a.md"}) == 2);
  CHECK(world.err.contains("evidence add: FILE is required"));
}

TEST_CASE("cli: the version is printed") {
  World world;
  CHECK(world.type({"--version"}) == 0);
  CHECK(world.out.starts_with("sluice "));
}

TEST_CASE("cli: --folder is accepted before and after the command") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  CHECK(world.type({"--folder", "/nowhere/storefront", "status"}) == 0);
  CHECK(world.type({"--folder=/nowhere/storefront", "status"}) == 0);
  CHECK(world.type({"status", "--folder", "/nowhere/storefront"}) == 0);
}

TEST_CASE("cli: wrong usage is 2 and names the command to ask") {
  const std::vector<std::vector<std::string>> wrong = {
      {"deliver"},         {"deliver", "a.md", "b.md"}, {"status", "--jsn"},
      {"log", "-n", "-1"}, {"log", "-n", "x"},          {"check", "a.md", "--output", "xml"},
      {"pause", "now"},
  };
  for (const std::vector<std::string>& words : wrong) {
    World world;
    CHECK_MESSAGE(world.type(words) == 2, words.back());
    CHECK(world.err.contains("sluice " + words[0] + " --help"));
    CHECK(world.sent.empty());
  }
}

TEST_CASE("cli: an option in front of the command that does not exist is named") {
  World world;
  CHECK(world.type({"--foldr", "x", "status"}) == 2);
  CHECK(world.err.contains("there is no option `--foldr`"));

  World short_of_a_value;
  CHECK(short_of_a_value.type({"--folder"}) == 2);
  CHECK(short_of_a_value.err.starts_with("sluice: --folder needs the folder"));
}

TEST_CASE("status: drawn from the engine, or given as JSON") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  CHECK(world.type({"status"}) == 0);
  CHECK(world.out.contains("D-0007  soaking"));
  CHECK(world.err.empty());

  world.out.clear();
  CHECK(world.type({"status", "--json"}) == 0);
  CHECK(codec::decode_status(world.out));
}

TEST_CASE("status: without an engine the ledger answers, and it is said that it does") {
  World world;
  world.engine_runs = false;
  world.service.name = {"storefront"};
  CHECK(world.type({"status"}) == 0);
  CHECK(world.out.contains("storefront  no delivery yet"));
  CHECK(world.err.contains("no engine is running"));
}

TEST_CASE("status: a delivery that nobody watches comes with what to do about it") {
  World world;
  world.engine_runs = false;
  Delivery delivery;
  delivery.phase = Phase::soaking;
  delivery.plan.environments = {{}};
  delivery.plan.environments[0].stages = {{}};
  world.service.delivery = delivery;
  CHECK(world.type({"status"}) == 0);
  CHECK(world.err.contains("no engine answers although a delivery is under way"));
  CHECK(world.err.contains("nobody watches it"));
  CHECK(world.err.contains("`sluice rollback` takes it back now"));
}

TEST_CASE("explain: says reason, what ends the wait and what happens at the deadline") {
  World world;
  Status status = status_in(Phase::soaking);
  status.standing = {Reason::telemetry_error, "no line for 4 s", status.now + -4'000,
                     status.now + 56'000};
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("telemetry_error: the telemetry cannot be trusted"));
  CHECK(world.out.contains("no line for 4 s"));
  CHECK(world.out.contains("telemetry that is whole and live again"));
  CHECK(world.out.contains("otherwise in 56 s the release is rolled back"));
  CHECK(world.out.contains("critical_alert      no_data"));
}

TEST_CASE("explain: a rollback without a deadline is tried without end, and not left alone") {
  World world;
  Status status = status_in(Phase::rolling_back);
  status.standing = {Reason::rollback_blocked, "", status.now + -4'000, {}};
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("none: the way back is tried without end"));
}

TEST_CASE("explain: while requests are counted it says what is missing now, not at the beginning") {
  World world;
  Status status = status_in(Phase::validating);
  status.standing.reason = Reason::validating;
  status.standing.detail = "about 530 more requests";
  status.judge = {.judged = true, .promotion_odds = 20, .promotion_odds_line = 100};
  status.judge.promotion_missing = "about 310 more requests";
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("needed: about 310 more requests"));
  CHECK_FALSE(world.out.contains("530"));

  World later;
  status.judge.promotion_odds = 200;
  status.judge.promotion_missing.clear();
  later.statuses = {status};
  CHECK(later.type({"explain"}) == 0);
  CHECK(later.out.contains("there is enough evidence"));
}

TEST_CASE("explain: after a rollback it says what caused it and what was counted") {
  World world;
  Status status = status_in(Phase::rolled_back);
  status.rollback = "trigger error_rate in production, stage 1: 5.1 % errors";
  status.canary.counts = {214, 11, 1};
  world.statuses = {status};
  CHECK(world.type({"explain"}) == 0);
  CHECK(world.out.contains("trigger error_rate in production"));
  CHECK(world.out.contains("214 requests, 11 with errors"));
}

TEST_CASE("deliver: carried to the end it exits with 0 and prints the verdict") {
  World world;
  world.statuses = {status_in(Phase::deploying), status_in(Phase::soaking), status_in(Phase::done)};
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.engines_started == 1);
  REQUIRE(world.sent.size() == 1);
  CHECK(world.sent[0].contains("\"by\":\"ana (uid 1000)\",\"supersede\":false"));
  CHECK(world.out.contains("D-0007 production stage 1 of 2: soaking"));
  CHECK(world.out.contains("D-0007 done after 1 min"));
  CHECK_FALSE(world.out.contains("\x1b"));
}

// A drill that has ended so.
int drill_that_ended(World& world, Verdict verdict) {
  world.statuses = {status_in(Phase::drilling), status_in(Phase::rolled_back)};
  world.statuses.back().rollback = "engine_silent: traffic was put back";
  world.verdict.clauses = {{.clause = Clause::pre_rollback_tested,
                            .verdict = verdict,
                            .code = "drilled",
                            .why = "traffic was back after 41 ms"}};
  return world.type({"drill", world.contract});
}

TEST_CASE("drill: 0 when it was back in time and well, and says how long it took") {
  World world;
  CHECK(drill_that_ended(world, Verdict::pass) == 0);
  REQUIRE(world.sent.size() == 1);
  CHECK(world.sent[0].contains("\"drill\":true"));
  CHECK(world.out.contains("production stage 1 of 2: rehearsing the rollback"));
  CHECK(world.out.contains("pre.rollback.tested"));
  CHECK(world.out.contains("traffic was back after 41 ms"));
}

TEST_CASE("drill: 1 when the way back failed, 3 when that is not known") {
  World failed;
  CHECK(drill_that_ended(failed, Verdict::fail) == 1);
  World cut_short;
  CHECK(drill_that_ended(cut_short, Verdict::inconclusive) == 3);
  CHECK(cut_short.out.contains("is no evidence: engine_silent: traffic was put back"));
}

TEST_CASE("deliver: rolled back it exits with 1 and says why") {
  World world;
  Status back = status_in(Phase::rolled_back);
  back.rollback = "trigger error_rate: 5.1 % errors";
  back.canary.counts = {214, 11, 1};
  world.statuses = {status_in(Phase::soaking), back};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.out.contains("D-0007 rolled back after 1 min"));
  CHECK(world.out.contains("why: trigger error_rate: 5.1 % errors"));
  CHECK(world.out.contains("214 requests, 11 with errors"));
}

TEST_CASE("deliver: why it went back is broken into lines that fit the terminal") {
  World world;
  world.context.terminal.columns = 60;
  Status back = status_in(Phase::rolled_back);
  back.rollback = "error_rate: 4.9 % of 386 requests failed (2 to 9.8 %), baseline 0 % of 7,298";
  world.statuses = {back};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(
      world.out.contains("  why: error_rate: 4.9 % of 386 requests failed (2 to 9.8\n       %),"));
}

TEST_CASE("deliver: refused by the policy it exits with 1 and names the clauses") {
  World world;
  codec::Problem problem = codec::problem_of({ErrorCode::rejected, "refused"});
  problem.more.set("clauses", Json(Json::Array{codec::to_json(ClauseVerdict{
                                  Clause::progression_order, Verdict::fail, "skipped",
                                  "staging is left out", "name every environment", 3})}));
  world.delivery_answer = net::Response{.status = 422,
                                        .content_type = std::string(codec::kProblemMediaType),
                                        .body = codec::encode(problem)};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.out.contains("progression.order"));
  CHECK(world.out.contains("staging is left out"));
  CHECK(world.out.contains("name every environment"));
  CHECK(world.err.contains("refuses this delivery: progression.order is FAIL;"));
}

TEST_CASE("deliver: while another delivery is active it exits with 1 and names that one") {
  World world;
  world.delivery_answer = problem_response({ErrorCode::conflict, "D-0006 is under way"});
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.err.contains("D-0006 is under way"));
}

TEST_CASE("deliver: a contract that does not exist is 2, and no engine is started for it") {
  World world;
  CHECK(world.type({"deliver", "/nowhere/at/all.md"}) == 2);
  CHECK(world.engines_started == 0);
  CHECK(world.err.contains("there is no contract `/nowhere/at/all.md`"));
}

TEST_CASE("deliver: detached it comes back at once") {
  World world;
  CHECK(world.type({"deliver", world.contract, "--detach"}) == 0);
  CHECK(world.slept_ms == 0);
  CHECK(world.out.contains("D-0007 is under way"));
}

TEST_CASE("deliver: supersede waits until the first delivery is back, then follows its own") {
  World world;
  Status going_back = status_in(Phase::rolling_back, "D-0006");
  Status back = status_in(Phase::rolled_back, "D-0006");
  going_back.requested = back.requested = {"D-0007"};
  world.statuses = {going_back, back, status_in(Phase::done)};
  CHECK(world.type({"deliver", world.contract, "--supersede"}) == 0);
  CHECK(world.sent[0].contains(R"("supersede":true)"));
  CHECK(world.out.contains("D-0007 done"));
}

TEST_CASE("deliver: a superseding request that was dropped ends with words and 1") {
  World world;
  Status waiting = status_in(Phase::rolling_back, "D-0006");
  waiting.requested = {"D-0007"};
  world.statuses = {waiting, waiting, status_in(Phase::rolled_back, "D-0006")};
  CHECK(world.type({"deliver", world.contract, "--supersede"}) == 1);
  CHECK(world.err.contains("D-0007 never began: its request was dropped while D-0006 went back"));
}

TEST_CASE("deliver: artifacts are stored before the engine is asked, and told by their digests") {
  World world;
  world.statuses = {status_in(Phase::done)};
  world.stored.contract.revision_digest = sha256("contract");
  world.stored.release.artifacts = {{"server", "build/server", sha256("server")}};
  world.reads = {1LL << 20U, 300LL << 20U, 400LL << 20U, 600LL << 20U};
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(
      world.out.starts_with("reading artifact `server`: 300 MiB so far\n"
                            "reading artifact `server`: 600 MiB so far\n"));
  CHECK(world.sent[0].contains("\"revision\":\"" + sha256("contract").hex + "\""));
  CHECK(world.sent[0].contains(R"("artifacts":[{"name":"server","digest":")" +
                               sha256("server").hex + "\"}]"));
}

TEST_CASE("deliver: an artifact that cannot be read is 2, and no engine is started for it") {
  World world;
  world.stored.complaints = {{"c.md", {3, 1}, "artifact `server`: not there", "build it"}};
  CHECK(world.type({"deliver", world.contract}) == 2);
  CHECK(world.engines_started == 0);
  CHECK(world.sent.empty());
  CHECK(world.err.contains("artifact `server`: not there"));
}

TEST_CASE("commands: the delivery that a person names goes with the command") {
  for (const char* name : {"pause", "resume", "rollback", "abort"}) {
    World world;
    world.statuses = {status_in(Phase::soaking)};
    CHECK(world.type({name, "D-0007"}) == 0);
    CHECK(world.sent[0].contains(R"("delivery":"D-0007")"));
    CHECK(world.type({name}) == 0);
    CHECK_FALSE(world.sent[1].contains("delivery"));
  }
}

TEST_CASE("commands: a delivery that is not the active one is 2") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  world.command_answer =
      problem_response({ErrorCode::invalid_input, "the active delivery is D-0007, not D-0001"});
  CHECK(world.type({"rollback", "D-0001"}) == 2);
  CHECK(world.err.contains("the active delivery is D-0007, not D-0001"));
}

TEST_CASE("status, explain, verdict: a past delivery is shown by its id, an unknown one is 2") {
  for (const char* name : {"status", "explain", "verdict"}) {
    World world;
    world.statuses = {status_in(Phase::soaking, "D-0007")};
    Delivery past;
    past.id = {"D-0003"};
    past.phase = Phase::rolled_back;
    past.plan.release.id = "REL-2026-003";
    past.plan.environments = {{.name = {"production"}, .stages = {{"all", Share::whole(), 0}}}};
    past.progress.resize(1);
    world.service.delivery = past;
    world.service.environments = {{.name = {"production"}}};
    CHECK(world.type({name, "D-0003"}) != 2);
    const bool named = world.out.contains("D-0003") || std::string_view(name) == "verdict";
    CHECK_MESSAGE(named, world.out);
    CHECK(world.err.empty());
    CHECK(world.type({name, "D-0004"}) == 2);
    CHECK(world.err.contains("there is no delivery D-0004"));
  }
}

TEST_CASE("deliver: superseded by a later one it says how its own ended") {
  World world;
  world.statuses = {status_in(Phase::soaking), status_in(Phase::deploying, "D-0008")};
  Outcome outcome;
  outcome.delivery = {"D-0007"};
  outcome.phase = Phase::rolled_back;
  world.service.outcomes = {outcome};
  CHECK(world.type({"deliver", world.contract}) == 1);
  CHECK(world.out.contains("D-0007 rolled back; a later delivery is under way"));
}

TEST_CASE("deliver: Ctrl-C leaves the view, commands nothing, and says how to go on") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  world.interrupt_at_ms = 1'000;
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.sent.size() == 1);
  CHECK(world.out.contains("D-0007 goes on; `sluice status` shows it, `sluice abort D-0007`"));
}

TEST_CASE("deliver: an engine that is gone for a while is asked again, one gone for good is 3") {
  World world;
  world.statuses = {status_in(Phase::soaking)};
  world.context.sleep = [&world](std::int64_t ms) {
    world.slept_ms += ms;
    world.engine_runs = world.slept_ms < 1'000 || world.slept_ms > 8'000;
    if (world.slept_ms > 9'000) world.statuses = {status_in(Phase::done)};
  };
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.out.contains("no answer from the engine"));

  World lost;
  lost.statuses = {status_in(Phase::soaking)};
  lost.context.sleep = [&lost](std::int64_t ms) {
    lost.slept_ms += ms;
    lost.engine_runs = false;
  };
  CHECK(lost.type({"deliver", lost.contract}) == 3);
  CHECK(lost.slept_ms > 9'000);
  CHECK(lost.slept_ms < 12'000);
  CHECK(lost.err.contains("lost contact with the engine"));
}

TEST_CASE("deliver: on a terminal the view is drawn in place") {
  World world;
  world.context.terminal = {.interactive = true, .colour = false, .columns = 80, .rows = 40};
  world.statuses = {status_in(Phase::soaking), status_in(Phase::soaking), status_in(Phase::done)};
  CHECK(world.type({"deliver", world.contract}) == 0);
  CHECK(world.out.contains("\x1b[2Kstorefront  D-0007  soaking"));
  CHECK(world.out.contains("A\x1b[2Kstorefront  D-0007"));
}

TEST_CASE("steer: each command of a person is sent with who gave it") {
  for (const char* name : {"pause", "resume", "rollback", "abort"}) {
    World world;
    world.statuses = {status_in(Phase::soaking)};
    CHECK(world.type({name}) == 0);
    REQUIRE(world.sent.size() == 1);
    CHECK(world.sent[0] == "http://engine/v1/commands {\"command\":\"" + std::string(name) +
                               "\",\"by\":\"ana (uid 1000)\"}");
    CHECK(world.out.starts_with("D-0007: "));
  }
}

TEST_CASE("steer: what does not apply now is 1, with the engine's reason") {
  World world;
  world.command_answer = problem_response({ErrorCode::conflict, "a rollback cannot be paused"});
  CHECK(world.type({"pause"}) == 1);
  CHECK(world.err.contains("a rollback cannot be paused"));
}

TEST_CASE("steer: a rollback after the end names the release that it brings back") {
  World world;
  Status brought_back = status_in(Phase::deploying);
  world.statuses = {brought_back};
  CHECK(world.type({"rollback"}) == 0);
  CHECK(world.out.contains("D-0007: brings " + brought_back.release_id));

  World going_back;
  going_back.statuses = {status_in(Phase::rolling_back)};
  CHECK(going_back.type({"rollback"}) == 0);
  CHECK(going_back.out.contains("D-0007: rolling back;"));
}

TEST_CASE("steer: rollback without an engine starts one, unless there is nothing to command") {
  World world;
  world.engine_runs = false;
  world.service.delivery = Delivery{};
  CHECK(world.type({"rollback"}) == 0);
  CHECK(world.engines_started == 1);

  World empty;
  empty.engine_runs = false;
  CHECK(empty.type({"rollback"}) == 1);
  CHECK(empty.engines_started == 0);
  CHECK(empty.err.contains("no delivery was ever started here"));
}

TEST_CASE("adopt: waits until the baseline runs, and says when it does not") {
  World world;
  Status running;
  running.adoption = "running";
  Status adopted;
  adopted.adoption = "done";
  world.statuses = {running, running, adopted};
  CHECK(world.type({"adopt", world.contract}) == 0);
  CHECK(world.out.contains("adopted"));

  World held_up;
  Status resisting = running;
  resisting.resisting = {"set_share production: haproxy: cannot connect"};
  held_up.statuses.assign(100, resisting);
  held_up.statuses.push_back(adopted);
  CHECK(held_up.type({"adopt", held_up.contract}) == 0);
  const std::size_t word = held_up.out.find("trying again: set_share production: haproxy");
  CHECK(word != std::string::npos);
  CHECK(held_up.out.find("trying again", word + 1) == std::string::npos);

  World failing;
  Status failed;
  failed.adoption = "failed: a1 exits with 3 \x1b[2J";
  failing.statuses = {running, failed};
  CHECK(failing.type({"adopt", failing.contract}) == 1);
  CHECK(failing.err.contains("failed: a1 exits with 3 ?[2J"));
}

TEST_CASE("check: a policy that cannot be read is 2, with file, line and column") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.complaints = {{"sluice.yaml", {3, 5}, "unknown key `sevice`", "write `service`"}};
    return loaded;
  };
  CHECK(world.type({"check", world.contract}) == 2);
  CHECK(world.err.contains("sluice.yaml:3:5: unknown key `sevice`"));
}

TEST_CASE("check: an empty contract is denied; clauses and every parameter are printed") {
  World world;
  CHECK(world.type({"check", world.contract}) == 1);
  CHECK(world.out.contains("pre.contract"));
  CHECK(world.out.contains("max_error_rate_increase        1 percentage points (default)"));
  CHECK(world.out.contains("post_deploy_validation_window  30 min (default)"));
  CHECK(world.out.contains("first_stage_max                10 % (default)"));
  CHECK(world.out.contains("availability                   99 % (default)"));
  CHECK(world.out.contains("false_rollback_probability     0.1 % (default)"));
  CHECK(world.out.contains("evidence_paced                 true (default)"));
  CHECK(world.out.contains("latency_against_baseline       report (default)"));
  CHECK(world.out.contains("this delivery would be refused"));
  CHECK(world.engines_started == 0);

  world.out.clear();
  CHECK(world.type({"check", world.contract, "--output", "json"}) == 1);
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  CHECK_FALSE(json->boolean_or("may_start", true));
}

TEST_CASE("check: a parameter that is no default names the default") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.policy.parameters.p99_target_ms = 250;
    return loaded;
  };
  world.type({"check", world.contract});
  CHECK(world.out.contains("p99_target                     250 ms (default: 500 ms)"));
}

TEST_CASE(
    "check: a stage that the expected traffic cannot decide is a warning, and holds nothing") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.policy = testing::complete_policy();
    loaded.policy.environments[2].expected_requests_per_second = 0.2;
    return loaded;
  };
  world.context.load_contract = [](const std::string&) -> Result<LoadedContract> {
    return LoadedContract{testing::complete_contract(), testing::release_of_contract(), {}};
  };
  world.type({"check", world.contract});
  CHECK(world.out.contains("warning: stage 1 `Canary` at 5 % cannot be decided"));
  CHECK(world.out.contains("staging: not known; say how much traffic"));

  world.out.clear();
  world.type({"check", world.contract, "--output", "json"});
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  REQUIRE(json->find("undecidable") != nullptr);
  CHECK(json->find("undecidable")->array()->size() == 3);  // at 50 % it is enough
}

TEST_CASE("check: where Prometheus is configured, what it shows is said") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    return LoadedPolicy{testing::complete_policy(), {}};
  };
  world.context.load_contract = [](const std::string&) -> Result<LoadedContract> {
    return LoadedContract{testing::complete_contract(), testing::release_of_contract(), {}};
  };
  world.type({"check", world.contract});
  CHECK(!world.out.contains("what Prometheus shows"));

  world.out.clear();
  const std::string line = "requests waiting: 5 processes of slot a (0 to 3), none of slot b";
  world.context.look_at_gauges = [&](const Policy&) {
    return std::vector<SeenGauges>{{{"production"}, {line}}};
  };
  world.type({"check", world.contract});
  CHECK(world.out.contains("gauges: what Prometheus shows now\n  production: " + line + "\n"));

  world.out.clear();
  world.type({"check", world.contract, "--output", "json"});
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  REQUIRE(json->find("gauges") != nullptr);
  CHECK(json->find("gauges")->array()->at(0).string_or("environment", "") == "production");
}

TEST_CASE("log: a damaged ledger is 3, and comes with what to do") {
  World world;
  world.context.read_log = [](std::uint64_t, std::size_t) -> Result<std::vector<LogLine>> {
    return fail(ErrorCode::corrupt, "ledger: is damaged");
  };
  CHECK(world.type({"log"}) == 3);
  CHECK(world.err.contains("ledger: is damaged"));
  CHECK(world.err.contains("comes back from a copy"));
}

TEST_CASE("log: one line for each record, the last N, or JSON") {
  World world;
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    world.log.push_back({seq, Tick{1'790'000'000'000}, Paused{"ana"}, sha256("x")});
  }
  CHECK(world.type({"log"}) == 0);
  CHECK(world.out.contains("     1 2026-09-21T14:13:20Z paused"));
  CHECK(std::ranges::count(world.out, '\n') == 3);

  world.out.clear();
  CHECK(world.type({"log", "-n", "2"}) == 0);
  CHECK_FALSE(world.out.contains("     1 2026"));
  CHECK(std::ranges::count(world.out, '\n') == 2);

  world.out.clear();
  CHECK(world.type({"log", "--json", "--number", "1"}) == 0);
  const auto json = codec::parse_json(world.out.substr(0, world.out.find('\n')));
  REQUIRE(json);
  CHECK(json->integer_or("seq", 0) == 3);
  REQUIRE(json->find("event") != nullptr);
  CHECK(json->find("event")->string_or("event", "") == "paused");
}

TEST_CASE("log verify: a broken chain is 1 and says where; one that holds says what is not found") {
  World world;
  world.check = {12, sha256("head"), std::nullopt, ""};
  CHECK(world.type({"log", "verify"}) == 0);
  CHECK(world.out.contains("the chain holds: 12 records, head " + sha256("head").hex));
  CHECK(world.out.contains("only once signed checkpoints exist"));

  World broken;
  broken.check = {12, {}, 7, "the digest does not match"};
  CHECK(broken.type({"log", "verify"}) == 1);
  CHECK(broken.out.contains("BROKEN: record 7: the digest does not match"));

  World damaged;
  damaged.unreadable = Error{ErrorCode::corrupt, "is damaged: database disk image is malformed"};
  CHECK(damaged.type({"log", "verify"}) == 1);
  CHECK(damaged.out.contains("BROKEN: is damaged"));
}

TEST_CASE("verdict: what the engine says, as JSON too") {
  World world;
  CHECK(world.type({"verdict", "--output", "json"}) == 0);
  CHECK(world.out == codec::to_json(DeliveryVerdict{}).dump() + "\n");
}

TEST_CASE("down: stops everything, and says when a delivery was under way") {
  World world;
  Delivery delivery;
  delivery.id = {"D-0007"};
  delivery.phase = Phase::soaking;
  world.service.delivery = delivery;
  CHECK(world.type({"down"}) == 0);
  CHECK(world.err.contains("D-0007 was under way"));
}

TEST_CASE("init: writes what is missing, keeps what exists, and says so") {
  World world;
  world.written["/nowhere/storefront/sluice.yaml"] = "mine";
  CHECK(world.type({"init"}) == 0);
  CHECK(world.written["/nowhere/storefront/sluice.yaml"] == "mine");
  CHECK(world.out.contains("kept   sluice.yaml"));
  CHECK(world.out.contains("wrote  work/releases/_TEMPLATE-release-contract.md"));
  CHECK(world.written["/nowhere/storefront/.gitignore"] == ".sluice/\n");
  CHECK(world.written.contains("/nowhere/storefront/work/signals/.gitkeep"));
  CHECK(world.written.contains("/nowhere/storefront/work/missions/.gitkeep"));
  CHECK(world.out.contains("sluice adopt"));
}

TEST_CASE("init: a .gitignore that names the state folder needs no advice, another one does") {
  for (const char* line : {".sluice", "/.sluice/", ".sluice/"}) {
    World world;
    world.context.folder = std::filesystem::temp_directory_path() / "sluice_cli_test_init";
    std::filesystem::create_directories(world.context.folder);
    const std::string path = world.context.folder + "/.gitignore";
    std::ofstream(path) << "build/\n" << line << "\n";
    CHECK(world.type({"init"}) == 0);
    CHECK(world.out.contains("kept   .gitignore\n"));
    CHECK_FALSE(world.out.contains("make sure"));
    std::ofstream(path) << "build/\n.sluice-old\n";
    CHECK(world.type({"init"}) == 0);
    CHECK(world.out.contains("make sure that it has the line `.sluice/`"));
    std::filesystem::remove_all(world.context.folder);
  }
}

TEST_CASE(
    "init: with --haproxy the configurations are written instead of printed, with their maps") {
  World world;
  world.context.load_policy = []() -> Result<LoadedPolicy> {
    LoadedPolicy loaded;
    loaded.policy.environments.resize(1);
    loaded.policy.environments[0].name.text = "staging";
    loaded.policy.environments[0].haproxy.map = "/run/staging.map";
    return loaded;
  };
  CHECK(world.type({"init", "--haproxy"}) == 0);
  CHECK(world.written["/nowhere/storefront/haproxy/staging.cfg"].contains("/run/staging.map"));
  CHECK(world.written["/run/staging.map"] == "share_b 0\nbaseline a\ngeneration 0\n");
  CHECK_FALSE(world.out.contains("use_backend"));
}

}  // namespace sluice::cli
