// Logarithm and exponential of the judge's own, so that the same counts give the same bits on
// every machine: only additions, multiplications and divisions of IEEE doubles in a fixed order,
// and no C library. Relative error below 1e-15 (ln, exp) and 3e-15 (ln1p) over the whole range.
#pragma once

namespace sluice::judge {

// Natural logarithm. ln(0) is minus infinity; x must not be negative.
[[nodiscard]] double ln(double x);

// ln(1 + x) for x >= -1, precise near 0.
[[nodiscard]] double ln1p(double x);

// e to the power of x; 0 below about -708 (no subnormal results), infinity above about 709.
[[nodiscard]] double exp(double x);

// ln(e^a + e^b); minus infinity stands for nothing.
[[nodiscard]] double ln_add(double a, double b);

}  // namespace sluice::judge
