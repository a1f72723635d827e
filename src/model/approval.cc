#include "model/approval.h"

#include <fmt/format.h>

namespace sluice {

Digest finding_digest(const ClauseVerdict& verdict) {
  return sha256(fmt::format("sluice finding 1\n{} {} {}\n{}", to_text(verdict.clause),
                            to_text(verdict.verdict), sha256(verdict.code).hex, verdict.why));
}

}  // namespace sluice
