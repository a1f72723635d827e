#include "evidence/sarif.h"

#include <doctest/doctest.h>

#include "evidence/assessment.h"

namespace sluice::evidence {
namespace {

std::string log_of(std::string_view results, std::string_view rules = "[]",
                   std::string_view more = "") {
  return fmt::format(
      R"({{"version":"2.1.0","runs":[{{"results":{},{}"tool":{{"driver":{{"name":"T","rules":{}}}}}}}]}})",
      results, more, rules);
}

SarifFacts facts_of(std::string_view bytes) {
  auto facts = read_sarif(bytes);
  REQUIRE_MESSAGE(facts, (facts ? "" : facts.error().message));
  return *std::move(facts);
}

std::string code_of(std::string_view bytes, const ScanRule& rule = {}) {
  const auto facts = read_sarif(bytes);
  const Assessment found = facts ? assess(*facts, rule) : unreadable(facts.error());
  if (found.verdict == Verdict::pass) CHECK(found.looked_at > 0);
  CHECK((found.verdict == Verdict::pass) == found.remedy.empty());
  return fmt::format("{} {}", to_text(found.verdict), found.code);
}

// The severity of the only result of such a log.
std::string severity_of(std::string_view result, std::string_view rules = "[]",
                        std::string_view more = "") {
  const SarifRun run = facts_of(log_of(fmt::format("[{}]", result), rules, more)).runs.at(0);
  if (run.unclear == 1) return "unclear";
  REQUIRE(run.worst.size() == 1);
  return std::string(to_text(run.worst[0].severity));
}

TEST_CASE("sarif: a level comes from the result, else from the rule, else it is a warning") {
  constexpr std::string_view kRules =
      R"([{"id":"A","defaultConfiguration":{"level":"error"}},{"id":"B"}])";
  CHECK(severity_of(R"({"ruleId":"A","level":"note"})", kRules) == "low");
  CHECK(severity_of(R"({"ruleId":"A"})", kRules) == "high");
  CHECK(severity_of(R"({"ruleId":"A","level":null})", kRules) == "high");
  CHECK(severity_of(R"({"ruleIndex":0})", kRules) == "high");
  CHECK(severity_of(R"({"rule":{"index":0}})", kRules) == "high");
  CHECK(severity_of(R"({"ruleId":"A/part"})", kRules) == "high");
  CHECK(severity_of(R"({"ruleId":"AB"})", kRules) == "medium");
  CHECK(severity_of(R"({"ruleId":"B"})", kRules) == "medium");
  CHECK(severity_of("{}", kRules) == "medium");
  CHECK(severity_of(R"({"level":"Error"})") == "unclear");
  CHECK(severity_of(R"({"level":7})") == "unclear");
}

TEST_CASE("sarif: an index that points at another rule is not believed") {
  constexpr std::string_view kRules =
      R"([{"id":"A","defaultConfiguration":{"level":"note"}},{"id":"B","defaultConfiguration":{"level":"error"}}])";
  CHECK(severity_of(R"({"ruleId":"B","ruleIndex":0})", kRules) == "high");
  CHECK(severity_of(R"({"ruleId":"B","ruleIndex":99})", kRules) == "high");
}

TEST_CASE("sarif: the worse of level and security-severity counts") {
  const auto rules = [](std::string_view score) {
    return fmt::format(R"([{{"id":"A","properties":{{"security-severity":{}}}}}])", score);
  };
  CHECK(severity_of(R"({"ruleId":"A","level":"note"})", rules("\"9.8\"")) == "critical");
  CHECK(severity_of(R"({"ruleId":"A","level":"note"})", rules("9.8")) == "critical");
  CHECK(severity_of(R"({"ruleId":"A","level":"error"})", rules("\"3.0\"")) == "high");
  CHECK(severity_of(R"({"ruleId":"A","level":"note"})", rules("\"HIGH\"")) == "high");
  CHECK(severity_of(R"({"ruleId":"A","level":"note"})", rules("\"bad\"")) == "unclear");
  CHECK(severity_of(R"({"ruleId":"A","level":"note"})", rules("\"11\"")) == "unclear");
  CHECK(severity_of(R"({"ruleId":"A","level":"note"})", rules("\"\"")) == "low");
  CHECK(severity_of(R"({"level":"note","properties":{"security-severity":"7.0"}})") == "high");
}

TEST_CASE("sarif: rules may live in extensions, stand behind the results, and be configured") {
  const std::string extension = R"({"version":"2.1.0","runs":[{"results":[
      {"ruleId":"A","rule":{"index":0,"toolComponent":{"index":0}}}],
      "tool":{"driver":{"name":"T","rules":[{"id":"Z"}]},
              "extensions":[{"name":"E","rules":[{"id":"A","defaultConfiguration":{"level":"error"}}]}]}}]})";
  CHECK(code_of(extension) == "FAIL findings");
  constexpr std::string_view kOverride =
      R"("invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[
          {"descriptor":{"id":"A"},"configuration":{"level":"error"}}]}],)";
  CHECK(severity_of(R"({"ruleId":"A"})", R"([{"id":"A"}])", kOverride) == "high");
}

TEST_CASE("sarif: a rule is found by guid, and its component by name or guid") {
  const auto code = [](std::string_view reference) {
    return code_of(fmt::format(R"({{"version":"2.1.0","runs":[{{"results":[{{"rule":{}}}],
        "tool":{{"driver":{{"name":"T","rules":[{{"id":"A","defaultConfiguration":{{"level":"note"}}}}]}},
                "extensions":[{{"name":"E","guid":"EE","rules":[{{"id":"B","guid":"bb",
                               "defaultConfiguration":{{"level":"error"}}}}]}}]}}}}]}})",
                               reference));
  };
  CHECK(code(R"({"guid":"BB"})") == "FAIL findings");
  CHECK(code(R"({"index":0,"toolComponent":{"name":"E"}})") == "FAIL findings");
  CHECK(code(R"({"index":0,"toolComponent":{"guid":"ee"}})") == "FAIL findings");
  CHECK(code(R"({"index":0,"toolComponent":{"name":"T"}})") == "PASS ok");
  CHECK(code(R"({"index":0})") == "PASS ok");
  // Said where it is, and not there: it may be as severe as any.
  CHECK(code(R"({"guid":"cc"})") == "INCONCLUSIVE severity_unclear");
  CHECK(code(R"({"index":7})") == "INCONCLUSIVE severity_unclear");
  CHECK(code(R"({"index":0,"toolComponent":{"name":"F"}})") == "INCONCLUSIVE severity_unclear");
  constexpr std::string_view kOverride =
      R"("invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[
          {"descriptor":{"guid":"aa"},"configuration":{"level":"error"}}]}],)";
  CHECK(severity_of(R"({"ruleId":"A"})", R"([{"id":"A","guid":"AA"}])", kOverride) == "high");
  CHECK(severity_of(R"({"ruleIndex":0})", R"([{"id":"A","guid":"AA"}])", kOverride) == "high");
}

TEST_CASE("sarif: of rules with the same id the worst counts") {
  const auto two = [](std::string_view one, std::string_view other) {
    return severity_of(R"({"ruleId":"A"})",
                       fmt::format(R"([{{"id":"A"{}}},{{"id":"A"{}}}])", one, other));
  };
  constexpr std::string_view kError = R"(,"defaultConfiguration":{"level":"error"})";
  constexpr std::string_view kNote = R"(,"defaultConfiguration":{"level":"note"})";
  CHECK(two(kNote, kError) == "high");
  CHECK(two(kNote, kNote) == "low");
  CHECK(two(kNote, "") == "medium");  // without a level it is a warning
  CHECK(two(kNote, R"(,"properties":{"security-severity":"9.5"})") == "critical");
}

TEST_CASE("sarif: suppressed, passed and vanished results do not count, rejected suppressions do") {
  const auto code = [](std::string_view more) {
    return code_of(log_of(fmt::format(R"([{{"level":"error"{}}}])", more)));
  };
  CHECK(code("") == "FAIL findings");
  CHECK(code(R"(,"suppressions":[])") == "FAIL findings");
  CHECK(code(R"(,"suppressions":[{"kind":"inSource"}])") == "PASS ok");
  CHECK(code(R"(,"suppressions":[{"kind":"external","status":"accepted"}])") == "PASS ok");
  CHECK(code(R"(,"suppressions":[{"status":"underReview"}])") == "FAIL findings");
  CHECK(code(R"(,"suppressions":[{"status":"accepted"},{"status":"rejected"}])") ==
        "FAIL findings");
  CHECK(code(R"(,"suppressions":[7])") == "FAIL findings");
  CHECK(code(R"(,"suppressions":[{"status":null}])") == "FAIL findings");
  CHECK(code(R"(,"baselineState":"absent")") == "PASS ok");
  CHECK(code(R"(,"baselineState":"unchanged")") == "FAIL findings");
  CHECK(code(R"(,"kind":"pass")") == "FAIL findings");  // a level that a pass cannot have
  CHECK(code_of(log_of(R"([{"kind":"pass"},{"kind":"notApplicable","level":"none"}])")) ==
        "PASS ok");
  CHECK(code_of(log_of(R"([{"kind":"review"}])")) == "INCONCLUSIVE undecided");
  CHECK(code_of(log_of(R"([{"kind":"guess"}])")) == "INCONCLUSIVE severity_unclear");
  CHECK(code_of(log_of("[7]")) == "INCONCLUSIVE severity_unclear");
}

TEST_CASE("sarif: a run that may have missed something is never a pass") {
  const auto with = [](std::string_view more) { return code_of(log_of("[]", "[]", more)); };
  CHECK(with("") == "PASS ok");
  CHECK(with(R"("invocations":[{"executionSuccessful":true}],)") == "PASS ok");
  CHECK(with(R"("invocations":[{"executionSuccessful":true},{"executionSuccessful":false}],)") ==
        "INCONCLUSIVE scan_failed");
  CHECK(with(R"("invocations":[{}],)") == "INCONCLUSIVE scan_unstated");
  CHECK(with(R"("invocations":{"executionSuccessful":true},)") == "INCONCLUSIVE scan_unstated");
  CHECK(with(R"("invocations":null,)") == "PASS ok");
  CHECK(with(R"("invocations":[{"executionSuccessful":true,
                "toolExecutionNotifications":[{"level":"error"}]}],)") ==
        "INCONCLUSIVE scan_errors");
  CHECK(with(R"("invocations":[{"executionSuccessful":true,
                "processStartFailureMessage":"no such file"}],)") == "INCONCLUSIVE scan_failed");
  CHECK(with(R"("invocations":[{"executionSuccessful":true,"exitSignalName":"SIGKILL"}],)") ==
        "INCONCLUSIVE scan_failed");
  CHECK(with(R"("invocations":[{"executionSuccessful":true,"exitSignalNumber":9}],)") ==
        "INCONCLUSIVE scan_failed");
  CHECK(with(R"("invocations":[{"executionSuccessful":true,"exitCode":1,"exitSignalName":"",
                "processStartFailureMessage":null}],)") == "PASS ok");
  CHECK(with(R"("conversion":{"tool":{},"invocation":{"executionSuccessful":false}},)") ==
        "INCONCLUSIVE scan_failed");
  for (const std::string part : {"results", "driver", "extensions", "invocations"}) {
    INFO(part);
    CHECK(with(fmt::format(R"("externalPropertyFileReferences":{{"{}":[{{}}]}},)", part)) ==
          "INCONCLUSIVE results_elsewhere");
  }
  CHECK(with(R"("externalPropertyFileReferences":{"artifacts":[{}]},)") == "PASS ok");
  CHECK(code_of(log_of("null")) == "INCONCLUSIVE nothing_analysed");
  CHECK(code_of(R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}}}]})") ==
        "INCONCLUSIVE nothing_analysed");
  CHECK(code_of(R"({"version":"2.1.0","runs":[{"results":[]}]})") == "INCONCLUSIVE tool_unnamed");
  CHECK(code_of(R"({"version":"2.1.0","runs":[]})") == "INCONCLUSIVE nothing_analysed");
  CHECK(code_of(R"({"version":"2.1.0"})") == "INCONCLUSIVE nothing_analysed");
  CHECK(code_of("[]") == "INCONCLUSIVE unsupported_version");
}

TEST_CASE("sarif: a finding fails the scan even where the run did not reach its end") {
  CHECK(code_of(log_of(R"([{"level":"error"}])", "[]",
                       R"("invocations":[{"executionSuccessful":false}],)")) == "FAIL findings");
}

TEST_CASE("sarif: only version 2.1.0 is understood") {
  CHECK(code_of(R"({"version":"2.0.0","runs":[{"results":[],"tool":{"driver":{"name":"T"}}}]})") ==
        "INCONCLUSIVE unsupported_version");
  CHECK(code_of(R"({"runs":[{"results":[],"tool":{"driver":{"name":"T"}}}]})") ==
        "INCONCLUSIVE unsupported_version");
  CHECK(code_of(R"({"version":"2.1.0","version":"2.1.0","runs":[]})") == "INCONCLUSIVE unreadable");
}

TEST_CASE("sarif: only tools that were named make a pass, but everybody's findings count") {
  const ScanRule named{.tools = {"trivy", "t"}};
  CHECK(code_of(log_of("[]"), named) == "PASS ok");
  CHECK(code_of(log_of("[]"), {.tools = {"trivy"}}) == "INCONCLUSIVE tool_not_allowed");
  CHECK(code_of(log_of(R"([{"level":"error"}])"), {.tools = {"trivy"}}) == "FAIL findings");
}

TEST_CASE("sarif: the threshold decides") {
  const std::string warning = log_of(R"([{"level":"warning"}])");
  CHECK(code_of(warning) == "PASS ok");
  CHECK(code_of(warning, {.fails_at = Severity::medium}) == "FAIL findings");
  CHECK(code_of(log_of(R"([{"level":"error"}])"), {.fails_at = Severity::critical}) == "PASS ok");
}

TEST_CASE("sarif: a verdict names what was found, where, and how often") {
  const auto facts = facts_of(log_of(
      R"([{"ruleId":"A","level":"error","locations":[{"physicalLocation":{
          "artifactLocation":{"uri":"src/a.c"},"region":{"startLine":12}}}]},
         {"ruleId":"A","level":"error"}])"));
  CHECK(assess(facts, {}).why == "`T` found high `A` at `src/a.c:12` and 1 more like it");
  CHECK(assess(facts, {}).looked_at == 3);
}

TEST_CASE("sarif: a large log is read piece by piece, and equal results take no memory") {
  const std::string head =
      R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[)";
  const std::string one =
      R"({"ruleId":"A","level":"warning","message":{"text":")" + std::string(900, 'x') + "\"}},";
  const std::string tail = R"({"ruleId":"B","level":"error"}]}]})";
  constexpr int kResults = 20'000;
  int given = -1;
  const auto facts = read_sarif([&]() -> std::string_view {
    if (++given == 0) return head;
    if (given <= kResults) return one;
    return given == kResults + 1 ? std::string_view(tail) : std::string_view{};
  });
  REQUIRE(facts);
  CHECK(facts->runs.at(0).results == kResults + 1);
  CHECK(facts->runs.at(0).worst.size() == 2);
  CHECK(assess(*facts, {}).verdict == Verdict::fail);
}

}  // namespace
}  // namespace sluice::evidence
