#include "cli/styled_line.h"

#include <doctest/doctest.h>

namespace sluice::cli {

TEST_CASE("styled line: rendered, it is never wider than asked, and says that it was cut") {
  const StyledLine line = StyledLine("production").add(" 25 %").add(" and more");

  CHECK(line.render(80, false) == "production 25 % and more");
  CHECK(line.render(24, false) == "production 25 % and more");
  CHECK(line.render(15, false) == "production 25 …");
  for (int columns = 1; columns <= 24; ++columns) {
    CHECK(display_width(line.render(columns, true)) <= columns);
  }
}

TEST_CASE("styled line: colour surrounds the text and takes no columns") {
  CHECK(StyledLine("bad", Tint::bad).render(10, true) == "\x1b[1;31mbad\x1b[0m");
  CHECK(StyledLine("bad", Tint::bad).render(10, false) == "bad");
  CHECK(display_width("\x1b[1;31mbad\x1b[0m") == 3);
}

TEST_CASE("styled line: escapes in foreign text do not reach the terminal") {
  CHECK(StyledLine("a\x1b[2Jb\n").render(80, true) == "a?[2Jb?");
}

TEST_CASE("display width: counts columns, not bytes; wide letters take two") {
  CHECK(display_width("✓ → …") == 5);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\xCC\x81") == 1);
  CHECK(cut("日本語", 5) == "日本…");
  CHECK(cut("日本語", 4) == "日…");
}

TEST_CASE("wrap: breaks at spaces, in the middle of a word only when it must, and cuts the rest") {
  CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("abcdefgh", 3) == std::vector<std::string>{"abc", "def", "gh"});
  CHECK(wrap("one two three four", 7, 2) == std::vector<std::string>{"one two", "three …"});
  CHECK(wrap("", 7).empty());
}

}  // namespace sluice::cli
