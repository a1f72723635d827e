// Kept counts: any bytes are looks or are not, and what is read of them is within bounds. Once as a
// whole part, and once as the inside of a block whose check is right, for no mutation would make
// it.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "replay/looks.h"
#include "replay/surroundings.h"

namespace {

constexpr std::array<std::string_view, 3> kVersions{"sluice-counts/1 ", "sluice-counts/2 ",
                                                    "sluice-counts/3 "};
constexpr std::string_view kHeader =
    R"({"delivery":"D-1","environment":"production","part":1,"continues":false,)"
    R"("seq":7,"at_unix_ms":1700000000000,"servers":5,"sticky":false,"counted":true)";
constexpr std::string_view kWithGauges = R"(,"gauges":true)";
constexpr int kLooksMost = 20'000;
constexpr int kSamplesHeard = 4;  // of one input: the largest take milliseconds

bool is_sound(const sluice::judge::Ended& ended) {
  return std::ranges::all_of(
      ended.over, [&](std::int64_t over) { return over >= 0 && over <= ended.requests; });
}

bool is_sound(const sluice::Counts& counts) {
  return counts.requests >= 0 && counts.errors >= 0 && counts.over_target >= 0;
}

void check(const sluice::GaugeSample& sample) {
  if (sample.gauges.size() > sluice::kGaugesMost) std::abort();
  for (const sluice::GaugeValues& gauge : sample.gauges) {
    for (const std::vector<double>& values : gauge.by_slot) {
      if (values.size() > sluice::kGaugeUnitsMost) std::abort();
    }
  }
}

// Whatever the values are, the judge can hear them.
void hear(const sluice::GaugeSample& sample) {
  sluice::judge::GaugeHearing hearing({.use = sluice::BaselineUse::rollback});
  for (const std::int64_t minute : {0, 1}) {
    hearing.follow({.concurrent = true, .share = 0.1, .met = true},
                   sluice::Tick{minute * sluice::kMinuteMs});
    hearing.hear(sample);
  }
  if (hearing.describe().empty()) std::abort();
}

void check(const sluice::replay::Look& look) {
  if (look.surroundings.size() > sluice::replay::kTextBytesMost) std::abort();
  sluice::Observation seen;
  (void)sluice::replay::surround(seen, look.surroundings);
  if (look.gauges) check(*look.gauges);
  if (!look.heard) return;
  for (const sluice::Counts& one : look.heard->batch.canary_groups) {
    if (!is_sound(one)) std::abort();
  }
  for (const sluice::Counts& one : look.heard->batch.baseline_groups) {
    if (!is_sound(one)) std::abort();
  }
  const sluice::judge::Exceedances& ended = look.heard->batch.latencies;
  if (!is_sound(ended.canary) || !is_sound(ended.baseline)) std::abort();
  for (const sluice::judge::Ended& one : ended.canary_groups) {
    if (!is_sound(one)) std::abort();
  }
  if (!is_sound(look.heard->batch.canary) || !is_sound(look.heard->batch.baseline)) std::abort();
}

void read(std::string_view bytes) {
  auto reader = sluice::replay::LookReader::open(bytes);
  if (!reader) return;
  int looks = 0;
  int heard = 0;
  for (auto look = reader->next(); look && *look && looks < kLooksMost; look = reader->next()) {
    check(**look);
    if ((*look)->gauges && ++heard <= kSamplesHeard) hear(*(*look)->gauges);
    ++looks;
  }
}

std::string in_a_block(std::string_view version, std::string_view payload,
                       std::string_view more_of_header = {}) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char byte : payload) hash = (hash ^ static_cast<unsigned char>(byte)) * 16'777'619U;
  std::string out = std::string(version) + std::string(kHeader) + std::string(more_of_header);
  out += "}\n";
  out += "\xff\x7f";  // 16,383 looks: more than there are
  for (std::size_t size = payload.size(); true; size >>= 7U) {
    out.push_back(static_cast<char>((size & 127U) | (size >= 128 ? 128U : 0U)));
    if (size < 128) break;
  }
  for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<char>(hash >> (8 * i)));
  return out.append(payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  for (const std::string_view version : kVersions) read(in_a_block(version, bytes));
  read(in_a_block(kVersions.back(), bytes, kWithGauges));
  return 0;
}
