#include "cli/figures.h"

#include <limits>

#include <doctest/doctest.h>

#include "base/figure.h"

namespace sluice::cli {

TEST_CASE("figures: thousands are grouped") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1'000) == "1,000");
  CHECK(grouped(-1'234'567) == "-1,234,567");
}

TEST_CASE("figures: odds are words, and absurd ones are not spelled out") {
  CHECK(odds_text(1) == "1.0 to 1");
  CHECK(odds_text(4'200) == "4,200 to 1");
  CHECK(odds_text(1e18) == "over 1,000,000 to 1");
  CHECK(odds_text(0.001) == "under 0.1 to 1");
  CHECK(odds_text(std::numeric_limits<double>::quiet_NaN()) == "under 0.1 to 1");
}

TEST_CASE("figures: a part says the interval that the truth lies in, and nothing where none is") {
  CHECK(part_text(5, 100, 0.02, 0.09) == "5.0 % (2.0 to 9.0 %)");
  CHECK(part_text(0, 0, 0, 1) == "nothing yet");
}

TEST_CASE("figures: a bar is full only at the end and empty only at the beginning") {
  CHECK(bar(0, 4) == "░░░░");
  CHECK(bar(0.001, 4) == "█░░░");
  CHECK(bar(0.999, 4) == "███░");
  CHECK(bar(1, 4) == "████");
  CHECK(bar(std::numeric_limits<double>::quiet_NaN(), 2) == "░░");
}

TEST_CASE("figures: the way of odds is measured by their logarithms") {
  CHECK(odds_fraction(1, 1'000) == 0);
  CHECK(odds_fraction(10, 1'000) == doctest::Approx(1.0 / 3));
  CHECK(odds_fraction(1e9, 1'000) == 1);
}

}  // namespace sluice::cli
