#include "replay/looks.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "testing/seeded_random.h"

namespace sluice::replay {
namespace {

using testing::SeededRandom;

PartHeader header_with(std::uint32_t servers) {
  return {.delivery = DeliveryId{"D-2"},
          .environment = EnvironmentName{"production"},
          .part = 3,
          .seq = 41,
          .at = Tick{1'700'000'000'000},
          .servers = servers,
          .counted = true};
}

bool same(const judge::Batch& one, const judge::Batch& other) {
  return one.canary == other.canary && one.baseline == other.baseline &&
         one.latencies == other.latencies && one.canary_groups == other.canary_groups &&
         one.baseline_groups == other.baseline_groups;
}

bool same(const GaugeSample& one, const GaugeSample& other) {
  return one.at == other.at &&
         std::ranges::equal(one.gauges, other.gauges, [](const GaugeValues& a, const auto& b) {
           return a.name == b.name && a.by_slot == b.by_slot;
         });
}

bool same(const Look& one, const Look& other) {
  if (one.heard.has_value() != other.heard.has_value()) return false;
  if (one.heard &&
      (one.heard->live != other.heard->live || one.heard->trouble != other.heard->trouble ||
       one.heard->over_ms != other.heard->over_ms || !same(one.heard->batch, other.heard->batch))) {
    return false;
  }
  if (one.gauges.has_value() != other.gauges.has_value()) return false;
  if (one.gauges && !same(*one.gauges, *other.gauges)) return false;
  return one.at == other.at && one.seq == other.seq && one.surroundings == other.surroundings &&
         one.fingerprint == other.fingerprint;
}

Counts counted(SeededRandom& random, std::int64_t requests) {
  return {requests, random.binomial(requests, 0.01), random.binomial(requests, 0.005)};
}

// Of the requests that ended, about as many as were counted.
void count_latencies(SeededRandom& random, const judge::Settings& settings, judge::Batch& batch) {
  const auto count = [&](judge::Ended& ended, std::int64_t requests) {
    ended.requests = requests;
    for (std::size_t q = 0; q < judge::kQuantiles; ++q) {
      ended.over[q] = random.binomial(requests, judge::kExceeding[q]);
    }
  };
  judge::Exceedances& all = batch.latencies;
  count(all.canary, batch.canary.requests + (random.chance(0.1) ? random.below(3) : 0));
  count(all.baseline, random.chance(0.1) ? 0 : batch.baseline.requests);
  for (int g = 0; all.canary.requests > 0 && g < judge::canary_entries(settings); ++g) {
    count(all.canary_groups[g], random.chance(0.9) ? batch.canary_groups[g].requests : 0);
  }
  batch = judge::sound(batch, settings);
}

// Divided into the groups of each division, or not quite, as strangers' counts may be.
judge::Batch batch_of(SeededRandom& random, const judge::Settings& settings, double requests) {
  judge::Batch batch;
  for (int g = 0; g < judge::canary_entries(settings); ++g) {
    batch.canary_groups[g] = counted(random, random.poisson(requests / 100));
    if (g < settings.groups) judge::grow(batch.canary, batch.canary_groups[g]);
  }
  for (int g = 0; g < judge::baseline_entries(settings); ++g) {
    batch.baseline_groups[g] = counted(random, random.poisson(requests / 8));
    if (g < settings.baseline_groups) judge::grow(batch.baseline, batch.baseline_groups[g]);
  }
  return judge::sound(batch, settings);
}

std::vector<Look> looks_of(std::uint64_t seed, const PartHeader& header, int number) {
  SeededRandom random(seed);
  const judge::Settings settings =
      judge::settings_of(Plan{}, EnvironmentPlan{}, seating_of(header));
  std::vector<Look> looks;
  Tick at = header.at;
  std::uint64_t seq = header.seq;
  judge::OverMs over_ms = judge::kNoThresholds;
  for (int i = 0; i < number; ++i) {
    if (random.chance(0.01)) over_ms = {random.below(20), 40, 300, 300 + random.below(100'000)};
    Look look{.at = at, .seq = seq, .surroundings = "{}"};
    if (!random.chance(0.01)) {
      look.heard = judge::Heard{.batch = batch_of(random, settings, random.chance(0.3) ? 0 : 20),
                                .over_ms = over_ms,
                                .live = !random.chance(0.02)};
      if (over_ms != judge::kNoThresholds) count_latencies(random, settings, look.heard->batch);
      if (!look.heard->live) look.heard->trouble = "the log stream is silent";
    }
    if (random.chance(0.05)) look.surroundings = "{\"effects\":" + std::to_string(i % 3) + "}";
    if (random.chance(0.02)) look.fingerprint = random.next();
    if (header.gauges && random.chance(0.05)) {
      look.gauges = GaugeSample{at + -random.below(3'000), {{"waiting", {}}, {"", {}}}};
      for (GaugeValues& one : look.gauges->gauges) {
        for (auto& values : one.by_slot) {
          values.assign(static_cast<std::size_t>(random.below(kGaugeUnitsMost + 1)), random.unit());
        }
      }
    }
    if (random.chance(0.02)) seq += 1 + static_cast<std::uint64_t>(random.below(4));
    at = at + random.below(4);
    if (random.chance(0.001)) at = at + (random.chance(0.5) ? 1 : -1) * kDayMs;  // a clock is set
    looks.push_back(look);
  }
  return looks;
}

std::string written(const PartHeader& header, const std::vector<Look>& looks, std::size_t block) {
  LookWriter writer(header);
  std::string bytes;
  for (const Look& look : looks) {
    const bool kept = writer.write(look);
    REQUIRE(kept);
    if (writer.waiting() >= block) bytes += writer.take();
  }
  return bytes + writer.take();
}

std::size_t readable(std::string_view bytes) {
  Result<LookReader> reader = LookReader::open(bytes);
  if (!reader) return 0;
  std::size_t looks = 0;
  for (auto next = reader->next(); next && *next; next = reader->next()) ++looks;
  return looks;
}

// All of them, and nothing behind. Returns the header.
PartHeader check_read(std::string_view bytes, const std::vector<Look>& looks) {
  Result<LookReader> reader = LookReader::open(bytes);
  REQUIRE(reader);
  for (const Look& look : looks) {
    const auto read = reader->next();
    REQUIRE(read);
    REQUIRE(read->has_value());
    REQUIRE(same(**read, look));
  }
  const auto end = reader->next();
  REQUIRE(end);
  CHECK_FALSE(end->has_value());
  return reader->header();
}

}  // namespace

TEST_CASE("looks: what was written is read, whatever was seen") {
  for (const std::uint32_t servers : {1U, 5U, 16U, 100U}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const PartHeader header = header_with(servers);
      const std::vector<Look> looks = looks_of(seed, header, 3'000);
      CHECK(check_read(written(header, looks, 500), looks) == header);
    }
  }
}

TEST_CASE("looks: samples of gauges come back to the last bit") {
  PartHeader header = header_with(5);
  header.gauges = true;
  const std::vector<Look> looks = looks_of(12, header, 2'000);
  CHECK(check_read(written(header, looks, 500), looks) == header);
}

TEST_CASE("looks: a sample that no source may bring, or that none was said to bring, is not kept") {
  PartHeader header = header_with(5);
  Look look{.at = header.at, .seq = 41, .gauges = GaugeSample{header.at, {}}};
  CHECK_FALSE(LookWriter(header).write(look));
  header.gauges = true;
  CHECK(LookWriter(header).write(look));
  look.gauges->gauges.resize(1);
  look.gauges->gauges[0].by_slot[1].resize(kGaugeUnitsMost + 1);
  CHECK_FALSE(LookWriter(header).write(look));
  look.gauges->gauges.assign(kGaugesMost + 1, {});
  CHECK_FALSE(LookWriter(header).write(look));
}

TEST_CASE("looks: a look at which nothing is new takes less than a byte") {
  LookWriter writer(header_with(5));
  Look look{.at = header_with(5).at, .seq = 41, .heard = judge::Heard{.live = true}};
  std::string bytes;
  for (int i = 0; i < 10'000; ++i) {
    look.at = look.at + 2;
    const bool kept = writer.write(look);
    REQUIRE(kept);
  }
  CHECK(writer.take().size() < 10'000);
}

TEST_CASE("looks: of bytes that were cut off the whole blocks are read, and the end is noticed") {
  const std::vector<Look> looks = looks_of(7, header_with(5), 1'000);
  const std::string bytes = written(header_with(5), looks, 300);
  CHECK(readable(bytes) == looks.size());
  std::size_t before = 0;
  for (std::size_t size = 200; size < bytes.size(); size += 97) {
    const std::size_t now = readable(std::string_view(bytes).substr(0, size));
    CHECK(now >= before);
    CHECK(now < looks.size());
    before = now;
  }
}

TEST_CASE("looks: a byte that was changed costs its block and what follows, and never more") {
  const std::vector<Look> looks = looks_of(8, header_with(5), 500);
  const std::string bytes = written(header_with(5), looks, 300);
  const std::size_t begin = bytes.find('\n') + 1;
  for (std::size_t at = begin; at < bytes.size(); at += 13) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    CHECK(readable(changed) < looks.size());
  }
}

TEST_CASE("looks: a text that is too long is not kept, and nothing is written of its look") {
  LookWriter writer(header_with(5));
  (void)writer.take();
  CHECK_FALSE(writer.write(
      {.at = header_with(5).at, .seq = 41, .surroundings = std::string(kTextBytesMost + 1, 'x')}));
  CHECK(writer.take().empty());
}

TEST_CASE("looks: what does not begin as a part does is refused") {
  CHECK_FALSE(LookReader::open(""));
  CHECK_FALSE(LookReader::open("sluice-counts/3 {}\n"));
  CHECK_FALSE(LookReader::open("sluice-counts/2 {}\n"));
  CHECK_FALSE(LookReader::open("sluice-counts/4 {\"delivery\":\"D-1\"}\n"));
  CHECK_FALSE(LookReader::open("sluice-counts/1 {}\n"));
  CHECK_FALSE(LookReader::open("sluice-counts/1 {\"delivery\":\"D-1\"}"));
}

// What the first version wrote: three looks, in hexadecimal.
constexpr std::string_view kHeaderOfOld =
    R"(sluice-counts/1 {"delivery":"D-7","environment":"production","part":1,"continues":false,)"
    R"("seq":9,"at_unix_ms":1000,"servers":1,"sticky":false,"counted":true})"
    "\n";
constexpr std::string_view kLooksOfOld =
    "033d4b70502a5bcf6fa3fffffc00000000000000a2c8091a2b3c4d5e6f7f1c0880ffffff0000000000000028ffffff"
    "000000000000001e00d00d15fe73696c656e7400";

// The same looks, by the second version, with latencies in the second; of no group.
constexpr std::string_view kLooksOfSecond =
    "0354a4431c6259e7b7d1fffffe00000000000000516ffffff80000000000000146b7df7fff7e4048d159e26af3"
    "7bf8e04407fffff80000000000000147fffff800000000000000f00680346fffffbd3457f9cda5b195b9d00000";

// And by the version of today, with the latencies of the groups.
constexpr std::string_view kLooksOfNow =
    "0355cc60bd8d59e7b7d1fffffe00000000000000516ffffff80000000000000146b7df7fff7e4048d159e26af3"
    "7bf8e04407fffff80000000000000147fffff800000000000000f0068034dfffff7a0d01a2bfce6d2d8cadce8000";

std::string bytes_of(std::string_view hexadecimal) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
    bytes.push_back(
        static_cast<char>(std::stoi(std::string(hexadecimal.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string hexadecimal_of(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::vector<Look> three_looks() {
  Look look{.at = Tick{1'000}, .seq = 9, .heard = judge::Heard{.live = true}, .surroundings = "{}"};
  std::vector<Look> looks{look};
  look.at = Tick{1'020};
  judge::Batch& batch = look.heard->batch;
  batch.canary = {3, 1, 0};
  batch.canary_groups[2] = {3, 1, 0};
  batch.baseline = {40, 0, 2};
  batch.baseline_groups[0] = {30, 0, 1};
  batch.baseline_groups[7] = {10, 0, 1};
  look.fingerprint = 0x0123456789abcdefU;
  looks.push_back(look);
  look.at = Tick{1'040};
  look.fingerprint.reset();
  look.heard = judge::Heard{.live = false, .trouble = "silent"};
  looks.push_back(look);
  return looks;
}

TEST_CASE("looks: a part that the first version wrote is read, and had no latencies") {
  check_read(std::string(kHeaderOfOld) + bytes_of(kLooksOfOld), three_looks());
}

std::vector<Look> three_looks_with_latencies() {
  std::vector<Look> looks = three_looks();
  looks[1].heard->over_ms = {20, 43, 191, 1'023};
  looks[1].heard->batch.latencies = {{3, {2, 1, 0, 0}}, {39, {21, 4, 1, 0}}};
  looks[2].heard->over_ms = looks[1].heard->over_ms;
  return looks;
}

TEST_CASE("looks: a part that the second version wrote is read, and had latencies of no group") {
  std::string header(kHeaderOfOld);
  header[std::string_view("sluice-counts/").size()] = '2';
  check_read(header + bytes_of(kLooksOfSecond), three_looks_with_latencies());
}

TEST_CASE("looks: the bytes are these, thresholds and what was over them included") {
  std::vector<Look> looks = three_looks_with_latencies();
  looks[1].heard->batch.latencies.canary_groups[2] = {3, {2, 1, 0, 0}};
  const PartHeader header{.delivery = DeliveryId{"D-7"},
                          .environment = EnvironmentName{"production"},
                          .part = 1,
                          .seq = 9,
                          .at = Tick{1'000},
                          .servers = 1,
                          .counted = true};
  const std::string bytes = written(header, looks, 1'000);
  CHECK(hexadecimal_of(std::string_view(bytes).substr(bytes.find('\n') + 1)) == kLooksOfNow);
  check_read(bytes, looks);
}

}  // namespace sluice::replay
