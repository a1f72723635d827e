// Output of processes: files they write themselves, so that their output survives the guard, too.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::guard {

inline constexpr std::int64_t kOutputBytesMax = 8LL << 20U;

// Keeps a file that somebody appends to from growing: beyond bytes_max its content moves to
// <path>.1, replacing what was there. What is written during the move may be lost.
void rotate_output(const std::string& path, std::int64_t bytes_max = kOutputBytesMax);

}  // namespace sluice::guard
