// Effect: something that decide() wants done to the world, as data.
//
// Effects are idempotent: doing one twice is doing it once. They are done in the order in which
// they were intended, each carries the generation it was decided under, and an adapter refuses an
// older generation than it has seen. An effect has ended when its result was observed, never when
// it was sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/digest.h"
#include "base/id.h"
#include "base/share.h"
#include "model/slot.h"

namespace sluice {

// Observed when every process of the slot is ready and the router sees it live.
struct StartSlot {
  EnvironmentName environment;
  Slot slot = Slot::a;
  Digest release;
  friend bool operator==(const StartSlot&, const StartSlot&) = default;
};

// The routing of an environment as a whole: who is the baseline, and which share goes to the other
// slot. Observed when the router was read back.
struct SetShare {
  EnvironmentName environment;
  Slot baseline = Slot::a;
  Share share;
  friend bool operator==(const SetShare&, const SetShare&) = default;
};

// Waits until no request is in flight in the slot. Observed also when the plan's drain deadline
// has passed.
struct DrainSlot {
  EnvironmentName environment;
  Slot slot = Slot::a;
  friend bool operator==(const DrainSlot&, const DrainSlot&) = default;
};

// Observed when no process of the slot is left.
struct StopSlot {
  EnvironmentName environment;
  Slot slot = Slot::a;
  friend bool operator==(const StopSlot&, const StopSlot&) = default;
};

// Smoke tests against the environment's own entrance. A failed test is observed, too: the report
// says which.
struct RunSmoke {
  EnvironmentName environment;
  friend bool operator==(const RunSmoke&, const RunSmoke&) = default;
};

// One line in the change log file, written once: an existing line of the delivery is kept.
struct WriteChangeLog {
  DeliveryId delivery;
  std::string line;
  friend bool operator==(const WriteChangeLog&, const WriteChangeLog&) = default;
};

// Calls people: something stands that only a person can end. Observed when the call was taken, or
// given up after an hour. Holds nothing up; people may be called twice, never not at all.
struct Notify {
  DeliveryId delivery;
  std::string subject;  // "rollback_blocked": a word for filters
  std::string text;
  friend bool operator==(const Notify&, const Notify&) = default;
};

// Bytes that evidence is about, in the evidence store. Observed when they are there durably; their
// digest is their name, so that keeping them twice is keeping them once.
struct KeepEvidence {
  std::string statement;
  friend bool operator==(const KeepEvidence&, const KeepEvidence&) = default;
};

using Effect = std::variant<StartSlot, SetShare, DrainSlot, StopSlot, RunSmoke, WriteChangeLog,
                            Notify, KeepEvidence>;

// The one that it is done in; null where it concerns none.
[[nodiscard]] const EnvironmentName* environment_of(const Effect& effect);

// "set_share production baseline=a share=5 %": for transcripts, the ledger's text form and people.
[[nodiscard]] std::string to_text(const Effect& effect);

}  // namespace sluice
