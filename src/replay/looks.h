// Looks: what an engine saw of one environment under delivery, look by look, as bytes that can be
// kept: the counts that its judge was told, with the time of each, and everything else that was
// decided on. With the ledger beside them the same decisions can be made again (replay/again.h).
//
// The bytes: one line of JSON, `sluice-counts/3 {"delivery":…}`, then blocks. A block is the number
// of looks in it and the number of its bytes, both as base-128 varints, four bytes of FNV-1a over
// the bytes, and the bytes. Blocks are whole: looks of a block that is cut off or damaged are
// missing, those before it are not. Within the blocks numbers are coded by replay/bit_stream.h.
//
// Parts that begin with `sluice-counts/1` and `/2` are read as well: they are the same, the first
// without latencies, the second without the latencies of groups, of which their judges knew nothing
// either. Where gauges are looked at the header says so, and their samples stand with the looks,
// each value as its 64 bits.
//
// A part is what one engine saw of one environment, or a piece of it where that is long. Its looks
// can be made again only after all the looks of that engine in that environment before it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "judge/hearing.h"
#include "model/gauge.h"
#include "replay/bit_stream.h"

namespace sluice::replay {

struct PartHeader {
  DeliveryId delivery;
  EnvironmentName environment;
  std::uint32_t part = 1;     // of the delivery, from 1
  bool continues = false;     // the hearing of the part before goes on
  std::uint64_t seq = 0;      // last entry of the ledger at the first look
  Tick at;                    // of the first look
  std::uint32_t servers = 0;  // and the rest of the seating
  bool sticky = false;
  bool counted = false;
  bool gauges = false;
  friend bool operator==(const PartHeader&, const PartHeader&) = default;
};

[[nodiscard]] judge::Seating seating_of(const PartHeader& header);

struct Look {
  Tick at;
  std::uint64_t seq = 0;  // last entry of the ledger when it was taken
  std::optional<judge::Heard> heard;
  std::optional<GaugeSample> gauges;  // only where the header says that there are some
  std::string surroundings;           // replay/surroundings.h
  // judge::Hearing::fingerprint() after it, where kept: always where something happened.
  std::optional<std::uint64_t> fingerprint;
};

inline constexpr std::size_t kTextBytesMost = std::size_t{256} << 10U;

class LookWriter {
 public:
  explicit LookWriter(const PartHeader& header);

  // False: a text is too long to be kept, and nothing was written.
  [[nodiscard]] bool write(const Look& look);

  // The bytes since the last take(), the header first; a whole block.
  [[nodiscard]] std::string take();
  [[nodiscard]] std::size_t waiting() const { return bits_.bytes(); }

 private:
  friend class LookReader;
  // What both sides know of the looks before.
  struct Memory {
    explicit Memory(const PartHeader& header);
    [[nodiscard]] std::size_t remember(const std::string& text);

    judge::Settings settings;  // only the numbers of groups
    Tick at;
    std::uint64_t seq;
    int version = 3;
    bool gauges = false;
    bool counted = false;
    bool live = false;
    std::string trouble;
    judge::OverMs over_ms = judge::kNoThresholds;
    std::string surroundings;
    std::map<std::string, std::size_t, std::less<>> numbers;  // of the texts, by text
    std::vector<std::string> texts;
    Habit time, entry, text_number, text_length, threshold, sample_time, processes;
    // By arm and kind of count; the whole first, then each group.
    std::array<std::array<std::array<Habit, judge::kUnitsMax + judge::kClientsMax + 1>, 3>, 2>
        counts;
    // Requests that ended less those of the counts, then over each threshold: of each arm, and of
    // each group of the canary.
    using EndedHabits = std::array<Habit, judge::kQuantiles + 1>;
    std::array<EndedHabits, 2> latency_counts;
    std::array<EndedHabits, judge::kCanaryEntriesMax> group_latency_counts;
  };
  void write_rare(const Look& look);
  void write_text(const std::string& text);
  void write(const judge::Batch& batch);
  void write_latencies(const judge::Batch& batch);
  void write(const judge::Ended& ended, const Counts& counted, Memory::EndedHabits& habits);
  void write_gauges(const GaugeSample& sample, Tick now);

  Memory memory_;
  std::string header_;
  BitWriter bits_;
  std::uint64_t looks_ = 0;
};

class LookReader {
 public:
  // `bytes` outlive the reader. `corrupt` where the header cannot be understood.
  [[nodiscard]] static Result<LookReader> open(std::string_view bytes);

  [[nodiscard]] const PartHeader& header() const { return header_; }
  // The next look; nothing at the end. `corrupt`: this block and what follows it cannot be read.
  [[nodiscard]] Result<std::optional<Look>> next();

 private:
  LookReader(PartHeader header, int version, std::string_view rest);
  Result<void> open_block();
  Look read();
  std::string read_text();
  judge::Batch read_batch();
  void read_thresholds();
  void read_latencies(judge::Batch& batch);
  judge::Ended read_ended(const Counts& counted, LookWriter::Memory::EndedHabits& habits);
  GaugeSample read_gauges(Tick now);

  PartHeader header_;
  LookWriter::Memory memory_;
  std::string_view rest_;
  BitReader bits_;
  std::uint64_t looks_ = 0;  // left in the block
};

}  // namespace sluice::replay
