#include "codec/flag_answers.h"

#include <doctest/doctest.h>

#include "codec/json.h"

namespace sluice::codec {
namespace {

FlagStanding ofrep(std::string_view body, int status = 200) {
  const FlagFinding finding = read_ofrep("new-nav", status, body);
  CHECK(finding.name == "new-nav");
  CHECK_FALSE(finding.why.empty());
  return finding.standing;
}

TEST_CASE("ofrep: false is off only with a reason that holds for everybody") {
  CHECK(ofrep(R"({"key":"new-nav","value":false,"reason":"STATIC","variant":"off"})") ==
        FlagStanding::off);
  CHECK(ofrep(R"({"key":"new-nav","value":false,"reason":"DISABLED"})") == FlagStanding::off);
  CHECK(ofrep(R"({"key":"new-nav","value":false,"reason":"TARGETING_MATCH"})") ==
        FlagStanding::varies);
  CHECK(ofrep(R"({"key":"new-nav","value":false,"reason":"SPLIT"})") == FlagStanding::varies);
  for (const std::string_view reason : {"DEFAULT", "CACHED", "UNKNOWN", "", "static"}) {
    CAPTURE(reason);
    CHECK(ofrep(R"({"key":"new-nav","value":false,"reason":")" + std::string(reason) + "\"}") ==
          FlagStanding::unknown);
  }
  CHECK(ofrep(R"({"key":"new-nav","value":false})") == FlagStanding::unknown);
}

TEST_CASE("ofrep: what an answer about one user leaves open is said in words") {
  const auto why = [](std::string_view reason) {
    return read_ofrep("new-nav", 200,
                      R"({"key":"new-nav","value":false,"reason":")" + std::string(reason) + "\"}")
        .why;
  };
  CHECK(why("DEFAULT") ==
        "off for this user by default (DEFAULT): either there are no rules, or this user meets "
        "none of them");
  CHECK(why("CACHED").contains("from an earlier answer (CACHED)"));
  CHECK(why("UNKNOWN").contains("the service does not know why (UNKNOWN)"));
  CHECK(why("").contains("without a reason"));
  CHECK(why("odd`one").contains("with the reason `odd'one`, which does not exclude rules"));
}

TEST_CASE("ofrep: true is on, whatever the reason") {
  CHECK(ofrep(R"({"key":"new-nav","value":true,"reason":"STATIC"})") == FlagStanding::on);
  CHECK(ofrep(R"({"key":"new-nav","value":true,"reason":"DEFAULT"})") == FlagStanding::on);
  CHECK(ofrep(R"({"key":"new-nav","value":true,"reason":"SPLIT"})") == FlagStanding::varies);
}

TEST_CASE("ofrep: a flag without a value is decided by the program, which nobody sees") {
  CHECK(ofrep(R"({"key":"new-nav","reason":"DISABLED"})") == FlagStanding::unknown);
  CHECK(ofrep(R"({"key":"new-nav","value":null,"reason":"STATIC"})") == FlagStanding::unknown);
}

TEST_CASE("ofrep: another kind of value than yes or no is the wrong type") {
  for (const std::string_view value : {R"("off")", "0", "{}", "[]", "0.5"}) {
    CAPTURE(value);
    CHECK(ofrep(R"({"key":"new-nav","reason":"STATIC","value":)" + std::string(value) + "}") ==
          FlagStanding::wrong_type);
  }
}

TEST_CASE("ofrep: only the protocol's own 404 says that there is no such flag") {
  CHECK(ofrep(R"({"key":"new-nav","errorCode":"FLAG_NOT_FOUND"})", 404) == FlagStanding::missing);
  CHECK(ofrep("<html>404 Not Found</html>", 404) == FlagStanding::unknown);
  CHECK(ofrep("{}", 404) == FlagStanding::unknown);
  CHECK(ofrep(R"({"errorCode":"FLAG_NOT_FOUND"})", 500) == FlagStanding::unknown);
}

TEST_CASE("ofrep: nonsense, errors and answers about another flag tell nothing") {
  CHECK(ofrep("") == FlagStanding::unknown);
  CHECK(ofrep("off") == FlagStanding::unknown);
  CHECK(ofrep("[false]") == FlagStanding::unknown);
  CHECK(ofrep(R"({"key":"other","value":false,"reason":"STATIC"})") == FlagStanding::unknown);
  CHECK(ofrep(R"({"value":false,"reason":"STATIC"})") == FlagStanding::unknown);
  CHECK(ofrep(R"({"key":"new-nav","value":true,"value":false,"reason":"STATIC"})") ==
        FlagStanding::unknown);
  CHECK(ofrep(R"({"key":"new-nav","value":false,"reason":"STATIC","errorCode":"GENERAL"})") ==
        FlagStanding::unknown);
  for (const int status : {204, 301, 400, 401, 403, 429, 500, 503}) {
    CAPTURE(status);
    CHECK(ofrep(R"({"key":"new-nav","value":false,"reason":"STATIC"})", status) ==
          FlagStanding::unknown);
  }
}

TEST_CASE("ofrep: a question carries the context, and a user where none is named") {
  CHECK(ofrep_request({}) == R"({"context":{"targetingKey":"sluice"}})");
  CHECK(ofrep_request({{"country", "DE"}, {"targetingKey", "u\"1"}}) ==
        R"({"context":{"country":"DE","targetingKey":"u\"1"}})");
}

FlagStanding flagd(std::string_view definition) {
  const std::string file =
      R"({"flags":{"other":{"state":"ENABLED"},"new-nav":)" + std::string(definition) + "}}";
  const auto findings = read_flagd(file, {"new-nav"});
  REQUIRE(findings);
  REQUIRE(findings->size() == 1);
  CHECK_FALSE(findings->front().why.empty());
  return findings->front().standing;
}

TEST_CASE("flagd: a default variant of false without rules is off") {
  CHECK(flagd(R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"})") ==
        FlagStanding::off);
  CHECK(flagd(R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
                  "targeting":{}})") == FlagStanding::off);
  CHECK(flagd(R"({"state":"ENABLED","defaultVariant":"false"})") == FlagStanding::off);
}

TEST_CASE("flagd: it is the variant's value that counts, not its name") {
  CHECK(flagd(R"({"state":"ENABLED","variants":{"off":true,"on":false},"defaultVariant":"off"})") ==
        FlagStanding::on);
}

TEST_CASE("flagd: rules of any kind make users differ") {
  CHECK(flagd(R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
                  "targeting":{"fractional":[["on",1],["off",99]]}})") == FlagStanding::varies);
  CHECK(flagd(R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
                  "targeting":[1]})") == FlagStanding::varies);
}

TEST_CASE("flagd: what leaves the decision to the program cannot be told") {
  CHECK(flagd(R"({"state":"DISABLED","variants":{"off":false},"defaultVariant":"off"})") ==
        FlagStanding::unknown);
  CHECK(flagd(R"({"state":"ENABLED","variants":{"off":false},"defaultVariant":null})") ==
        FlagStanding::unknown);
  CHECK(flagd(R"({"state":"ENABLED","variants":{"off":false}})") == FlagStanding::unknown);
  CHECK(flagd(R"({"state":"ENABLED","variants":{"off":false},"defaultVariant":"none"})") ==
        FlagStanding::unknown);
  CHECK(flagd(R"({"variants":{"off":false},"defaultVariant":"off"})") == FlagStanding::unknown);
  CHECK(flagd("false") == FlagStanding::unknown);
}

TEST_CASE("flagd: variants of another kind are the wrong type") {
  CHECK(flagd(R"({"state":"ENABLED","variants":{"off":"no"},"defaultVariant":"off"})") ==
        FlagStanding::wrong_type);
  CHECK(flagd(R"({"state":"ENABLED","variants":{"off":false,"n":0},"defaultVariant":"off"})") ==
        FlagStanding::wrong_type);
  CHECK(flagd(R"({"state":"ENABLED","variants":{},"defaultVariant":"off"})") ==
        FlagStanding::wrong_type);
}

TEST_CASE("flagd: a flag that a file does not define is missing, a file without flags no answer") {
  const auto findings = read_flagd(R"({"flags":{"a":{}}})", {"new-nav"});
  REQUIRE(findings);
  CHECK(findings->front().standing == FlagStanding::missing);

  for (const std::string_view file :
       {"", "{}", R"({"flags":{}})", R"({"flags":[]})", "[]", R"({"flags":{"a":{},"a":{}}})"}) {
    CAPTURE(file);
    CHECK_FALSE(read_flagd(file, {"new-nav"}));
  }
}

FlagStanding unleash(std::string_view rest) {
  const std::string body = R"({"version":2,"features":[{"name":"new-nav",)" + std::string(rest) +
                           R"(}],"query":{"environment":"production"}})";
  const auto findings = read_unleash(body, {"new-nav"}, "production");
  REQUIRE(findings);
  return findings->front().standing;
}

TEST_CASE("unleash: off in the environment is off, on is on, and conditions make users differ") {
  CHECK(unleash(R"("enabled":false,"strategies":[{"name":"default"}])") == FlagStanding::off);
  CHECK(unleash(R"("enabled":true,"strategies":[])") == FlagStanding::on);
  CHECK(unleash(R"("enabled":true,"strategies":[{"name":"default"}])") == FlagStanding::on);
  CHECK(unleash(R"("enabled":true,"strategies":[{"name":"flexibleRollout",
                   "parameters":{"rollout":"100"},"constraints":[]}])") == FlagStanding::on);
  CHECK(unleash(R"("enabled":true,"strategies":[{"name":"flexibleRollout",
                   "parameters":{"rollout":"100"},"constraints":[{}]}])") == FlagStanding::varies);
  CHECK(unleash(R"("enabled":true,"strategies":[{"name":"flexibleRollout",
                   "parameters":{"rollout":"5"}}])") == FlagStanding::varies);
  CHECK(unleash(R"("enabled":true,"strategies":[{"name":"flexibleRollout",
                   "parameters":{"rollout":"0"}}])") == FlagStanding::off);
  CHECK(unleash(R"("enabled":true,"strategies":[{"name":"userWithId"}])") == FlagStanding::varies);
  CHECK(unleash(R"("enabled":true)") == FlagStanding::unknown);
  CHECK(unleash(R"("enabled":"false","strategies":[])") == FlagStanding::unknown);
}

TEST_CASE("unleash: another environment, an empty list and nonsense are no answers") {
  const std::string_view body =
      R"({"features":[{"name":"a","enabled":false}],"query":{"environment":"development"}})";
  CHECK_FALSE(read_unleash(body, {"a"}, "production"));
  CHECK(read_unleash(body, {"a"}, ""));
  CHECK(read_unleash(body, {"b"}, "")->front().standing == FlagStanding::missing);
  CHECK_FALSE(read_unleash(R"({"features":[]})", {"a"}, ""));
  CHECK_FALSE(read_unleash(R"({"features":{}})", {"a"}, ""));
  CHECK_FALSE(read_unleash("<html>", {"a"}, ""));
  CHECK(read_unleash(R"({"features":[{"name":"a","enabled":false},{"name":"a","enabled":true}]})",
                     {"a"}, "")
            ->front()
            .standing == FlagStanding::unknown);
}

}  // namespace
}  // namespace sluice::codec
