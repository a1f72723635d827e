// EvidenceDrafts: evidence that grows while it is gathered, and becomes evidence when it is sealed.
//
// A draft has a name of letters, digits, '-' and '.', which its owner chooses and uses once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace sluice {

struct SealedDraft {
  std::string name;
  Result<Digest> digest;  // by which the store has it now, durably; or why it has not
};

class EvidenceDrafts {
 public:
  virtual ~EvidenceDrafts() = default;

  // Success: another process finds the bytes, even if this one is killed the next instant. Does not
  // wait for the disk: a power cut may take the last seconds of what was not sealed. `unavailable`:
  // some of them may be there, and the draft had better be sealed.
  [[nodiscard]] virtual Result<void> append(const std::string& name, std::string_view bytes) = 0;

  // Makes evidence of it, in the background. Nothing is appended afterwards.
  virtual void seal(const std::string& name) = 0;
  // Those that were sealed, or could not be, since the last call. Never waits.
  [[nodiscard]] virtual std::vector<SealedDraft> take_sealed() = 0;
  // Forgets the name of one that was sealed; the evidence stays. Until then left() lists it.
  virtual void forget(const std::string& name) = 0;

  // What an earlier process left, sealed or not.
  [[nodiscard]] virtual std::vector<std::string> left() = 0;
};

}  // namespace sluice
