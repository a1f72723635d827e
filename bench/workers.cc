#include "bench/workers.h"

#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace sluice::bench {

void for_each(std::string_view what, std::size_t items, int threads,
              const std::function<void(std::size_t)>& work) {
  const bool shown = isatty(STDERR_FILENO) != 0;
  std::atomic<std::size_t> next{0};
  const auto labour = [&](bool tells) {
    for (std::size_t item = next++; item < items; item = next++) {
      work(item);
      if (shown && tells) fmt::print(stderr, "\r{}: {} of {}\x1b[K", what, item + 1, items);
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(labour, false);
  labour(true);
  for (std::thread& other : others) other.join();
  if (shown) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace sluice::bench
