// How many members an aggregate has: so that a test notices a new one that nobody else was told of.
#pragma once

#include <cstddef>
#include <utility>

namespace sluice::testing {

struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor)
};

template <class T, std::size_t... kIndex>
constexpr bool takes(std::index_sequence<kIndex...> /*indices*/) {
  return requires { T{((void)kIndex, Anything{})...}; };
}

// The number of members of an aggregate.
template <class T, std::size_t kMost = 40>
constexpr std::size_t members_of() {
  if constexpr (kMost == 0 || takes<T>(std::make_index_sequence<kMost>())) {
    return kMost;
  } else {
    return members_of<T, kMost - 1>();
  }
}

}  // namespace sluice::testing
