// Bit stream: whole numbers in few bits. A number that is as large as its like were lately takes
// about two bits more than its logarithm; a run of zeros takes one bit each.
//
// The code is Rice's with the parameter of LOCO-I (Weinberger, Seroussi, Sapiro 2000): the low bits
// as they are, the rest in unary, and how many are low follows from the mean of the last few dozen
// numbers of the same kind. Writer and reader adapt alike, so nothing of that is stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::replay {

// One kind of number: how large they were lately.
class Habit {
 public:
  [[nodiscard]] int low_bits() const;
  void note(std::uint64_t number);

 private:
  std::uint64_t sum_ = 0;
  std::uint64_t count_ = 1;
};

class BitWriter {
 public:
  void bit(bool one);
  void bits(std::uint64_t value, int number);  // the lowest `number`, 0..64
  void number(Habit& habit, std::uint64_t value);
  void signed_number(Habit& habit, std::int64_t value);  // small where it is near 0
  void text(Habit& habit, std::string_view value);

  // What was written, to a whole byte; begins anew.
  [[nodiscard]] std::string take();
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }

 private:
  std::string bytes_;
  std::uint8_t last_ = 0;
  int used_ = 0;  // bits of `last_`
};

// Reads what a stranger may have written: past the end, and where a text is longer than allowed,
// it gives zeros and is not good() any more.
class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool bit();
  [[nodiscard]] std::uint64_t bits(int number);
  [[nodiscard]] std::uint64_t number(Habit& habit);
  [[nodiscard]] std::int64_t signed_number(Habit& habit);
  [[nodiscard]] std::string text(Habit& habit, std::size_t bytes_max);

  [[nodiscard]] bool good() const { return good_; }
  void refuse() { good_ = false; }  // what was read cannot be
  // All was read but what fills the last byte up.
  [[nodiscard]] bool at_end() const { return at_ + 8 > bytes_.size() * 8; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;  // bits read
  bool good_ = true;
};

}  // namespace sluice::replay
