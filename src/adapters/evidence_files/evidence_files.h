// The evidence store in a folder: one file for each digest, mode 0600.
//
// Invariant: a file appears whole and durable under its name, and is never written to. What a crash
// leaves behind is a file that nothing refers to, or one whose name begins with a dot.
#pragma once

#include <string>

#include "ports/evidence_store.h"

namespace sluice::evidence_files {

class EvidenceFiles final : public EvidenceStore {
 public:
  // `folder` is created, mode 0700, with the first file.
  explicit EvidenceFiles(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] Result<Digest> keep(std::string_view bytes) override;
  [[nodiscard]] Result<std::string> read(const Digest& digest) override;

 private:
  [[nodiscard]] std::string path_of(const Digest& digest) const;

  std::string folder_;
};

}  // namespace sluice::evidence_files
