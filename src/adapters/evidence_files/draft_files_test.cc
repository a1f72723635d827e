#include "adapters/evidence_files/draft_files.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "adapters/evidence_files/evidence_files.h"

namespace sluice::evidence_files {
namespace {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "drafts_XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string store() const { return path / "evidence"; }
  std::filesystem::path path;
};

// Waits for the other thread, with a deadline that only a broken one misses.
SealedDraft next_sealed(DraftFiles& drafts) {
  for (int i = 0; i < 3'000; ++i) {
    auto sealed = drafts.take_sealed();
    if (!sealed.empty()) return sealed.front();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("nothing was sealed in half a minute");
  return {};
}

}  // namespace

TEST_CASE(
    "drafts: what was appended becomes evidence under its digest, and its name is forgotten") {
  const Folder folder;
  DraftFiles drafts(folder.store());
  REQUIRE(drafts.append("D-1.1.production", "one "));
  REQUIRE(drafts.append("D-1.1.production", std::string_view("two\0", 4)));
  struct stat status{};
  REQUIRE(::stat((folder.store() + "/.draft-D-1.1.production").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  drafts.seal("D-1.1.production");
  const SealedDraft sealed = next_sealed(drafts);
  CHECK(sealed.name == "D-1.1.production");
  REQUIRE(sealed.digest);
  CHECK(EvidenceFiles(folder.store()).read(*sealed.digest) == std::string("one two\0", 8));
  CHECK(drafts.left() == std::vector<std::string>{"D-1.1.production"});
  drafts.forget("D-1.1.production");
  CHECK(drafts.left().empty());
  CHECK(EvidenceFiles(folder.store()).read(*sealed.digest).has_value());
}

TEST_CASE("drafts: another process finds what was appended, and makes evidence of it") {
  const Folder folder;
  DraftFiles killed(folder.store());  // lives on: nothing of what it does at its end helps
  REQUIRE(killed.append("D-1.1.staging", "seen"));
  DraftFiles next(folder.store());
  REQUIRE(next.left() == std::vector<std::string>{"D-1.1.staging"});
  next.seal("D-1.1.staging");
  const SealedDraft sealed = next_sealed(next);
  REQUIRE(sealed.digest);
  CHECK(EvidenceFiles(folder.store()).read(*sealed.digest) == "seen");
}

TEST_CASE("drafts: a name that leads elsewhere, a link and a folder that cannot be are refused") {
  const Folder folder;
  DraftFiles drafts(folder.store());
  CHECK_FALSE(drafts.append("../outside", "x"));
  CHECK_FALSE(drafts.append("", "x"));
  REQUIRE(drafts.append("first", "x"));
  std::ofstream(folder.path / "outside") << "outside";
  std::filesystem::create_symlink(folder.path / "outside", folder.store() + "/.draft-link");
  CHECK_FALSE(drafts.append("link", "x"));
  drafts.seal("link");
  CHECK_FALSE(next_sealed(drafts).digest);
  DraftFiles nowhere(folder.path / "no" / "such");
  CHECK_FALSE(nowhere.append("first", "x"));
}

TEST_CASE("drafts: one that was never written cannot be sealed, and says so") {
  const Folder folder;
  DraftFiles drafts(folder.store());
  drafts.seal("D-9.1.production");
  const SealedDraft sealed = next_sealed(drafts);
  REQUIRE_FALSE(sealed.digest);
  CHECK(sealed.digest.error().code == ErrorCode::not_found);
}

}  // namespace sluice::evidence_files
