// EvidenceStore: the bytes of evidence, by their own digest.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace sluice {

class EvidenceStore {
 public:
  virtual ~EvidenceStore() = default;
  // Success: the bytes can be read back after a power cut. May be called again with the same bytes.
  // `rejected` beyond kEvidenceBytesMax; `unavailable` when they cannot be written now.
  [[nodiscard]] virtual Result<Digest> keep(std::string_view bytes) = 0;
  // Whether there are bytes of this digest; not whether they were changed since.
  [[nodiscard]] virtual bool holds(const Digest& digest) = 0;
  // Only what still has this digest; `corrupt` when it was changed, `not_found`.
  [[nodiscard]] virtual Result<std::string> read(const Digest& digest) = 0;
};

inline constexpr std::size_t kEvidenceBytesMax = std::size_t{100} << 20U;

}  // namespace sluice
