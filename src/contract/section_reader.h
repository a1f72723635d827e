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
void read_artifacts(const SectionReader& reader);

}  // namespace sluice::contract
