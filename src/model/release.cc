#include "model/release.h"

#include <algorithm>
#include <string_view>

namespace sluice {
namespace {

void list_files(std::string_view kind, const std::vector<Artifact>& files,
                std::vector<std::string>& lines) {
  for (const Artifact& file : files) {
    lines.push_back(std::string(kind) + " " + file.name + " sha256:" + file.digest.hex + "\n");
  }
}

}  // namespace

Digest release_digest(const Release& release) {
  std::vector<std::string> lines;
  list_files("artifact", release.artifacts, lines);
  list_files("configuration", release.configuration, lines);
  list_files("migration", release.migrations, lines);
  for (const std::string& flag : release.flags) lines.push_back("flag " + flag + "\n");
  std::sort(lines.begin(), lines.end());
  std::string listing = "sluice release 1\n";
  for (const std::string& line : lines) listing += line;
  return sha256(listing);
}

}  // namespace sluice
