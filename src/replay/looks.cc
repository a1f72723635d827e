#include "replay/looks.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "codec/archive.h"

namespace sluice::codec {

template <class Archive>
void fields(Archive& archive, Of<Archive, replay::PartHeader>& header) {
  archive("delivery", header.delivery);
  archive("environment", header.environment);
  archive("part", header.part);
  archive("continues", header.continues);
  archive("seq", header.seq);
  archive("at_unix_ms", header.at);
  archive("servers", header.servers);
  archive("sticky", header.sticky);
  archive("counted", header.counted);
  archive.added("gauges", header.gauges);
}

}  // namespace sluice::codec

namespace sluice::replay {
namespace {

// By version, from 1. Of the same length.
constexpr std::array<std::string_view, 3> kMagics{"sluice-counts/1 ", "sluice-counts/2 ",
                                                  "sluice-counts/3 "};
constexpr std::size_t kHeaderBytesMost = 4'096;
constexpr std::size_t kBlockBytesMost = std::size_t{4} << 20U;
constexpr std::uint64_t kLooksMost = std::uint64_t{1} << 20U;  // of a block
constexpr std::size_t kCheckBytes = 4;
// Beyond so many both sides forget the texts and begin anew.
constexpr std::size_t kTextsMost = 1'024;
constexpr std::int64_t kCountMost = std::int64_t{1} << 53;
constexpr std::int64_t kThresholdMost = std::int64_t{1} << 40;

constexpr std::array kKinds{&Counts::requests, &Counts::errors, &Counts::over_target};

std::uint32_t check_of(std::string_view bytes) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 16'777'619U;
  return hash;
}

void add_varint(std::string& out, std::uint64_t value) {
  for (; value >= 128; value >>= 7U) out.push_back(static_cast<char>((value & 127U) | 128U));
  out.push_back(static_cast<char>(value));
}

// Nothing where it is cut off or does not fit.
std::optional<std::uint64_t> take_varint(std::string_view& from) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35 && !from.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 127U) << shift;
    if (byte < 128) return value;
  }
  return std::nullopt;
}

// Of each arm the entries that are used, in their divisions: each adds up to the whole, as a rule.
struct Arm {
  std::size_t number;
  std::array<int, 2> entries;
};

std::array<Arm, 2> arms_of(const judge::Settings& settings) {
  return {Arm{0, {settings.groups, settings.client_groups}},
          Arm{1, {settings.baseline_groups, settings.client_groups}}};
}

template <class Batch>
auto& whole_of(Batch& batch, const Arm& arm) {
  return arm.number == 0 ? batch.canary : batch.baseline;
}
template <class Batch>
auto& group_of(Batch& batch, const Arm& arm, int at) {
  return arm.number == 0 ? batch.canary_groups[static_cast<std::size_t>(at)]
                         : batch.baseline_groups[static_cast<std::size_t>(at)];
}

bool can_be_kept(const GaugeSample& sample) {
  return sample.gauges.size() <= kGaugesMost &&
         std::ranges::all_of(sample.gauges, [](const GaugeValues& gauge) {
           return gauge.name.size() <= kTextBytesMost &&
                  std::ranges::all_of(gauge.by_slot, [](const std::vector<double>& values) {
                    return values.size() <= kGaugeUnitsMost;
                  });
         });
}

Error damaged(std::string_view what) {
  return {ErrorCode::corrupt, fmt::format("the kept counts are damaged: {}", what)};
}

}  // namespace

judge::Seating seating_of(const PartHeader& header) {
  return {static_cast<int>(header.servers), header.sticky, header.counted, header.gauges};
}

LookWriter::Memory::Memory(const PartHeader& header)
    : settings(judge::settings_of(Plan{}, EnvironmentPlan{}, seating_of(header))),
      at(header.at),
      seq(header.seq),
      gauges(header.gauges) {}

std::size_t LookWriter::Memory::remember(const std::string& text) {
  if (texts.size() == kTextsMost) {
    texts.clear();
    numbers.clear();
  }
  numbers.emplace(text, texts.size());
  texts.push_back(text);
  return texts.size() - 1;
}

LookWriter::LookWriter(const PartHeader& header)
    : memory_(header),
      header_(std::string(kMagics.back()) + codec::JsonWriter::object_of(header).dump() + "\n") {}

bool LookWriter::write(const Look& look) {
  const bool long_trouble = look.heard && look.heard->trouble.size() > kTextBytesMost;
  if (long_trouble || look.surroundings.size() > kTextBytesMost) return false;
  if (look.gauges && !(memory_.gauges && can_be_kept(*look.gauges))) return false;
  ++looks_;
  bits_.signed_number(memory_.time, look.at - memory_.at);
  memory_.at = look.at;
  const bool heard_alike =
      look.heard.has_value() == memory_.counted &&
      (!look.heard || (look.heard->live == memory_.live && look.heard->trouble == memory_.trouble &&
                       look.heard->over_ms == memory_.over_ms));
  const bool usual = look.seq == memory_.seq && heard_alike &&
                     look.surroundings == memory_.surroundings && !look.fingerprint && !look.gauges;
  bits_.bit(!usual);
  if (!usual) write_rare(look);
  if (look.heard) {
    const judge::Batch batch = judge::sound(look.heard->batch, memory_.settings);
    write(batch);
    if (memory_.over_ms != judge::kNoThresholds) write_latencies(batch);
  }
  return true;
}

void LookWriter::write_rare(const Look& look) {
  bits_.signed_number(memory_.entry, static_cast<std::int64_t>(look.seq - memory_.seq));
  memory_.seq = look.seq;
  bits_.bit(look.heard.has_value());
  memory_.counted = look.heard.has_value();
  if (look.heard) {
    bits_.bit(look.heard->live);
    memory_.live = look.heard->live;
    bits_.bit(look.heard->trouble != memory_.trouble);
    if (look.heard->trouble != memory_.trouble) write_text(look.heard->trouble);
    memory_.trouble = look.heard->trouble;
    bits_.bit(look.heard->over_ms != memory_.over_ms);
    if (look.heard->over_ms != memory_.over_ms) {
      for (const std::int64_t ms : look.heard->over_ms) bits_.signed_number(memory_.threshold, ms);
    }
    memory_.over_ms = look.heard->over_ms;
  }
  bits_.bit(look.surroundings != memory_.surroundings);
  if (look.surroundings != memory_.surroundings) write_text(look.surroundings);
  memory_.surroundings = look.surroundings;
  bits_.bit(look.fingerprint.has_value());
  if (look.fingerprint) bits_.bits(*look.fingerprint, 64);
  if (!memory_.gauges) return;
  bits_.bit(look.gauges.has_value());
  if (look.gauges) write_gauges(*look.gauges, look.at);
}

void LookWriter::write_gauges(const GaugeSample& sample, Tick now) {
  bits_.signed_number(memory_.sample_time, now - sample.at);
  bits_.number(memory_.processes, sample.gauges.size());
  for (const GaugeValues& gauge : sample.gauges) {
    write_text(gauge.name);
    for (const std::vector<double>& values : gauge.by_slot) {
      bits_.number(memory_.processes, values.size());
      for (const double one : values) bits_.bits(std::bit_cast<std::uint64_t>(one), 64);
    }
  }
}

// The number of one that was written before, counted from the last; or the text.
void LookWriter::write_text(const std::string& text) {
  const auto found = memory_.numbers.find(text);
  bits_.bit(found == memory_.numbers.end());
  if (found != memory_.numbers.end()) {
    bits_.number(memory_.text_number, memory_.texts.size() - 1 - found->second);
  } else {
    bits_.text(memory_.text_length, text);
    (void)memory_.remember(text);
  }
}

// The whole, then each group but the last of its division as it is, and the last as what it lacks
// of the rest: nothing, where the division adds up.
void LookWriter::write(const judge::Batch& batch) {
  for (const Arm& arm : arms_of(memory_.settings)) {
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
      auto& habits = memory_.counts[arm.number][kind];
      const std::int64_t all = whole_of(batch, arm).*kKinds[kind];
      bits_.number(habits[0], static_cast<std::uint64_t>(all));
      int at = 0;
      for (const int entries : arm.entries) {
        std::int64_t left = all;
        for (int i = 0; all > 0 && i < entries; ++i) {
          const std::int64_t one = group_of(batch, arm, at + i).*kKinds[kind];
          auto& habit = habits[static_cast<std::size_t>(at + i) + 1];
          if (i + 1 < entries) bits_.number(habit, static_cast<std::uint64_t>(one));
          if (i + 1 == entries) bits_.signed_number(habit, left - one);
          left -= one;
        }
        at += entries;
      }
      if (kind == 0 && all == 0) break;  // no request: nothing else either
    }
  }
}

void LookWriter::write_latencies(const judge::Batch& batch) {
  const judge::Exceedances& all = batch.latencies;
  write(all.canary, batch.canary, memory_.latency_counts[0]);
  write(all.baseline, batch.baseline, memory_.latency_counts[1]);
  if (all.canary.requests == 0) return;
  for (int g = 0; g < judge::canary_entries(memory_.settings); ++g) {
    write(all.canary_groups[g], batch.canary_groups[g], memory_.group_latency_counts[g]);
  }
}

// As a rule as many requests have ended as were counted. Where none is over a threshold, none is
// over a higher one.
void LookWriter::write(const judge::Ended& ended, const Counts& counted,
                       Memory::EndedHabits& habits) {
  bits_.signed_number(habits[0], counted.requests - ended.requests);
  std::int64_t left = ended.requests;
  for (std::size_t q = 0; left > 0 && q < judge::kQuantiles; ++q) {
    left = ended.over[q];
    bits_.number(habits[q + 1], static_cast<std::uint64_t>(left));
  }
}

std::string LookWriter::take() {
  std::string out = std::exchange(header_, {});
  if (looks_ == 0) return out;
  const std::string block = bits_.take();
  add_varint(out, std::exchange(looks_, 0));
  add_varint(out, block.size());
  const std::uint32_t check = check_of(block);
  for (unsigned i = 0; i < kCheckBytes; ++i) out.push_back(static_cast<char>(check >> (8 * i)));
  return out + block;
}

Result<LookReader> LookReader::open(std::string_view bytes) {
  const std::size_t end = bytes.substr(0, kHeaderBytesMost).find('\n');
  const auto* const magic =
      std::ranges::find_if(kMagics, [&](std::string_view one) { return bytes.starts_with(one); });
  if (magic == kMagics.end() || end == std::string_view::npos) {
    return std::unexpected(damaged("they do not begin with `sluice-counts/` and 1, 2 or 3"));
  }
  const std::string_view line = bytes.substr(magic->size(), end - magic->size());
  const codec::Json json = SLUICE_TRY(codec::parse_json(line, kHeaderBytesMost));
  const PartHeader header = SLUICE_TRY(codec::struct_from_json<PartHeader>(json));
  if (header.servers > 10'000) return std::unexpected(damaged("too many servers"));
  const int version = static_cast<int>(magic - kMagics.begin()) + 1;
  return LookReader(header, version, bytes.substr(end + 1));
}

LookReader::LookReader(PartHeader header, int version, std::string_view rest)
    : header_(std::move(header)), memory_(header_), rest_(rest), bits_({}) {
  memory_.version = version;
}

Result<void> LookReader::open_block() {
  const auto looks = take_varint(rest_);
  const auto size = take_varint(rest_);
  if (!looks || !size || rest_.size() < kCheckBytes + *size) {
    return std::unexpected(damaged("a block is cut off"));
  }
  if (*looks == 0 || *looks > kLooksMost || *size > kBlockBytesMost) {
    return std::unexpected(damaged("a block of no such size is ever written"));
  }
  std::uint32_t check = 0;
  for (unsigned i = 0; i < kCheckBytes; ++i) {
    check |= static_cast<std::uint32_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  }
  const std::string_view block = rest_.substr(kCheckBytes, *size);
  if (check_of(block) != check) return std::unexpected(damaged("a block was changed"));
  rest_.remove_prefix(kCheckBytes + *size);
  bits_ = BitReader(block);
  looks_ = *looks;
  return {};
}

Result<std::optional<Look>> LookReader::next() {
  if (looks_ == 0) {
    if (rest_.empty()) return std::nullopt;
    SLUICE_TRY(open_block());
  }
  Look look = read();
  const bool whole = --looks_ > 0 || bits_.at_end();
  if (bits_.good() && whole) return look;
  looks_ = 0;
  rest_ = {};
  return std::unexpected(damaged("a look in a block makes no sense"));
}

Look LookReader::read() {
  Look look;
  // Unsigned, so that whatever was written overflows into something defined.
  look.at.unix_ms =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(memory_.at.unix_ms) +
                                static_cast<std::uint64_t>(bits_.signed_number(memory_.time)));
  memory_.at = look.at;
  if (bits_.bit()) {
    memory_.seq += static_cast<std::uint64_t>(bits_.signed_number(memory_.entry));
    memory_.counted = bits_.bit();
    if (memory_.counted) {
      memory_.live = bits_.bit();
      if (bits_.bit()) memory_.trouble = read_text();
      if (memory_.version >= 2 && bits_.bit()) read_thresholds();
    }
    if (bits_.bit()) memory_.surroundings = read_text();
    if (bits_.bit()) look.fingerprint = bits_.bits(64);
    if (memory_.gauges && bits_.bit()) look.gauges = read_gauges(look.at);
  }
  look.seq = memory_.seq;
  look.surroundings = memory_.surroundings;
  if (!memory_.counted) return look;
  look.heard = judge::Heard{.batch = read_batch(),
                            .over_ms = memory_.over_ms,
                            .live = memory_.live,
                            .trouble = memory_.trouble};
  if (memory_.over_ms != judge::kNoThresholds) read_latencies(look.heard->batch);
  return look;
}

GaugeSample LookReader::read_gauges(Tick now) {
  GaugeSample sample;
  const auto age = static_cast<std::uint64_t>(bits_.signed_number(memory_.sample_time));
  sample.at.unix_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(now.unix_ms) - age);
  const auto taken = [this](std::size_t most) {
    const std::uint64_t number = bits_.number(memory_.processes);
    if (number <= most) return static_cast<std::size_t>(number);
    bits_.refuse();
    return std::size_t{0};
  };
  sample.gauges.resize(taken(kGaugesMost));
  for (GaugeValues& gauge : sample.gauges) {
    gauge.name = read_text();
    for (std::vector<double>& values : gauge.by_slot) {
      values.resize(taken(kGaugeUnitsMost));
      for (double& one : values) one = std::bit_cast<double>(bits_.bits(64));
    }
  }
  return sample;
}

void LookReader::read_thresholds() {
  for (std::int64_t& ms : memory_.over_ms) {
    ms = bits_.signed_number(memory_.threshold);
    if (ms >= -1 && ms <= kThresholdMost) continue;
    bits_.refuse();
    ms = -1;
  }
}

std::string LookReader::read_text() {
  if (bits_.bit()) {
    std::string text = bits_.text(memory_.text_length, kTextBytesMost);
    (void)memory_.remember(text);
    return text;
  }
  const std::uint64_t back = bits_.number(memory_.text_number);
  if (back < memory_.texts.size()) return memory_.texts[memory_.texts.size() - 1 - back];
  bits_.refuse();
  return {};
}

judge::Batch LookReader::read_batch() {
  judge::Batch batch;
  const auto taken = [this](std::int64_t count) {
    if (count >= 0 && count <= kCountMost) return count;
    bits_.refuse();
    return std::int64_t{0};
  };
  for (const Arm& arm : arms_of(memory_.settings)) {
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
      auto& habits = memory_.counts[arm.number][kind];
      const std::int64_t all = taken(static_cast<std::int64_t>(bits_.number(habits[0])));
      whole_of(batch, arm).*kKinds[kind] = all;
      int at = 0;
      for (const int entries : arm.entries) {
        std::int64_t left = all;
        for (int i = 0; all > 0 && bits_.good() && i < entries; ++i) {
          auto& habit = habits[static_cast<std::size_t>(at + i) + 1];
          const bool last = i + 1 == entries;
          const std::int64_t read =
              last ? bits_.signed_number(habit) : static_cast<std::int64_t>(bits_.number(habit));
          const bool fits = read > -kCountMost * 64 && read < kCountMost * 64;
          if (!fits) bits_.refuse();
          const std::int64_t one = fits ? taken(last ? left - read : read) : 0;
          group_of(batch, arm, at + i).*kKinds[kind] = one;
          left -= one;
        }
        at += entries;
      }
      if (kind == 0 && all == 0) break;
    }
  }
  return batch;
}

void LookReader::read_latencies(judge::Batch& batch) {
  judge::Exceedances& all = batch.latencies;
  all.canary = read_ended(batch.canary, memory_.latency_counts[0]);
  all.baseline = read_ended(batch.baseline, memory_.latency_counts[1]);
  if (memory_.version < 3 || all.canary.requests == 0) return;
  for (int g = 0; g < judge::canary_entries(memory_.settings); ++g) {
    all.canary_groups[g] = read_ended(batch.canary_groups[g], memory_.group_latency_counts[g]);
  }
}

judge::Ended LookReader::read_ended(const Counts& counted,
                                    LookWriter::Memory::EndedHabits& habits) {
  const auto taken = [this](std::int64_t count, std::int64_t most) {
    if (count >= 0 && count <= most) return count;
    bits_.refuse();
    return std::int64_t{0};
  };
  judge::Ended ended;
  const std::int64_t not_ended = bits_.signed_number(habits[0]);
  const bool fits = not_ended > -2 * kCountMost && not_ended < 2 * kCountMost;
  if (!fits) bits_.refuse();
  ended.requests = fits ? taken(counted.requests - not_ended, kCountMost) : 0;
  std::int64_t left = ended.requests;
  for (std::size_t q = 0; left > 0 && q < judge::kQuantiles; ++q) {
    ended.over[q] = taken(static_cast<std::int64_t>(bits_.number(habits[q + 1])), left);
    if (memory_.version >= 3) left = ended.over[q];
  }
  return ended;
}

}  // namespace sluice::replay
