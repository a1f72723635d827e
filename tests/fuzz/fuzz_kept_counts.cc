// Kept counts: any bytes are looks or are not, and what is read of them is within bounds. Once as a
// whole part, and once as the inside of a block whose check is right, for no mutation would make
// it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "replay/looks.h"
#include "replay/surroundings.h"

namespace {

constexpr std::string_view kOld = "sluice-counts/1 ";
constexpr std::string_view kNow = "sluice-counts/2 ";
constexpr std::string_view kWithGauges = "sluice-counts/3 ";
constexpr std::string_view kHeader =
    R"({"delivery":"D-1","environment":"production","part":1,"continues":false,)"
    R"("seq":7,"at_unix_ms":1700000000000,"servers":5,"sticky":false,"counted":true})"
    "\n";
constexpr int kLooksMost = 20'000;

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
  // Whatever they are, the judge can hear them.
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
  for (const std::int64_t over : ended.canary_over) {
    if (over < 0 || over > ended.canary) std::abort();
  }
  for (const std::int64_t over : ended.baseline_over) {
    if (over < 0 || over > ended.baseline) std::abort();
  }
  if (!is_sound(look.heard->batch.canary) || !is_sound(look.heard->batch.baseline)) std::abort();
}

void read(std::string_view bytes) {
  auto reader = sluice::replay::LookReader::open(bytes);
  if (!reader) return;
  int looks = 0;
  for (auto look = reader->next(); look && *look && looks < kLooksMost; look = reader->next()) {
    check(**look);
    ++looks;
  }
}

std::string in_a_block(std::string_view version, std::string_view payload) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char byte : payload) hash = (hash ^ static_cast<unsigned char>(byte)) * 16'777'619U;
  std::string out = std::string(version) + std::string(kHeader);
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
  read(in_a_block(kOld, bytes));
  read(in_a_block(kNow, bytes));
  read(in_a_block(kWithGauges, bytes));
  return 0;
}
