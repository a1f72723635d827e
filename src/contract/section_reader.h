// One section under reading: where its findings go.
#pragma once

#include <string>

#include "contract/outline.h"
#include "contract/source_text.h"
#include "model/contract.h"

namespace sluice::contract {

struct SectionReader {
  const OutlineSection& section;
  Contract& contract;

  void complain(Position at, std::string wrong, std::string right) const {
    if (contract.complaints.size() >= kComplaintsMax) return;
    contract.complaints.push_back({contract.file, at, std::move(wrong), std::move(right)});
  }
};

void read_changes(const SectionReader& reader);
void read_breaking(const SectionReader& reader);
void read_rollout(const SectionReader& reader);
void read_rollback(const SectionReader& reader);
// Files with a name, a location and perhaps a digest, as in Artifacts and Configuration.
void read_files(const SectionReader& reader, std::vector<ContractArtifact>& files);

}  // namespace sluice::contract
