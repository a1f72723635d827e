// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace sluice {

// "12,340", "-1,000".
[[nodiscard]] std::string grouped(std::int64_t number);

// Three digits and their place, of a number whose unit is not known: "38", "20,200,000", "0.0123",
// "-1.5", "3.00e+20". Infinite and no number: "inf", "nan".
[[nodiscard]] std::string figure_text(double value);

}  // namespace sluice
