// Deployer: starts and stops a release in one slot of one environment.
//
// Calls return within half a second; starting and stopping go on by themselves and are observed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "model/release.h"
#include "model/slot.h"

namespace sluice {

struct SlotState {
  Digest release;  // what it is to run; empty: nothing
  int wanted = 0;  // processes
  int running = 0;
  int ready = 0;               // of the running ones
  std::uint64_t restarts = 0;  // since the slot was started
  bool gave_up = false;        // keeps failing to become ready; will not get there by waiting
  std::string detail;          // the last complaint, for people
};

enum class Asked : std::uint8_t {
  accepted,   // goes on by itself
  preparing,  // not asked yet: the caller is to call again soon
};

class Deployer {
 public:
  virtual ~Deployer() = default;

  // Idempotent: a slot that runs this release is left alone; one that runs another is replaced.
  // Refuses a generation older than one it has seen (`rejected`).
  [[nodiscard]] virtual Result<Asked> start(Slot slot, const Release& release,
                                            std::uint64_t generation) = 0;
  // Idempotent; graceful, then by force after the configured grace.
  [[nodiscard]] virtual Result<void> stop(Slot slot, std::uint64_t generation) = 0;
  [[nodiscard]] virtual Result<SlotState> observe(Slot slot) = 0;
};

}  // namespace sluice
