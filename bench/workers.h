// Workers: the same work on any number of threads. Every item writes its own result and shares
// nothing, so the results do not depend on how many threads there are.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace sluice::bench {

// Calls work(0) .. work(items - 1), each once. Says on standard error how far it is, where that is
// a terminal.
void for_each(std::string_view what, std::size_t items, int threads,
              const std::function<void(std::size_t)>& work);

}  // namespace sluice::bench
