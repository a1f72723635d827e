// Slot: one of the two places, a and b, that a service has in each environment. The baseline serves
// from one; the canary goes to the other.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice {

enum class Slot : std::uint8_t { a, b };

[[nodiscard]] constexpr Slot other(Slot slot) { return slot == Slot::a ? Slot::b : Slot::a; }
[[nodiscard]] constexpr std::string_view to_text(Slot slot) { return slot == Slot::a ? "a" : "b"; }

}  // namespace sluice
