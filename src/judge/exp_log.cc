#include "judge/exp_log.h"

#include <bit>
#include <cstdint>
#include <limits>

namespace sluice::judge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// ln 2 in two parts; the first has so few digits that a whole multiple of it is exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kOneOverLn2 = 0x1.71547652b82fep+0;
constexpr double kSqrt2 = 0x1.6a09e667f3bcdp+0;

constexpr int kMantissaBits = 52;
constexpr std::uint64_t kMantissaMask = (1ULL << kMantissaBits) - 1;
constexpr std::int64_t kExponentBias = 1023;

double power_of_two(std::int64_t exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + kExponentBias)
                               << kMantissaBits);
}

// Sum of 2 z^i / (2i + 1) for i = 1..11: the series of the area tangent. z is below 0.0295, so that
// the first term left out is below 1e-19 of the sum.
double area_tangent_series(double z) {
  double sum = 2.0 / 23;
  sum = sum * z + 2.0 / 21;
  sum = sum * z + 2.0 / 19;
  sum = sum * z + 2.0 / 17;
  sum = sum * z + 2.0 / 15;
  sum = sum * z + 2.0 / 13;
  sum = sum * z + 2.0 / 11;
  sum = sum * z + 2.0 / 9;
  sum = sum * z + 2.0 / 7;
  sum = sum * z + 2.0 / 5;
  sum = sum * z + 2.0 / 3;
  return sum * z;
}

// e^r - 1 - r for |r| <= ln(2)/2, by its series.
double exp_tail(double r) {
  double sum = 1.0 / 6'227'020'800;
  sum = sum * r + 1.0 / 479'001'600;
  sum = sum * r + 1.0 / 39'916'800;
  sum = sum * r + 1.0 / 3'628'800;
  sum = sum * r + 1.0 / 362'880;
  sum = sum * r + 1.0 / 40'320;
  sum = sum * r + 1.0 / 5'040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 1.0 / 2;
  return sum * r * r;
}

}  // namespace

double ln(double x) {
  if (!(x > 0)) return x == 0 ? -kInfinity : std::numeric_limits<double>::quiet_NaN();
  if (x == kInfinity) return x;
  std::int64_t exponent = 0;
  if (x < std::numeric_limits<double>::min()) {  // subnormal
    x *= 0x1p54;
    exponent = -54;
  }
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<std::int64_t>(bits >> kMantissaBits) - kExponentBias;
  double mantissa =
      std::bit_cast<double>((bits & kMantissaMask) | std::bit_cast<std::uint64_t>(1.0));
  if (mantissa > kSqrt2) {
    mantissa *= 0.5;
    ++exponent;
  }
  // ln(1+f) = f - (f^2/2 - s (f^2/2 + R)), s = f/(2+f): f itself carries most of the digits.
  const double f = mantissa - 1;
  const double s = f / (2 + f);
  const double half_square = 0.5 * f * f;
  const double rest = area_tangent_series(s * s);
  const double k = static_cast<double>(exponent);
  return k * kLn2High - ((half_square - (s * (half_square + rest) + k * kLn2Low)) - f);
}

double ln1p(double x) {
  const double u = 1 + x;
  if (u == 1) return x;  // so small that rounding lost it; ln(1+x) is x to the last bit
  if (x > 1) return ln(u);
  return ln(u) * (x / (u - 1));  // u - 1 is what is left of x; the error of u cancels
}

double exp(double x) {
  if (x != x) return x;
  if (x > 709.7) return kInfinity;
  if (x < -708.3) return 0;
  const double scaled = x * kOneOverLn2;
  const std::int64_t k = static_cast<std::int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  const double whole = static_cast<double>(k);
  const double high = x - whole * kLn2High;
  const double low = whole * kLn2Low;
  const double r = high - low;
  const double result = 1 + (r + (exp_tail(r) + ((high - r) - low)));
  return k > 1'023 ? result * 2 * power_of_two(k - 1) : result * power_of_two(k);
}

double ln_add(double a, double b) {
  const double larger = a > b ? a : b;
  const double smaller = a > b ? b : a;
  if (smaller == -kInfinity) return larger;
  return larger + ln1p(exp(smaller - larger));
}

}  // namespace sluice::judge
