#include "adapters/prometheus/prometheus_gauges.h"

#include <chrono>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "net/test_server.h"

using namespace sluice;
using net::Request;
using net::Response;
using prometheus::PrometheusGauges;

namespace {

constexpr Tick kStart{1'000'000};
constexpr std::int64_t kIntervalMs = 1'000;

std::string series(const std::string& name, const std::string& value) {
  return fmt::format(R"({{"metric":{{"process":"{}"}},"value":[1795726706.303,"{}"]}})", name,
                     value);
}

Response vector_of(const std::string& all, const std::string& more = "") {
  return {
      .body = fmt::format(
          R"({{"status":"success","data":{{"resultType":"vector","result":[{}]}}{}}})", all, more)};
}

// A Prometheus that answers each query with what it was told. What it cannot be asked so is 400.
class FakePrometheus {
 public:
  FakePrometheus() : server_([this](const Request& request) { return answer(request); }) {
    say("time()", {.body = R"({"status":"success","data":{"resultType":"scalar",)"
                           R"("result":[1795726706.303,"1795726706.303"]}})"});
    say("queue a", vector_of(series("a2", "4") + "," + series("a1", "0.5")));
    say("queue b", vector_of(series("b1", "7")));
  }

  void say(const std::string& query, Response response) {
    const std::lock_guard lock(mutex_);
    answers_[query] = std::move(response);
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  void stop() { server_.stop(); }
  [[nodiscard]] PrometheusSpec spec() const {
    return {.url = server_.url() + "/prom/",
            .token_file = {},
            .interval_ms = kIntervalMs,
            .gauges = {{.name = "requests waiting", .query = "queue {slot}"}}};
  }

 private:
  Response answer(const Request& request) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request.body);
    const bool right = request.method == "POST" && request.target == "/prom/api/v1/query" &&
                       request.headers.at("content-type") == "application/x-www-form-urlencoded";
    for (const auto& [query, response] : answers_) {
      if (right && request.body.starts_with("query=" + net::percent_encoded(query) + "&")) {
        return response;
      }
    }
    return {.status = 400, .body = R"({"status":"error","error":"nobody knows that"})"};
  }

  std::mutex mutex_;
  std::map<std::string, Response> answers_;
  std::vector<std::string> asked_;
  net::TestServer server_;  // last: it answers from the moment it is there
};

// Takes at the same tick until the state is as wanted, for at most 3 seconds.
template <class Wanted>
GaugeState take_until(PrometheusGauges& gauges, Tick now, Wanted wanted) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  GaugeState state = gauges.take(now);
  while (!wanted(state) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    state = gauges.take(now);
  }
  return state;
}

GaugeState take_sample(PrometheusGauges& gauges, Tick now) {
  return take_until(gauges, now, [](const GaugeState& state) { return state.sample.has_value(); });
}

GaugeState take_trouble(PrometheusGauges& gauges, Tick now) {
  return take_until(gauges, now, [](const GaugeState& state) {
    return !state.trouble.empty() && !state.trouble.contains("has not answered yet");
  });
}

// What is said where slot b is answered so.
std::string said_of_b(const Response& response) {
  FakePrometheus fake;
  fake.say("queue b", response);
  PrometheusGauges gauges(fake.spec(), 2);
  const GaugeState state = take_sample(gauges, kStart);
  REQUIRE(state.sample);
  CHECK(!state.live);
  CHECK(state.sample->gauges.at(0).by_slot[0] == std::vector<double>{0.5, 4});
  CHECK(state.sample->gauges.at(0).by_slot[1].empty());
  return state.trouble;
}

}  // namespace

TEST_CASE("prometheus gauges: a sample of both slots, in the order of the series, once") {
  FakePrometheus fake;
  PrometheusGauges gauges(fake.spec(), 2);
  const GaugeState before = gauges.take(kStart);
  CHECK(!before.live);
  CHECK(before.trouble.contains("has not answered yet"));

  const GaugeState state = take_sample(gauges, kStart);
  REQUIRE(state.sample);
  CHECK(state.live);
  CHECK(state.trouble.empty());
  CHECK(state.sample->at == kStart);
  REQUIRE(state.sample->gauges.size() == 1);
  CHECK(state.sample->gauges[0].name == "requests waiting");
  CHECK(state.sample->gauges[0].by_slot[0] == std::vector<double>{0.5, 4});
  CHECK(state.sample->gauges[0].by_slot[1] == std::vector<double>{7});
  CHECK(!gauges.take(kStart + 1).sample);
  CHECK(gauges.take(kStart + 1).live);
}

TEST_CASE("prometheus gauges: both slots are asked about one moment, by the server's own clock") {
  FakePrometheus fake;
  PrometheusGauges gauges(fake.spec(), 2);
  take_sample(gauges, kStart);
  const std::vector<std::string> asked = fake.asked();
  REQUIRE(asked.size() == 3);
  CHECK(asked[0] == "query=time%28%29&timeout=0.900");
  for (const std::size_t i : {1U, 2U}) {
    CHECK(asked[i].ends_with("&timeout=0.900&time=1795726706.303&limit=3"));
  }
}

TEST_CASE("prometheus gauges: asked again after the interval, and not before") {
  FakePrometheus fake;
  PrometheusGauges gauges(fake.spec(), 2);
  take_sample(gauges, kStart);
  for (int i = 0; i < 20; ++i) CHECK(!gauges.take(kStart + (kIntervalMs - 1)).sample);
  CHECK(fake.asked().size() == 3);
  const GaugeState state = take_sample(gauges, kStart + kIntervalMs);
  REQUIRE(state.sample);
  CHECK(state.sample->at == kStart + kIntervalMs);
}

TEST_CASE("prometheus gauges: what spoils a slot is told with the gauge and what to change") {
  CHECK(
      said_of_b(vector_of("")).starts_with("gauge `requests waiting`, slot b: there is no series"));
  CHECK(said_of_b(vector_of(series("b1", "NaN"))).contains("clamp_min"));
  CHECK(said_of_b({.status = 422, .body = R"({"status":"error","error":"too many samples"})"}) ==
        "gauge `requests waiting`, slot b: Prometheus says `too many samples`");
  CHECK(said_of_b(vector_of(series("1", "1") + "," + series("2", "1") + "," + series("3", "1")))
            .contains("there are more than 2 series, and each is to be one process"));
  CHECK(
      said_of_b(vector_of(series("b1", "1"), R"(,"warnings":["partial"])")).contains("`partial`"));
  CHECK(said_of_b({.body = std::string(codec::kPrometheusBytesMax + 1, ' ')})
            .contains("answers with more than 1048576 bytes"));
}

TEST_CASE("prometheus gauges: a series in both slots is no comparison") {
  FakePrometheus fake;
  fake.say("queue b", vector_of(series("b1", "7") + "," + series("a1", "3")));
  PrometheusGauges gauges(fake.spec(), 2);
  const GaugeState state = take_trouble(gauges, kStart);
  CHECK(state.trouble.starts_with(
      R"(gauge `requests waiting`: the series {process="a1"} is in the answers about both slots)"));
  CHECK(!state.sample);
}

TEST_CASE("prometheus gauges: one gauge in trouble leaves the others, and ends being live") {
  FakePrometheus fake;
  PrometheusSpec spec = fake.spec();
  spec.gauges.push_back({.name = "memory", .query = "rss {slot}"});
  PrometheusGauges gauges(spec, 2);
  GaugeState state = take_sample(gauges, kStart);
  REQUIRE(state.sample);
  CHECK(state.trouble == "gauge `memory`: Prometheus says `nobody knows that`");
  CHECK(!state.live);
  REQUIRE(state.sample->gauges.size() == 2);
  CHECK(state.sample->gauges[0].by_slot[1].size() == 1);
  CHECK(state.sample->gauges[1].name == "memory");
  CHECK(state.sample->gauges[1].by_slot[0].empty());

  fake.say("rss a", vector_of(series("a1", "1")));
  fake.say("rss b", vector_of(series("b1", "1")));
  state = take_sample(gauges, kStart + kIntervalMs);
  CHECK(state.live);
  CHECK(state.trouble.empty());
}

TEST_CASE("prometheus gauges: a server that is gone is not live after three intervals") {
  FakePrometheus fake;
  PrometheusGauges gauges(fake.spec(), 2);
  take_sample(gauges, kStart);
  const std::string silent = "Prometheus at " + fake.spec().url + " does not answer";
  fake.stop();
  CHECK(gauges.take(kStart + 3 * kIntervalMs).live);
  const GaugeState state =
      take_until(gauges, kStart + (3 * kIntervalMs + 1),
                 [&](const GaugeState& seen) { return seen.trouble == silent; });
  CHECK(!state.live);
  CHECK(state.trouble == silent);
}

TEST_CASE("prometheus gauges: the token is read each time, sent, and never shown") {
  const net::TestFolder folder;
  std::mutex mutex;
  std::string wanted = "s3cret";
  const net::TestServer server([&](const Request& request) {
    const std::lock_guard lock(mutex);
    const auto found = request.headers.find("authorization");
    const bool right = found != request.headers.end() && found->second == "Bearer " + wanted;
    return right ? vector_of(series("x", "1")) : Response{.status = 401, .body = "s3cret?"};
  });
  const auto write = [&](const std::string& text) {
    std::ofstream(folder / "token", std::ios::trunc) << text;
  };
  const auto spec = [&] {
    return PrometheusSpec{.url = server.url(),
                          .token_file = folder / "token",
                          .interval_ms = kIntervalMs,
                          .gauges = {{.name = "g", .query = "g{slot}"}}};
  };
  const auto said = [&] {
    PrometheusGauges gauges(spec(), 2);
    std::string trouble = take_trouble(gauges, kStart).trouble;
    CHECK(!trouble.contains("s3cret"));
    return trouble;
  };
  CHECK(said().ends_with("token cannot be read"));
  write(" \n");
  CHECK(said().ends_with("token is empty"));
  write("two\ns3crets");
  CHECK(said().contains("control characters"));
  write("wrong s3cret");
  CHECK(said().contains("we may not ask (HTTP 401): `token_file`"));
  write("s3cret\n");
  CHECK(said().contains("does not say what time it is"));  // it was let in
}

TEST_CASE("prometheus gauges: what is no Prometheus is told as such") {
  const net::TestServer server([](const Request&) {
    return Response{.status = 200, .content_type = "text/html", .body = "<html>\x1b[1m"};
  });
  PrometheusGauges gauges({.url = server.url(),
                           .token_file = {},
                           .interval_ms = kIntervalMs,
                           .gauges = {{.name = "g", .query = "g{slot}"}}},
                          2);
  const std::string trouble = take_trouble(gauges, kStart).trouble;
  CHECK(trouble.contains("is `url` that of a Prometheus?"));
  CHECK(!trouble.contains('\x1b'));
}

TEST_CASE("prometheus gauges: looked at once, in words") {
  FakePrometheus fake;
  CHECK(PrometheusGauges(fake.spec(), 2).look(3'000) ==
        std::vector<std::string>{
            "requests waiting: 2 processes of slot a (0.5 to 4), 1 process of slot b (7)"});
  fake.say("queue b", vector_of(series("b1", "20152320") + "," + series("b2", "20176896")));
  CHECK(PrometheusGauges(fake.spec(), 2)
            .look(3'000)
            .at(0)
            .ends_with(", 2 processes of slot b (20,200,000)"));
  fake.say("queue b", vector_of(""));
  CHECK(PrometheusGauges(fake.spec(), 2).look(3'000).at(0).ends_with(", none of slot b"));
  fake.say("queue b", vector_of(series("b1", "NaN")));
  CHECK(PrometheusGauges(fake.spec(), 2)
            .look(3'000)
            .at(0)
            .starts_with("gauge `requests waiting`, slot b: the series"));
  const PrometheusSpec spec = fake.spec();
  fake.stop();
  CHECK(PrometheusGauges(spec, 2).look(3'000) ==
        std::vector<std::string>{"Prometheus at " + spec.url + " does not answer"});
}
