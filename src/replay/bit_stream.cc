#include "replay/bit_stream.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace sluice::replay {
namespace {

constexpr int kLowBitsMost = 40;
constexpr std::uint64_t kRemembered = 32;  // numbers; then both sums are halved
// A number that is unlike those before it is written whole after so many ones.
constexpr int kUnaryMost = 24;
constexpr int kWholeBits = 64;

}  // namespace

int Habit::low_bits() const {
  int low = 0;
  while (low < kLowBitsMost && (count_ << low) < sum_) ++low;
  return low;
}

void Habit::note(std::uint64_t number) {
  sum_ += std::min(number, std::uint64_t{1} << kLowBitsMost);
  if (++count_ < kRemembered) return;
  sum_ /= 2;
  count_ /= 2;
}

void BitWriter::bit(bool one) {
  last_ = static_cast<std::uint8_t>((last_ << 1U) | (one ? 1U : 0U));
  if (++used_ < 8) return;
  bytes_.push_back(static_cast<char>(last_));
  last_ = 0;
  used_ = 0;
}

void BitWriter::bits(std::uint64_t value, int number) {
  SLUICE_ASSERT(number >= 0 && number <= kWholeBits);
  for (int i = number - 1; i >= 0; --i) bit(((value >> static_cast<unsigned>(i)) & 1U) != 0);
}

void BitWriter::number(Habit& habit, std::uint64_t value) {
  const int low = habit.low_bits();
  const std::uint64_t high = value >> static_cast<unsigned>(low);
  if (high < kUnaryMost) {
    for (std::uint64_t i = 0; i < high; ++i) bit(true);
    bit(false);
    bits(value, low);
  } else {
    for (int i = 0; i < kUnaryMost; ++i) bit(true);
    bits(value, kWholeBits);
  }
  habit.note(value);
}

void BitWriter::signed_number(Habit& habit, std::int64_t value) {
  const auto shifted = static_cast<std::uint64_t>(value) << 1U;
  number(habit, value < 0 ? ~shifted : shifted);
}

void BitWriter::text(Habit& habit, std::string_view value) {
  number(habit, value.size());
  for (const char byte : value) bits(static_cast<unsigned char>(byte), 8);
}

std::string BitWriter::take() {
  while (used_ != 0) bit(false);
  return std::exchange(bytes_, {});
}

bool BitReader::bit() {
  if (at_ >= bytes_.size() * 8) {
    good_ = false;
    return false;
  }
  const auto byte = static_cast<unsigned char>(bytes_[at_ / 8]);
  const bool one = ((byte >> (7 - at_ % 8)) & 1U) != 0;
  ++at_;
  return one;
}

std::uint64_t BitReader::bits(int number) {
  std::uint64_t value = 0;
  for (int i = 0; i < number; ++i) value = (value << 1U) | (bit() ? 1U : 0U);
  return value;
}

std::uint64_t BitReader::number(Habit& habit) {
  const int low = habit.low_bits();
  int high = 0;
  while (high < kUnaryMost && bit()) ++high;
  const std::uint64_t value =
      high == kUnaryMost
          ? bits(kWholeBits)
          : (static_cast<std::uint64_t>(high) << static_cast<unsigned>(low)) | bits(low);
  habit.note(value);
  return good_ ? value : 0;
}

std::int64_t BitReader::signed_number(Habit& habit) {
  const std::uint64_t value = number(habit);
  const std::uint64_t half = value >> 1U;
  return static_cast<std::int64_t>((value & 1U) != 0 ? ~half : half);
}

std::string BitReader::text(Habit& habit, std::size_t bytes_max) {
  const std::uint64_t size = number(habit);
  if (size > bytes_max || size > bytes_.size()) good_ = false;
  std::string value;
  if (!good_) return value;
  value.reserve(size);
  for (std::uint64_t i = 0; i < size && good_; ++i) value.push_back(static_cast<char>(bits(8)));
  return value;
}

}  // namespace sluice::replay
