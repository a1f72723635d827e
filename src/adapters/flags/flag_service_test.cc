#include "adapters/flags/flag_service.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "net/test_server.h"

namespace sluice::flags {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPatienceMs = 20'000;  // of a busy machine; an answer takes milliseconds

// A folder for one test.
class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "sluice-flags-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  fs::path path_;
};

FlagSpec spec(FlagProtocol protocol, std::string where) {
  return {.protocol = protocol, .where = std::move(where)};
}

FlagStanding standing(const FlagAnswers& answers) {
  REQUIRE(answers.flags.size() == 1);
  return answers.flags.front().standing;
}

TEST_CASE("flag service: a flagd file is read anew for each question") {
  const Folder folder;
  const auto define = [&](std::string_view variant) {
    return folder.write("flags.json",
                        R"({"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},)"
                        R"("defaultVariant":")" +
                            std::string(variant) + "\"}}}");
  };
  FlagService service(spec(FlagProtocol::flagd, define("off")));
  CHECK(standing(service.ask({"a"}, kPatienceMs)) == FlagStanding::off);

  (void)define("on");
  CHECK(standing(service.ask({"a"}, kPatienceMs)) == FlagStanding::on);
  CHECK(service.ask({"a"}, kPatienceMs).source.starts_with("flagd's file /"));
}

TEST_CASE("flag service: a flagd file that is no file is trouble") {
  const Folder folder;
  for (const std::string& path : {folder.write("x", "") + ".none", std::string("/dev/zero"),
                                  std::string("/"), folder.write("empty", "")}) {
    CAPTURE(path);
    FlagService service(spec(FlagProtocol::flagd, path));
    CHECK_FALSE(service.ask({"a"}, kPatienceMs).trouble.empty());
  }
}

TEST_CASE("flag service: OFREP is asked about each flag, with the context and the token") {
  const Folder folder;
  std::atomic<int> asked = 0;
  const net::TestServer server([&](const net::Request& request) {
    ++asked;
    const bool right = request.method == "POST" &&
                       request.headers.at("authorization") == "Bearer s3cret" &&
                       request.body == R"({"context":{"country":"DE","targetingKey":"sluice"}})";
    if (!right) return net::Response{.status = 400, .body = "{}"};
    if (request.target == "/base/ofrep/v1/evaluate/flags/a%2Fb%20c") {
      return net::Response{.body = R"({"key":"a/b c","value":false,"reason":"STATIC"})"};
    }
    return net::Response{.status = 404, .body = R"({"key":"d","errorCode":"FLAG_NOT_FOUND"})"};
  });
  FlagSpec with = spec(FlagProtocol::ofrep, server.url() + "/base/");
  with.token_file = folder.write("token", "s3cret\n");
  with.context = {{"country", "DE"}};
  FlagService service(with);
  const FlagAnswers answers = service.ask({"a/b c", "d"}, kPatienceMs);

  CHECK(answers.trouble == "");
  REQUIRE(answers.flags.size() == 2);
  CHECK(answers.flags[0].standing == FlagStanding::off);
  CHECK(answers.flags[1].standing == FlagStanding::missing);
  CHECK(asked == 2);
}

TEST_CASE("flag service: Unleash is asked once, and its environment is compared") {
  const net::TestServer server([](const net::Request& request) {
    if (request.target != "/api/client/features") return net::Response{.status = 404};
    return net::Response{.body = R"({"features":[{"name":"a","enabled":false,"strategies":[]}],)"
                                 R"("query":{"environment":"production"}})"};
  });
  FlagSpec with = spec(FlagProtocol::unleash, server.url() + "/api");
  CHECK(standing(FlagService(with).ask({"a"}, kPatienceMs)) == FlagStanding::off);

  with.context = {{"environment", "development"}};
  CHECK(FlagService(with).ask({"a"}, kPatienceMs).trouble.contains("`production`"));
}

TEST_CASE("flag service: silence, refusals and tokens that are not there are told, never shown") {
  const Folder folder;
  FlagSpec silent = spec(FlagProtocol::ofrep, "http://127.0.0.1:1");
  CHECK(standing(FlagService(silent).ask({"a"}, kPatienceMs)) == FlagStanding::unknown);
  CHECK(FlagService(silent).ask({"a"}, kPatienceMs) == FlagService(silent).ask({"a"}, kPatienceMs));

  silent.protocol = FlagProtocol::unleash;
  CHECK(FlagService(silent).ask({"a"}, kPatienceMs).trouble == "the service does not answer");

  silent.token_file = folder.write("token", "two\nlines s3cret");
  const FlagAnswers refused = FlagService(silent).ask({"a"}, kPatienceMs);
  CHECK_FALSE(refused.trouble.empty());
  CHECK_FALSE(refused.trouble.contains("s3cret"));

  silent.token_file = folder.write("token", "");
  CHECK(FlagService(silent).ask({"a"}, kPatienceMs).trouble.contains("is empty"));
}

TEST_CASE("flag service: polled, it answers when there is an answer, and forgets an old one") {
  std::atomic<bool> answers = true;
  const net::TestServer server([&](const net::Request&) {
    if (!answers) return net::Response{.status = 503};
    return net::Response{.body = R"({"key":"a","value":false,"reason":"STATIC"})"};
  });
  FlagService service(spec(FlagProtocol::ofrep, server.url()));
  Tick now{1'000'000};
  std::optional<FlagAnswers> last;
  while (!last) last = service.poll({"a"}, now);
  CHECK(standing(*last) == FlagStanding::off);

  answers = false;
  CHECK(standing(service.poll({"a"}, now).value()) == FlagStanding::off);  // asked a moment ago
  now = now + 1'000;
  while (standing(service.poll({"a"}, now).value()) == FlagStanding::off) {
  }
  CHECK(standing(service.poll({"a"}, now).value()) == FlagStanding::unknown);
  const auto other = service.poll({"b"}, now);
  CHECK((!other || other->flags.at(0).name == "b"));
}

TEST_CASE("flag service: too many flags are not asked about") {
  FlagService service(spec(FlagProtocol::ofrep, "http://127.0.0.1:1"));
  std::vector<std::string> names;
  for (int i = 0; i < 201; ++i) names.push_back(std::to_string(i));

  CHECK(service.ask(names, kPatienceMs).trouble.contains("more than 200 flags"));
}

}  // namespace
}  // namespace sluice::flags
