// The evidence store in a folder: one file for each digest, mode 0600.
//
// Invariant: a file appears whole and durable under its name, and is never written to. What a crash
// leaves behind is a file that nothing refers to, or one whose name begins with a dot.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "net/descriptor.h"
#include "ports/evidence_store.h"

namespace sluice::evidence_files {

// Evidence that arrives in parts, so that none of it has to be held at once. Without keep() nothing
// of it stays.
class Incoming {
 public:
  [[nodiscard]] static Result<Incoming> open(const std::string& folder);
  Incoming(Incoming&&) noexcept;
  ~Incoming();

  // `rejected` beyond kEvidenceBytesMax.
  [[nodiscard]] Result<void> add(std::string_view bytes);
  // As EvidenceStore::keep of all that was added. Nothing may be added after it.
  [[nodiscard]] Result<Digest> keep();

 private:
  Incoming(std::string folder, std::string path, net::Descriptor file);
  std::string folder_;
  std::string path_;  // empty: there is nothing to remove
  net::Descriptor file_;
  struct Hash;
  struct Free {
    void operator()(Hash* hash) const;
  };
  std::unique_ptr<Hash, Free> hash_;  // of what was added
  std::size_t bytes_ = 0;
};

class EvidenceFiles final : public EvidenceStore {
 public:
  // `folder` is created, mode 0700, with the first file.
  explicit EvidenceFiles(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] Result<Digest> keep(std::string_view bytes) override;
  [[nodiscard]] bool holds(const Digest& digest) override;
  [[nodiscard]] Result<std::string> read(const Digest& digest) override;

 private:
  [[nodiscard]] std::string path_of(const Digest& digest) const;

  std::string folder_;
};

}  // namespace sluice::evidence_files
