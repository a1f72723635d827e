// The command line itself: help, usage, what is not understood.
#include "cli/typed_world.h"

namespace sluice::cli {
namespace {

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
  for (const char* name : {"init", "adopt", "down", "check", "deliver", "status", "explain",
                           "verdict", "log", "pause", "resume", "rollback", "abort", "approve",
                           "except", "evidence", "drill", "simulate", "replay"}) {
    World world;
    CHECK_MESSAGE(world.type({name, "--help"}) == 0, name);
    CHECK(world.out.starts_with("usage: sluice " + std::string(name)));
    CHECK(world.out.contains("\nexample\n  sluice " + std::string(name)));
    CHECK_MESSAGE(world.out.contains("Exit codes: 0 "), name);
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

}  // namespace
}  // namespace sluice::cli
