#include "model/release.h"

#include <algorithm>

namespace sluice {

Digest release_digest(const std::vector<Artifact>& artifacts) {
  std::vector<std::string> lines;
  for (const Artifact& artifact : artifacts) {
    lines.push_back("artifact " + artifact.name + " sha256:" + artifact.digest.hex + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string listing = "sluice release 1\n";
  for (const std::string& line : lines) listing += line;
  return sha256(listing);
}

}  // namespace sluice
