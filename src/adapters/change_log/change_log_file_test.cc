#include "adapters/change_log/change_log_file.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sluice::change_log {
namespace {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "change_log_XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("change log: a line is written once, however often it is asked for") {
  const Folder folder;
  ChangeLogFile log(folder.path / "CHANGES.md");
  REQUIRE(log.write("- D-0001 done"));
  REQUIRE(log.write("- D-0001 done"));
  REQUIRE(log.write("- D-0002 done"));
  CHECK(read(folder.path / "CHANGES.md") == "# Change log\n\n- D-0001 done\n- D-0002 done\n");
}

TEST_CASE("change log: a line that is part of another is not taken for it") {
  const Folder folder;
  ChangeLogFile log(folder.path / "CHANGES.md");
  REQUIRE(log.write("- D-0001 done and dusted"));
  REQUIRE(log.write("- D-0001 done"));
  CHECK(read(folder.path / "CHANGES.md").ends_with("dusted\n- D-0001 done\n"));
}

TEST_CASE("change log: what people wrote stays, and a last line without an end is ended") {
  const Folder folder;
  std::ofstream(folder.path / "CHANGES.md") << "# Ours\n\nhand-written";
  ChangeLogFile log(folder.path / "CHANGES.md");
  REQUIRE(log.write("- D-0001 done"));
  CHECK(read(folder.path / "CHANGES.md") == "# Ours\n\nhand-written\n- D-0001 done\n");
}

TEST_CASE("change log: a folder in its place is an error that names it") {
  const Folder folder;
  ChangeLogFile log(folder.path);
  const auto written = log.write("- D-0001 done");
  REQUIRE(!written);
  CHECK(written.error().message.find(folder.path.string()) != std::string::npos);
}

}  // namespace sluice::change_log
