// Flags by OFREP and from flagd's files, with what OpenFeature publishes for Node. There is no flag
// server of OpenFeature's own in npm: tests/npm/openfeature/flags.cjs says what answers here.
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include "adapters/flags/flag_service.h"
#include "codec/json.h"
#include "live/support/real_process.h"

using namespace sluice;
using flags::FlagService;

namespace {

const std::string kScript = SLUICE_SOURCE_DIR "/tests/npm/openfeature/flags.cjs";
const std::string kPackages = SLUICE_SOURCE_DIR "/build/npm/openfeature/node_modules";
constexpr int kPatienceMs = 20'000;
constexpr std::string_view kToken = "t0ken-of-the-tests";

bool is_absent() {
  if (std::filesystem::exists(kPackages + "/@openfeature/flagd-core")) return false;
  MESSAGE("NOT TESTED: OpenFeature's packages are not installed (tools/install_npm build/npm)");
  return true;
}

std::vector<std::string> node(std::vector<std::string> words) {
  std::vector<std::string> command{"/usr/bin/env", "NODE_PATH=" + kPackages, "node", kScript};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

// Runs to its end; the exit status.
int run(const std::vector<std::string>& words, const std::string& output) {
  std::string line;
  for (const std::string& word : node(words)) line += fmt::format("'{}' ", word);
  return std::system(fmt::format("{} >'{}' 2>&1", line, output).c_str());
}

// Everything that pre.flags tells apart, as flagd defines it.
constexpr std::string_view kFlags = R"({
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "flags": {
    "off": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"},
    "on": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on"},
    "disabled": {"state": "DISABLED", "variants": {"on": true, "off": false},
                 "defaultVariant": "off"},
    "for-germans": {"state": "ENABLED", "variants": {"on": true, "off": false},
                    "defaultVariant": "off",
                    "targeting": {"if": [{"==": [{"var": "country"}, "DE"]}, "on", null]}},
    "for-one-percent": {"state": "ENABLED", "variants": {"on": true, "off": false},
                        "defaultVariant": "off",
                        "targeting": {"fractional": [["on", 1], ["off", 99]]}},
    "colour": {"state": "ENABLED", "variants": {"red": "#f00"}, "defaultVariant": "red"}
  }
})";

class OfrepServer {
 public:
  OfrepServer() {
    live::write_text(file(), std::string(kFlags));
    live::write_text(folder_ / "token", fmt::format("{}\n", kToken));
    process_ =
        live::RealProcess::start(node({"serve", file(), std::string(kToken)}), folder_ / "log");
    const bool ready = live::wait_until(
        [&] { return live::read_text(folder_ / "log").ends_with('\n'); }, kPatienceMs);
    REQUIRE_MESSAGE(ready, live::read_text(folder_ / "log"));
    port_ = live::read_text(folder_ / "log");
    port_.pop_back();
  }
  [[nodiscard]] std::string file() const { return folder_ / "flags.json"; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + port_; }
  [[nodiscard]] std::string below(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] FlagService service() const {
    return FlagService(
        {.protocol = FlagProtocol::ofrep, .where = url(), .token_file = folder_ / "token"});
  }

 private:
  live::TemporaryFolder folder_;
  live::RealProcess process_;
  std::string port_;
};

FlagStanding standing(FlagService& service, const std::string& name) {
  const FlagAnswers answers = service.ask({name}, kPatienceMs);
  CHECK(answers.trouble == "");
  REQUIRE(answers.flags.size() == 1);
  return answers.flags[0].standing;
}

}  // namespace

TEST_CASE("flags live: by OFREP each kind of flag is told apart, never off for some") {
  if (is_absent()) return;
  const OfrepServer server;
  FlagService service = server.service();

  CHECK(standing(service, "off") == FlagStanding::off);
  CHECK(standing(service, "on") == FlagStanding::on);
  CHECK(standing(service, "for-germans") == FlagStanding::unknown);  // DEFAULT, for this user
  CHECK(standing(service, "for-one-percent") == FlagStanding::varies);
  CHECK(standing(service, "colour") == FlagStanding::wrong_type);
  CHECK(standing(service, "disabled") == FlagStanding::missing);  // as this evaluator has it
  CHECK(standing(service, "never-heard-of") == FlagStanding::missing);
}

TEST_CASE("flags live: a flag that is switched on is seen by the next question") {
  if (is_absent()) return;
  const OfrepServer server;
  FlagService service = server.service();
  CHECK(standing(service, "off") == FlagStanding::off);

  std::string text(kFlags);
  text.replace(text.find("\"defaultVariant\": \"off\""), 23, "\"defaultVariant\": \"on\"");
  live::write_text(server.file(), text);
  CHECK(standing(service, "off") == FlagStanding::on);
}

TEST_CASE("flags live: without the token nobody answers, and it is shown nowhere") {
  if (is_absent()) return;
  const OfrepServer server;
  FlagService service({.protocol = FlagProtocol::ofrep, .where = server.url()});
  const FlagAnswers answers = service.ask({"off"}, kPatienceMs);

  CHECK(answers.flags[0].standing == FlagStanding::unknown);
  CHECK(answers.flags[0].why.contains("HTTP 401"));
}

TEST_CASE("flags live: OpenFeature's own client understands the same answers in the same way") {
  if (is_absent()) return;
  const OfrepServer server;
  const std::string output = server.below("client");
  REQUIRE(run({"ask", server.url(), "off", std::string(kToken)}, output) == 0);
  const auto off = codec::parse_json(live::read_text(output));
  REQUIRE(off);
  CHECK(off->boolean_or("value", true) == false);
  CHECK(off->string_or("reason", "") == "STATIC");

  REQUIRE(run({"ask", server.url(), "never-heard-of", std::string(kToken)}, output) == 0);
  CHECK(codec::parse_json(live::read_text(output))->string_or("errorCode", "") == "FLAG_NOT_FOUND");
}

TEST_CASE("flags live: the file is read as flagd's evaluator reads it") {
  if (is_absent()) return;
  const OfrepServer server;
  FlagService file({.protocol = FlagProtocol::flagd, .where = server.file()});

  CHECK(standing(file, "off") == FlagStanding::off);
  CHECK(standing(file, "on") == FlagStanding::on);
  CHECK(standing(file, "for-germans") == FlagStanding::varies);
  CHECK(standing(file, "for-one-percent") == FlagStanding::varies);
  CHECK(standing(file, "colour") == FlagStanding::wrong_type);
  CHECK(standing(file, "disabled") == FlagStanding::unknown);
  CHECK(standing(file, "never-heard-of") == FlagStanding::missing);
}

TEST_CASE("flags live: our flagd files are valid by flagd's own schema, and a wrong one is not") {
  if (is_absent()) return;
  const live::TemporaryFolder folder;
  live::write_text(folder / "ours.json", std::string(kFlags));
  live::write_text(folder / "wrong.json", R"({"flags":{"a":{"state":"OFF"}}})");
  const std::string example = SLUICE_SOURCE_DIR "/examples/storefront/flags/production.json";

  CHECK(run({"validate", folder / "ours.json", example}, folder / "out") == 0);
  CHECK(run({"validate", folder / "wrong.json"}, folder / "out") != 0);
}
