// Chain: what ties each record of a ledger to all before it.
//
// chain_0 is the SHA-256 of "sluice ledger 1"; chain_n is the SHA-256 of
//   <chain_n-1 in hexadecimal> "\n" <seq> "\n" <time in unix ms> "\n" <body>
// Anyone with sha256sum can follow it; the format is frozen.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/digest.h"
#include "base/tick.h"

namespace sluice::ledger {

// The last link of a chain: of an empty ledger, seq is 0.
struct Head {
  std::uint64_t seq = 0;
  Digest chain = sha256("sluice ledger 1");
  friend bool operator==(const Head&, const Head&) = default;
};

// The head after one more record.
[[nodiscard]] Head next_link(const Head& head, Tick at, std::string_view body);

}  // namespace sluice::ledger
