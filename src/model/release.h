// Release: what is delivered, under one digest. The same digest goes through every environment.
#pragma once

#include <string>
#include <vector>

#include "base/digest.h"

namespace sluice {

// One file of a release. Its bytes are kept under .sluice/artifacts/<digest>, so that a later build
// at the same location changes nothing that was delivered.
struct Artifact {
  std::string name;      // what a command refers to: {artifact.<name>}
  std::string location;  // where the contract found it, relative to the folder of sluice.yaml
  Digest digest;
  friend bool operator==(const Artifact&, const Artifact&) = default;
};

struct Release {
  std::string id;     // "REL-2026-008"
  std::string title;  // "Storefront 1.4.0"
  Digest digest;      // of everything below; see release_digest
  std::vector<Artifact> artifacts;
  std::vector<Artifact> configuration;  // files; in commands they are {configuration.<name>}
  std::vector<Artifact> migrations;     // files, by the names that the contract gives them
  std::vector<std::string> flags;       // names, each once, in the order of the alphabet
  friend bool operator==(const Release&, const Release&) = default;
};

// Covers name and digest of every artifact, of every file of configuration and of every migration,
// and the names of the flags, in an order that does not depend on that of the contract; not the
// locations, the id and the title: the same things delivered under another name are the same
// release. Nothing of it depends on an environment.
[[nodiscard]] Digest release_digest(const Release& release);

}  // namespace sluice
