#include "adapters/load/command_load.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::load {
namespace {

std::string fresh_file() {
  std::string path = "/tmp/sluice_load_XXXXXX";
  const int file = ::mkstemp(path.data());
  REQUIRE(file >= 0);
  ::close(file);
  return path;
}

std::vector<std::string> shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

// Real time passes, because a process runs; virtual time goes on by `ms` at each look.
template <class Done>
bool look_until(CommandLoad& load, std::int64_t ms, const Done& done) {
  Tick now{1'000'000};
  for (int i = 0; i < 5'000; ++i) {
    const Result<void> kept = load.keep(true, now);
    if (done(kept)) return true;
    now = now + ms;
    ::usleep(1'000);
  }
  return false;
}

std::size_t bytes_of(const std::string& path) { return std::filesystem::file_size(path); }

pid_t number_in(const std::string& path) {
  std::ifstream file(path);
  pid_t number = 0;
  file >> number;
  return number;
}

bool gone(pid_t process) { return ::kill(process, 0) != 0; }

}  // namespace

TEST_CASE("load: a program that ends is started again, but not at once") {
  const std::string file = fresh_file();
  CommandLoad load(shell("printf x >> " + file));
  // Of virtual time not a second passes: it runs once, however often it is looked at.
  CHECK(look_until(load, 0, [&](const Result<void>& kept) {
    CHECK(kept);
    return bytes_of(file) == 1;
  }));
  for (int i = 0; i < 100; ++i) {
    CHECK(load.keep(true, Tick{1'000'000}));
    ::usleep(1'000);
  }
  CHECK(bytes_of(file) == 1);
  CHECK(look_until(load, 100, [&](const Result<void>&) { return bytes_of(file) >= 3; }));
}

TEST_CASE("load: not wanted, nothing runs, and what ran is killed with everything it started") {
  const std::string file = fresh_file();
  CommandLoad load(shell("sleep 600 & echo $! > " + file + "; wait"));
  CHECK(load.keep(false, Tick{1'000'000}));
  CHECK(number_in(file) == 0);
  REQUIRE(look_until(load, 1, [&](const Result<void>&) { return number_in(file) != 0; }));
  const pid_t sleeper = number_in(file);
  CHECK(!gone(sleeper));
  CHECK(load.keep(false, Tick{1'000'001}));
  for (int i = 0; i < 2'000 && !gone(sleeper); ++i) ::usleep(1'000);
  CHECK(gone(sleeper));
}

TEST_CASE("load: a program that fails says why, by its last line, until a round goes well") {
  const std::string file = fresh_file();
  CommandLoad load(shell("test -s " + file + " && exec sleep 600; echo no such host; exit 3"));
  std::string why;
  REQUIRE(look_until(load, 1, [&](const Result<void>& kept) {
    if (!kept) why = kept.error().message;
    return !kept;
  }));
  CHECK(why == "the load's program exited with status 3: no such host");
  std::ofstream(file) << "mended";
  CHECK(look_until(load, 50, [](const Result<void>& kept) { return kept.has_value(); }));
}

TEST_CASE("load: a program that is not there") {
  CommandLoad load({"/nowhere/wrk"});
  std::string why;
  REQUIRE(look_until(load, 1, [&](const Result<void>& kept) {
    if (!kept) why = kept.error().message;
    return !kept;
  }));
  CHECK(why.contains("/nowhere/wrk"));
}

TEST_CASE("load: the kernel ends it when the engine is killed") {
  const std::string file = fresh_file();
  const pid_t engine = ::fork();
  if (engine == 0) {
    CommandLoad load(shell("echo $$ > " + file + "; exec sleep 600"));
    (void)load.keep(true, Tick{1'000'000});
    for (int i = 0; i < 5'000 && number_in(file) == 0; ++i) ::usleep(1'000);
    ::kill(::getpid(), SIGKILL);
  }
  REQUIRE(engine > 0);
  int status = 0;
  REQUIRE(::waitpid(engine, &status, 0) == engine);
  REQUIRE(WIFSIGNALED(status));
  const pid_t program = number_in(file);
  REQUIRE(program != 0);
  for (int i = 0; i < 5'000 && !gone(program); ++i) ::usleep(1'000);
  CHECK(gone(program));
}

}  // namespace sluice::load
