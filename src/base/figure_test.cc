#include "base/figure.h"

#include <doctest/doctest.h>

namespace sluice {

TEST_CASE("figure: three digits and their place, whatever the size") {
  CHECK(figure_text(0) == "0");
  CHECK(figure_text(38) == "38");
  CHECK(figure_text(0.01234) == "0.0123");
  CHECK(figure_text(999.7) == "1,000");
  CHECK(figure_text(20'152'320) == "20,200,000");
  CHECK(figure_text(-20'152'320) == "-20,200,000");
  CHECK(figure_text(3e20) == "3.00e+20");
  CHECK(figure_text(-1.25e-7) == "-1.25e-07");
}

TEST_CASE("figure: digits in groups of three, a sign is none") {
  CHECK(grouped(999) == "999");
  CHECK(grouped(12'340) == "12,340");
  CHECK(grouped(-123'456) == "-123,456");
}

}  // namespace sluice
