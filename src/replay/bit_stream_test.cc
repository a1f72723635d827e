#include "replay/bit_stream.h"

#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "testing/seeded_random.h"

namespace sluice::replay {
namespace {

// Small, large, the same again and again, and the ends of the range.
std::vector<std::uint64_t> numbers(std::uint64_t seed) {
  testing::SeededRandom random(seed);
  std::vector<std::uint64_t> out{0, 1, std::numeric_limits<std::uint64_t>::max()};
  for (int i = 0; i < 2'000; ++i) {
    const auto bits = static_cast<unsigned>(random.below(i % 7 == 0 ? 64 : 6));
    out.push_back(random.next() >> (63U - bits));
  }
  return out;
}

}  // namespace

TEST_CASE("bit stream: what was written is read, whatever the numbers are") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    BitWriter writer;
    Habit mine;
    for (const std::uint64_t number : numbers(seed)) {
      writer.number(mine, number);
      writer.signed_number(mine, static_cast<std::int64_t>(number));
      writer.bit(number % 2 == 0);
    }
    writer.text(mine, "a text with \xff and a line\n");
    const std::string bytes = writer.take();
    BitReader reader(bytes);
    Habit yours;
    for (const std::uint64_t number : numbers(seed)) {
      REQUIRE(reader.number(yours) == number);
      REQUIRE(reader.signed_number(yours) == static_cast<std::int64_t>(number));
      REQUIRE(reader.bit() == (number % 2 == 0));
    }
    CHECK(reader.text(yours, 100) == "a text with \xff and a line\n");
    CHECK(reader.good());
    CHECK(reader.at_end());
  }
}

TEST_CASE("bit stream: zeros take a bit each, and numbers little more than their logarithm") {
  BitWriter writer;
  Habit habit;
  for (int i = 0; i < 800; ++i) writer.number(habit, 0);
  CHECK(writer.take().size() == 100);
  Habit hundreds;
  for (int i = 0; i < 800; ++i) writer.number(hundreds, 100 + static_cast<std::uint64_t>(i % 50));
  CHECK(writer.take().size() <= 1'000);  // ten bits; the logarithm is seven
}

TEST_CASE("bit stream: past the end there are zeros, and it is known") {
  BitWriter writer;
  Habit mine;
  writer.number(mine, 5);
  const std::string bytes = writer.take();
  BitReader reader(bytes);
  Habit yours;
  CHECK(reader.number(yours) == 5);
  for (int i = 0; i < 100; ++i) (void)reader.number(yours);
  CHECK_FALSE(reader.good());
  CHECK(reader.bits(64) == 0);
}

TEST_CASE("bit stream: a text that is longer than allowed is not read") {
  BitWriter writer;
  Habit mine;
  writer.text(mine, std::string(100, 'x'));
  const std::string bytes = writer.take();
  BitReader reader(bytes);
  Habit yours;
  CHECK(reader.text(yours, 99).empty());
  CHECK_FALSE(reader.good());
}

}  // namespace sluice::replay
