#include "codec/prometheus_answer.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace sluice::codec {
namespace {

std::string vector_of(const std::string& series, const std::string& more = "") {
  return fmt::format(R"({{"status":"success","data":{{"resultType":"vector","result":[{}]}}{}}})",
                     series, more);
}

std::string series(const std::string& server, const std::string& value) {
  return fmt::format(R"({{"metric":{{"__name__":"queue","server":"{}","proxy":"shop_a"}},)"
                     R"("value":[1795726706.303,"{}"]}})",
                     server, value);
}

// What is wrong with an answer.
std::string said(const std::string& body, int status = 200) {
  const auto read = read_prometheus_vector(status, body, 3);
  return read ? "" : read.error().message;
}

TEST_CASE("prometheus: a number for each series, sorted by labels") {
  const auto read =
      read_prometheus_vector(200, vector_of(series("a2", "1e+21") + "," + series("a1", "-0.5")), 3);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[0] == PrometheusSeries{R"({__name__="queue",proxy="shop_a",server="a1"})", -0.5});
  CHECK((*read)[1].value == 1e21);
  CHECK(read_prometheus_vector(200, vector_of(""), 3)->empty());
  const auto bare = read_prometheus_vector(200, vector_of(R"({"metric":{},"value":[1,"7"]})"), 3);
  REQUIRE(bare);
  CHECK(bare->front() == PrometheusSeries{"{}", 7});
}

TEST_CASE("prometheus: different labels are never the same text") {
  const auto labels = [](const std::string& metric) {
    const auto read = read_prometheus_vector(
        200, vector_of(R"({"metric":)" + metric + R"(,"value":[1,"7"]})"), 3);
    REQUIRE(read);
    return read->front().labels;
  };
  CHECK(labels(R"({"a":"1\",b=\"2"})") == R"({a="1\",b=\"2"})");
  CHECK(labels(R"({"a":"1","b":"2"})") == R"({a="1",b="2"})");
  CHECK(labels(R"({"http.status":"1"})") == R"({"http.status"="1"})");
  CHECK(labels(R"({"b":"2","a":"1"})") == R"({a="1",b="2"})");
}

TEST_CASE("prometheus: a series without a finite number spoils the answer, and is named") {
  for (const std::string value : {"NaN", "+Inf", "-Inf"}) {
    CAPTURE(value);
    const std::string why = said(vector_of(series("a1", "1") + "," + series("a2", value)));
    CHECK(why.contains("server=\"a2\""));
    CHECK(why.contains("is " + value));
    CHECK(why.contains("clamp_min"));
  }
  for (const std::string value : {"", "1x", " 1", "0x10", "1e999", "nan", "inf", "1,5"}) {
    CAPTURE(value);
    CHECK(said(vector_of(series("a1", value))).contains("no number"));
  }
  CHECK(said(vector_of(R"({"metric":{},"value":[1,7]})")) == "the series `{}` has no value");
  CHECK(said(vector_of(R"({"metric":{}})")) == "the series `{}` has no value");
  CHECK(said(vector_of(R"({"metric":{},"histogram":[1,{"count":"2"}]})"))
            .contains("histogram_quantile"));
  CHECK(said(vector_of(R"({"value":[1,"7"]})")).contains("no labels"));
  CHECK(said(vector_of("7")).contains("no labels"));
}

TEST_CASE("prometheus: too many series, and the same one twice") {
  const std::string four =
      series("1", "1") + "," + series("2", "1") + "," + series("3", "1") + "," + series("4", "1");
  CHECK(said(vector_of(four)).contains("more than 3 series"));
  CHECK(said(vector_of(four, R"(,"warnings":["results truncated due to limit"])"))
            .contains("more than 3 series"));
  CHECK(said(vector_of(series("a1", "1") + "," + series("a1", "2"))).contains("there twice"));
}

TEST_CASE("prometheus: what is no list of series says what to change in the query") {
  const auto of = [](const std::string& kind, const std::string& result) {
    return said(fmt::format(R"({{"status":"success","data":{{"resultType":"{}","result":{}}}}})",
                            kind, result));
  };
  CHECK(of("scalar", R"([1795726689.806,"1"])").contains("leave out `scalar()`"));
  CHECK(of("matrix", "[]").contains("rate("));
  CHECK(of("string", R"([1,"a"])") ==
        "the query gives a result of the type `string`, not a vector");
  CHECK(of("vector", "{}").contains("not a vector"));
}

TEST_CASE("prometheus: an answer with warnings may lack something; infos are none") {
  CHECK(said(vector_of(series("a1", "1"), R"(,"warnings":["remote `read` \u001b failed"])")) ==
        "the answer may lack something: Prometheus warns `remote 'read' ? failed`");
  CHECK(said(vector_of(series("a1", "1"), R"(,"warnings":[{}])")).contains("in no words"));
  CHECK(said(vector_of(series("a1", "1"), R"(,"warnings":7)")).contains("in no words"));
  CHECK(said(vector_of(series("a1", "1"), R"(,"warnings":[])")).empty());
  CHECK(said(vector_of(series("a1", "1"), R"(,"infos":["might not be a counter"])")).empty());
}

TEST_CASE("prometheus: refusals are told in its own words") {
  CHECK(said(R"({"status":"error","errorType":"bad_data","error":"1:4: parse error"})", 400) ==
        "Prometheus says `1:4: parse error`");
  CHECK(said(R"({"status":"error","errorType":"timeout","error":"query timed out"})", 503) ==
        "Prometheus says `query timed out`");
  CHECK(said(R"({"status":"error","error":"no"})") == "Prometheus says `no`");
  CHECK(said("Unauthorized", 401).contains("`token_file`"));
  CHECK(said("404 page not found", 404).contains("`url`"));
  CHECK(said("<html>", 502) == "the answer is HTTP 502");
  CHECK(said("<html>").contains("no JSON object"));
  CHECK(said("[]").contains("no JSON object"));
  CHECK(said(R"({"status":"success"})").contains("no result"));
  CHECK(said(R"({"status":"success","data":[]})").contains("no result"));
  CHECK(said(std::string(kPrometheusBytesMax + 1, ' ')).contains("no JSON object"));
}

TEST_CASE("prometheus: its own time, as it takes it") {
  const auto time = [](const std::string& result) {
    const auto read = read_prometheus_time(
        200, fmt::format(R"({{"status":"success","data":{{"resultType":"scalar","result":{}}}}})",
                         result));
    return read ? *read : "";
  };
  CHECK(time(R"([1795726689.806,"1795726689.806"])") == "1795726689.806");
  CHECK(time(R"([1795726689,"1795726689"])") == "1795726689.000");
  for (const std::string wrong : {"[]", "{}", "[0]", "[-5]", R"(["7"])", "[1e300]", "7"}) {
    CAPTURE(wrong);
    CHECK(time(wrong).empty());
  }
  CHECK(!read_prometheus_time(401, ""));
}

}  // namespace
}  // namespace sluice::codec
