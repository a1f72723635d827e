// Drafts of evidence as files beside it: .sluice/evidence/.draft-<name>, mode 0600, appended to
// with one write each. A thread makes evidence of those that are sealed, and meanwhile writes the
// others through to the disk about once a second.
//
// May be used by one thread at a time, which never waits for that other one.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "net/descriptor.h"
#include "ports/evidence_drafts.h"

namespace sluice::evidence_files {

class DraftFiles final : public EvidenceDrafts {
 public:
  explicit DraftFiles(std::string folder);
  // Ends what it is at; what is sealed and not yet evidence is left to the next process.
  ~DraftFiles() override;
  DraftFiles(const DraftFiles&) = delete;
  DraftFiles& operator=(const DraftFiles&) = delete;

  [[nodiscard]] Result<void> append(const std::string& name, std::string_view bytes) override;
  void seal(const std::string& name) override;
  [[nodiscard]] std::vector<SealedDraft> take_sealed() override;
  void forget(const std::string& name) override;
  [[nodiscard]] std::vector<std::string> left() override;

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const;
  void work();
  [[nodiscard]] Result<Digest> make_evidence(const std::string& name) const;

  std::string folder_;
  std::map<std::string, net::Descriptor> open_;  // of the caller's thread alone

  std::mutex mutex_;
  std::condition_variable wanted_;
  bool ending_ = false;               // guarded, like everything below
  std::vector<std::string> to_seal_;  // in this order
  std::set<std::string> unsynced_;
  std::vector<SealedDraft> sealed_;
  std::thread worker_;  // last: it uses all of the above
};

}  // namespace sluice::evidence_files
