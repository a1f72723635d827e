// std::ranges::contains, which the reference compiler does not have yet.
#pragma once

#include <algorithm>
#include <functional>
#include <ranges>
#include <utility>

namespace sluice::contract {

template <std::ranges::input_range Range, class Value, class Projection = std::identity>
[[nodiscard]] constexpr bool contains(Range&& range, const Value& value,
                                      Projection projection = {}) {
  return std::ranges::find(range, value, std::move(projection)) != std::ranges::end(range);
}

}  // namespace sluice::contract
