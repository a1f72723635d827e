#include "adapters/alertmanager/rfc3339.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace sluice;
using alertmanager::parse_rfc3339;

TEST_CASE("rfc 3339: offsets and nanoseconds, cut to milliseconds") {
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == Tick{0});
  CHECK(parse_rfc3339("2018-03-07T06:33:21.873077559-05:00") ==
        parse_rfc3339("2018-03-07T11:33:21.873Z"));
  CHECK(to_text(*parse_rfc3339("2018-03-07T06:33:21-05:00")) == "2018-03-07T11:33:21Z");
  CHECK(parse_rfc3339("2017-05-09T07:01:37.8Z")->unix_ms % 1'000 == 800);
  CHECK(parse_rfc3339("2017-05-09T07:01:37.80300099999999999999Z")->unix_ms % 1'000 == 803);
  CHECK(parse_rfc3339("2024-02-29T23:59:60+14:00").has_value());
}

TEST_CASE("rfc 3339: the zero time is known, however it is written") {
  CHECK(parse_rfc3339("0001-01-01T00:00:00Z") == alertmanager::kZeroTime);
  CHECK(parse_rfc3339("0001-01-01T00:00:00.000+00:00") == alertmanager::kZeroTime);
}

TEST_CASE("rfc 3339: everything else is no time") {
  for (const char* wrong :
       {"", "Z", "2024", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
        "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z",
        "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00Zx",
        "2024-01-01T00:00:00+0200", "2024-01-01T00:00:00+24:00", "+024-01-01T00:00:00Z",
        "2024-1-1T00:00:00Z", "1700000000", " 2024-01-01T00:00:00Z"}) {
    CAPTURE(wrong);
    CHECK(!parse_rfc3339(wrong).has_value());
  }
}
