#include "base/text.h"

#include <doctest/doctest.h>

#include "base/digest.h"

namespace sluice {

TEST_CASE("text: foreign text cannot steer a terminal") {
  CHECK(printable("a\x1b[31mred\n") == "a?[31mred?");
  CHECK(printable("caf\xc3\xa9") == "caf\xc3\xa9");
  CHECK(printable("\xc2\x9b"
                  "31m") == "?31m");     // a C1 control
  CHECK(printable("\xff\xfe") == "??");  // no UTF-8
  CHECK(printable("abcdef", 3) == "abc…");
}

TEST_CASE("text: a share is read to the basis point, and nothing is rounded") {
  CHECK(parse_share("5%") == Share(500));
  CHECK(parse_share(" 0.25 % ") == Share(25));
  CHECK(parse_share("100") == Share::whole());
  CHECK(parse_share("12.50%") == Share(1'250));
  for (const char* wrong : {"", "%", "5 % of users", "100.01%", "0.001%", "-5%", "5.%", "1e1%"}) {
    CAPTURE(wrong);
    CHECK(!parse_share(wrong));
  }
}

TEST_CASE("text: a duration is read as people write it") {
  CHECK(parse_duration_ms("250ms") == 250);
  CHECK(parse_duration_ms("30 min") == 30 * kMinuteMs);
  CHECK(parse_duration_ms("24 hours") == kDayMs);
  CHECK(parse_duration_ms("2 Days") == 2 * kDayMs);
  for (const char* wrong : {"", "5", "5 parsecs", "-5s", "1.5h", "99999999999d", "5s 3s"}) {
    CAPTURE(wrong);
    CHECK(!parse_duration_ms(wrong));
  }
}

TEST_CASE("text: durations, shares, rates and instants are shown in few words") {
  CHECK(duration_text(0) == "0 ms");
  CHECK(duration_text(4'500) == "4.5 s");
  CHECK(duration_text(90'000) == "1 min 30 s");
  CHECK(duration_text(2 * kHourMs) == "2 h");
  CHECK(duration_text(kDayMs + kHourMs) == "1 d 1 h");
  CHECK(to_text(Share(25)) == "0.25 %");
  CHECK(to_text(Share(1'250)) == "12.5 %");
  CHECK(percent_text(0.0512) == "5.1 %");
  CHECK(percent_text(1.0) == "100 %");
  CHECK(to_text(Tick{1'795'470'080'000}) == "2026-11-23T21:41:20Z");
}

TEST_CASE("digest: the SHA-256 that everybody computes") {
  CHECK(sha256("").hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(parse_digest("sha256:" + sha256("a").hex) == sha256("a"));
  CHECK(!parse_digest("sha256:abc"));
  CHECK(!parse_digest(std::string(64, 'g')));
}

}  // namespace sluice
