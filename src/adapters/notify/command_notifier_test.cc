#include "adapters/notify/command_notifier.h"

#include <doctest/doctest.h>
#include <unistd.h>

namespace sluice::notify {
namespace {

const Notice kNotice{.service = {"storefront"},
                     .delivery = {"D-0007"},
                     .subject = "rollback_blocked",
                     .text = "haproxy does not \"answer\"",
                     .since = Tick{5}};

NotifySpec shell(const std::string& script) {
  return {.command = {"/bin/sh", "-c", script}, .timeout_ms = 5'000};
}

// Until there is an answer other than "under way"; real time passes, because a process runs.
Result<bool> wait_for(CommandNotifier& notifier, std::uint64_t id, std::int64_t ms_per_look = 1) {
  for (int i = 0; i < 5'000; ++i) {
    const auto taken = notifier.notify(id, kNotice, Tick{1'000 + i * ms_per_look});
    if (!taken || *taken) return taken;
    ::usleep(1'000);
  }
  return fail(ErrorCode::corrupt, "no answer at all");
}

}  // namespace

TEST_CASE("notifier: the command is given the notice as JSON, and its 0 means taken") {
  CommandNotifier notifier(shell(
      R"(read -r line; test "$line" = '{"service":"storefront","delivery":"D-0007",)"
      R"("subject":"rollback_blocked","text":"haproxy does not \"answer\"","since_unix_ms":5}')"));
  const auto taken = wait_for(notifier, 1);
  REQUIRE(taken);
  CHECK(*taken);
}

TEST_CASE("notifier: a command that fails says why, by its last line") {
  CommandNotifier notifier(shell("echo first; echo no such pager >&2; exit 3"));
  const auto taken = wait_for(notifier, 1);
  REQUIRE(!taken);
  CHECK(taken.error().code == ErrorCode::unavailable);
  CHECK(taken.error().message == "the command to call people exited with status 3: no such pager");
  CHECK(!wait_for(notifier, 1));  // called again
}

TEST_CASE("notifier: a program that does not exist is told, and nothing is called") {
  CommandNotifier notifier(NotifySpec{.command = {"/nowhere/page"}, .timeout_ms = 1'000});
  const auto taken = notifier.notify(1, kNotice, Tick{1});
  REQUIRE(!taken);
  CHECK(taken.error().message == "starting /nowhere/page: No such file or directory");
}

TEST_CASE("notifier: a command that hangs is killed with everything that it started") {
  CommandNotifier notifier(shell("sleep 600 & sleep 600"));
  const auto taken = wait_for(notifier, 1, 100);
  REQUIRE(!taken);
  CHECK(taken.error().message == "the command to call people took longer than 5 s");
}

TEST_CASE("notifier: endless output is bounded") {
  CommandNotifier notifier(shell("yes too much | head -c 300000; echo; echo last; exit 1"));
  const auto taken = wait_for(notifier, 1);
  REQUIRE(!taken);
  CHECK(taken.error().message.ends_with(": last"));
}

}  // namespace sluice::notify
