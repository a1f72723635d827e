#include "adapters/evidence_files/evidence_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace sluice::evidence_files {
namespace {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "evidence_XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string store() const { return path / "evidence"; }
  std::filesystem::path path;
};

std::size_t files_in(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path().string());
    ++count;
  }
  return count;
}

int mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return static_cast<int>(status.st_mode & 0777U);
}

}  // namespace

TEST_CASE("evidence files: what was kept is read back by its digest, and only the owner may") {
  const Folder folder;
  EvidenceFiles store(folder.store());
  const std::string bytes("{\"a\":1}\0\n", 9);
  const auto digest = store.keep(bytes);
  REQUIRE(digest);
  CHECK(*digest == sha256(bytes));
  CHECK(store.read(*digest) == bytes);
  CHECK(mode_of(folder.store()) == 0700);
  CHECK(mode_of(folder.store() + "/" + digest->hex) == 0600);
}

TEST_CASE("evidence files: the same bytes are kept once, and nothing else lies about") {
  const Folder folder;
  EvidenceFiles store(folder.store());
  REQUIRE(store.keep("one"));
  REQUIRE(store.keep("one"));
  REQUIRE(store.keep("two"));
  CHECK(files_in(folder.store()) == 2);
}

TEST_CASE("evidence files: bytes that somebody changed are not read, and are put right when kept") {
  const Folder folder;
  EvidenceFiles store(folder.store());
  const auto digest = store.keep("PASS");
  REQUIRE(digest);
  std::ofstream(folder.store() + "/" + digest->hex) << "FAIL";
  const auto changed = store.read(*digest);
  REQUIRE_FALSE(changed);
  CHECK(changed.error().code == ErrorCode::corrupt);
  REQUIRE(store.keep("PASS"));
  CHECK(store.read(*digest) == "PASS");
}

TEST_CASE("evidence files: a link in the store leads nowhere; what is not there is not found") {
  const Folder folder;
  EvidenceFiles store(folder.store());
  REQUIRE(store.keep("here"));
  const Digest outside = sha256("outside");
  std::ofstream(folder.path / "outside") << "outside";
  std::filesystem::create_symlink(folder.path / "outside", folder.store() + "/" + outside.hex);
  CHECK_FALSE(store.read(outside));
  const auto missing = store.read(sha256("missing"));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
}

TEST_CASE("evidence files: a folder that cannot be written is unavailable, and keeps nothing") {
  const Folder folder;
  EvidenceFiles store(folder.path / "no" / "such" / "folder");
  const auto digest = store.keep("bytes");
  REQUIRE_FALSE(digest);
  CHECK_FALSE(store.read(sha256("bytes")));
}

TEST_CASE("evidence files: what comes in parts is kept as a whole, under the digest of all of it") {
  const Folder folder;
  EvidenceFiles store(folder.store());
  auto incoming = Incoming::open(folder.store());
  REQUIRE(incoming);
  REQUIRE(incoming->add("one "));
  REQUIRE(incoming->add("two"));
  CHECK_FALSE(store.holds(sha256("one two")));
  const auto digest = incoming->keep();
  REQUIRE(digest);
  CHECK(*digest == sha256("one two"));
  CHECK(store.holds(*digest));
  CHECK(store.read(*digest) == "one two");
  CHECK(mode_of(folder.store() + "/" + digest->hex) == 0600);
}

TEST_CASE("evidence files: of what was not kept nothing stays") {
  const Folder folder;
  {
    auto incoming = Incoming::open(folder.store());
    REQUIRE(incoming);
    REQUIRE(incoming->add("half of"));
    Incoming moved = std::move(*incoming);
    CHECK(files_in(folder.store()) == 1);
  }
  CHECK(files_in(folder.store()) == 0);
  CHECK_FALSE(EvidenceFiles(folder.store()).holds(sha256("half of")));
}

}  // namespace sluice::evidence_files
