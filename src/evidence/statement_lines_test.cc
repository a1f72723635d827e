#include "evidence/statement_lines.h"

#include <doctest/doctest.h>

namespace sluice::evidence {
namespace {

constexpr std::string_view kEnvelope =
    R"({"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"sig":"aGk="}]})";
constexpr std::string_view kBundle = R"({"mediaType":"x","dsseEnvelope":{"payload":"e30="}})";

// "1 3", the numbers of the lines; "" for a single document; else what is wrong.
std::string numbers(std::string_view text) {
  const auto lines = statement_lines(text);
  if (!lines) return lines.error().message;
  std::string out;
  for (const StatementLine& line : *lines) {
    CHECK(line.bytes.starts_with('{'));
    CHECK(line.bytes.ends_with('}'));
    out += (out.empty() ? "" : " ") + std::to_string(line.number);
  }
  return out;
}

TEST_CASE("statement lines: one statement a line, blank lines and line ends aside") {
  CHECK(numbers(fmt::format("{}\n{}\n", kEnvelope, kBundle)) == "1 2");
  CHECK(numbers(fmt::format("{}\r\n\r\n  {}  ", kEnvelope, kEnvelope)) == "1 3");
  CHECK(numbers(fmt::format("\xEF\xBB\xBF{}\n{}", kEnvelope, kEnvelope)) == "1 2");
}

TEST_CASE("statement lines: every other file is one document") {
  CHECK(numbers("") == "");
  CHECK(numbers(kEnvelope) == "");
  CHECK(numbers(fmt::format("{}\n\n", kEnvelope)) == "");
  CHECK(numbers("{\n\"payload\": \"e30=\",\n\"signatures\": []\n}\n") == "");
  CHECK(numbers("{\"version\":\"2.1.0\",\n\"runs\":[]}") == "");
  CHECK(numbers("{\"runs\":[]}\n{\"runs\":[]}\n") == "");
  CHECK(numbers(fmt::format("# Report\n\n{}\n{}\n", kEnvelope, kEnvelope)) == "");
}

TEST_CASE("statement lines: a line that is no statement is named") {
  const auto third = [](std::string_view line) {
    return numbers(fmt::format("{}\n{}\n{}\n{}\n", kEnvelope, kEnvelope, line, kEnvelope));
  };
  constexpr std::string_view kWrong = "line 3 is neither a DSSE envelope nor a Sigstore bundle";
  for (const std::string_view line : {"# note", "7", "{}", "{\"runs\":[]}", "[]", "\"text\""}) {
    INFO(line);
    CHECK(third(line) == kWrong);
  }
  CHECK(numbers(fmt::format("{{}}\n{}\n", kEnvelope)).starts_with("line 1 is neither"));
}

TEST_CASE("statement lines: no more of them, and no larger, than the limits") {
  std::string many;
  for (std::size_t i = 0; i < kStatementLinesMax; ++i) many += fmt::format("{}\n", kEnvelope);
  CHECK(numbers(many).ends_with(" 100"));
  CHECK(numbers(many + std::string(kEnvelope)) == "it has more than 100 statements");
  const std::string large = fmt::format(R"({{"payload":"{}"}})", std::string(5U << 20U, 'A'));
  CHECK(numbers(large + "\n" + large).contains("larger than the 8 MiB"));
}

}  // namespace
}  // namespace sluice::evidence
