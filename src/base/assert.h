// SLUICE_ASSERT: a broken promise inside Sluice itself stops the process, in release builds too.
// Never used for what the outside world may do.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sluice {

[[noreturn]] inline void assertion_failed(const char* text, const char* file, int line) {
  std::fprintf(stderr, "sluice: bug: %s:%d: %s\n", file, line, text);
  std::abort();
}

}  // namespace sluice

#define SLUICE_ASSERT(condition) \
  ((condition) ? void() : ::sluice::assertion_failed(#condition, __FILE__, __LINE__))
