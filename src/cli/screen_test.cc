#include "cli/screen.h"

#include <doctest/doctest.h>

namespace sluice::cli {
namespace {

constexpr Terminal kTerminal{.interactive = true, .colour = false, .columns = 10, .rows = 6};

}  // namespace

TEST_CASE("screen: the first frame moves nothing, the next one goes up by what stood there") {
  const Frame first = repaint({}, {"one", "two"}, kTerminal);
  CHECK(first.bytes == "\r\x1b[2Kone\n\x1b[2Ktwo\n\x1b[J");
  const Frame second = repaint(first, {"three"}, kTerminal);
  CHECK(second.bytes == "\r\x1b[2A\x1b[2Kthree\n\x1b[J");
}

TEST_CASE("screen: a terminal made narrower has wrapped what stood there") {
  const Frame first = repaint({}, {"1234567890", "12345", ""}, kTerminal);
  Terminal narrow = kTerminal;
  narrow.columns = 5;
  CHECK(repaint(first, {"x"}, narrow).bytes.starts_with("\r\x1b[4A"));
}

TEST_CASE(
    "screen: never more lines than the terminal is high, and it is seen that some are missing") {
  const Frame frame = repaint({}, std::vector<std::string>(20, "x"), kTerminal);
  CHECK(frame.lines.size() == 5);
  CHECK(frame.lines.back() == "…");
  CHECK(repaint(frame, {"x"}, kTerminal).bytes.starts_with("\r\x1b[5A"));
}

}  // namespace sluice::cli
