#include "net/child_process.h"

#include <doctest/doctest.h>
#include <unistd.h>

namespace sluice::net {
namespace {

std::string wait_for(ChildProcess& process) {
  for (int i = 0; i < 5'000; ++i) {
    if (const auto ending = process.ended()) return *ending;
    ::usleep(1'000);
  }
  return "still runs";
}

}  // namespace

TEST_CASE("child process: reads its input, and says how it ended, the same each time") {
  auto process = ChildProcess::start({"/bin/sh", "-c", "read -r line; echo got $line; exit 3"}, "x\n");
  REQUIRE(process);
  CHECK(wait_for(*process) == "exited with status 3");
  CHECK(process->ended() == "exited with status 3");
  CHECK(!process->ended_well());
  CHECK(process->last_line() == "got x");
}

TEST_CASE("child process: input beyond a pipe's room is refused, not waited for") {
  const auto process = ChildProcess::start({"true"}, std::string(1 << 20, 'x'));
  CHECK(!process);
}

TEST_CASE("child process: killed, it says so") {
  auto process = ChildProcess::start({"sleep", "600"}, {});
  REQUIRE(process);
  CHECK(!process->ended());
  process->kill();
  CHECK(wait_for(*process) == "was ended by signal 9");
}

}  // namespace sluice::net
