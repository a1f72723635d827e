#include "ledger/chain.h"

#include <fmt/format.h>

namespace sluice::ledger {

Head next_link(const Head& head, Tick at, std::string_view body) {
  const std::uint64_t seq = head.seq + 1;
  return {seq, sha256(fmt::format("{}\n{}\n{}\n{}", head.chain.hex, seq, at.unix_ms, body))};
}

}  // namespace sluice::ledger
