// Recorder: keeps what the engine looks at, so that what it decided can be decided again
// (replay/again.h). Beside the decisions and never in their way: a look is a few bytes in memory,
// which go to a draft before an event that was decided on them is journalled, and once a second;
// the disk is waited for elsewhere. Drafts become evidence when the environment is left, or when
// they are large; which evidence, is then in the ledger.
//
// What cannot be kept stops nothing. The rest of the environment is then not kept either, for no
// look can be made again without those before it, and `sluice replay` says what is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/watch.h"
#include "model/service.h"
#include "ports/evidence_drafts.h"
#include "replay/looks.h"

namespace sluice::engine {

class Recorder {
 public:
  // `drafts` null: nothing is kept. Takes up what an earlier engine left.
  explicit Recorder(EvidenceDrafts* drafts);

  // One look at an active delivery, and whether what was decided on it are events.
  void note(const Service& service, const Looked& looked, const Observation& seen, bool happened,
            Tick at, std::uint64_t last_seq);
  // No delivery is active any more.
  void end();

  // Events about what has become evidence, to be journalled; forget() when they are. Not while a
  // rollback is under way: they can wait.
  [[nodiscard]] std::vector<Event> recorded(const Service& service, Tick at);
  void forget();
  // Something is on its way to becoming evidence.
  [[nodiscard]] bool busy() const { return !sealing_.empty(); }

 private:
  void begin(const Service& service, const Looked& looked, bool continues, Tick at,
             std::uint64_t last_seq);
  void flush();
  void seal();
  [[nodiscard]] std::string draft_name() const;

  EvidenceDrafts* drafts_;
  std::vector<std::string> sealing_;  // names of drafts
  std::vector<std::string> sealed_;   // and journalled: to be forgotten
  std::vector<std::string> stuck_;    // that could not be sealed; the next engine tries again
  std::optional<replay::LookWriter> writer_;
  replay::PartHeader header_;
  std::uint64_t bytes_ = 0;  // of the draft
  bool broken_ = false;      // this environment cannot be kept any more
  Tick flush_due_;
  Tick fingerprint_due_;
};

}  // namespace sluice::engine
