#include "adapters/process/artifact_store.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::process {
namespace {

struct Folder {
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path + "/" + name; }
  std::string path = "/tmp/sluice-artifacts-XXXXXX";
};

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::size_t files_in(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

TEST_CASE("artifact store: bytes are kept under their digest, executable and read-only") {
  const Folder folder;
  std::string bytes(3U << 20U, 'x');  // more than one part
  bytes += "end";
  write(folder / "app", bytes);
  const auto stored = store_artifact(folder / "artifacts", folder / "app", "server");
  REQUIRE(stored);
  CHECK(stored->name == "server");
  CHECK(stored->location == folder / "app");
  CHECK(stored->digest == sha256(bytes));
  const std::string path = artifact_path(folder / "artifacts", stored->digest);
  CHECK(read(path) == bytes);
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0555);
  CHECK(files_in(folder / "artifacts") == 1);
}

TEST_CASE("artifact store: how far a copy is can be told, and what is stored is found unread") {
  const Folder folder;
  const std::string bytes(2'500'000, 'x');
  write(folder / "app", bytes);
  std::vector<std::int64_t> told;
  const auto stored = store_artifact(folder / "artifacts", folder / "app", "server",
                                     [&](std::int64_t so_far) { told.push_back(so_far); });
  REQUIRE(stored);
  CHECK(told == std::vector<std::int64_t>{1'048'576, 2'097'152, 2'500'000});
  const auto found = stored_artifact(folder / "artifacts", "server", stored->digest);
  REQUIRE(found);
  CHECK(found->digest == stored->digest);
  const auto missing = stored_artifact(folder / "artifacts", "server", sha256("other"));
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::not_found);
}

TEST_CASE("artifact store: a later build at the same location changes nothing stored") {
  const Folder folder;
  write(folder / "app", "one");
  const auto first = store_artifact(folder / "artifacts", folder / "app", "server");
  write(folder / "app", "two");
  const auto second = store_artifact(folder / "artifacts", folder / "app", "server");
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->digest != second->digest);
  CHECK(check_artifact(folder / "artifacts", *first));
  CHECK(check_artifact(folder / "artifacts", *second));
}

TEST_CASE("artifact store: the same bytes again use the same file") {
  const Folder folder;
  write(folder / "app", "one");
  const auto first = store_artifact(folder / "artifacts", folder / "app", "server");
  REQUIRE(first);
  struct stat before{};
  const std::string path = artifact_path(folder / "artifacts", first->digest);
  REQUIRE(::stat(path.c_str(), &before) == 0);
  REQUIRE(store_artifact(folder / "artifacts", folder / "app", "again"));
  struct stat after{};
  REQUIRE(::stat(path.c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);
  CHECK(files_in(folder / "artifacts") == 1);
}

TEST_CASE("artifact store: changed bytes are found, and storing the right ones again heals them") {
  const Folder folder;
  write(folder / "app", "one");
  const auto stored = store_artifact(folder / "artifacts", folder / "app", "server");
  REQUIRE(stored);
  const std::string path = artifact_path(folder / "artifacts", stored->digest);
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
  write(path, "bad");
  const auto checked = check_artifact(folder / "artifacts", *stored);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == ErrorCode::corrupt);
  CHECK(checked.error().message.contains("artifact `server`"));

  REQUIRE(store_artifact(folder / "artifacts", folder / "app", "server"));
  CHECK(check_artifact(folder / "artifacts", *stored));
}

TEST_CASE("artifact store: what is no regular file is refused at once and leaves nothing behind") {
  const Folder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  for (const std::string name : {"pipe", "."}) {
    const auto refused = store_artifact(folder / "artifacts", folder / name, "server");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::rejected);
  }
  const auto missing = store_artifact(folder / "artifacts", folder / "missing", "server");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(files_in(folder / "artifacts") == 0);
}

TEST_CASE("artifact store: more than 2 GiB is refused without being copied") {
  const Folder folder;
  write(folder / "app", "x");
  REQUIRE(::truncate((folder / "app").c_str(), kArtifactBytesMax + 1) == 0);  // takes no space
  const auto refused = store_artifact(folder / "artifacts", folder / "app", "server");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::rejected);
  CHECK(files_in(folder / "artifacts") == 0);
}

}  // namespace
}  // namespace sluice::process
