#include "guard/output_file.h"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include "guard/durable_file.h"
#include "net/last_line.h"

namespace sluice::guard {
namespace {

struct Folder {
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path = "/tmp/sluice-output-XXXXXX";
};

void append(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

TEST_CASE("output: a file beyond the limit moves aside, and who appends goes on at the start") {
  const Folder folder;
  const std::string path = folder.path + "/a.log";
  std::ofstream writer(path, std::ios::app);
  writer << std::string(101, 'x') << std::flush;
  rotate_output(path, 100);
  writer << "after\n" << std::flush;

  CHECK(read_file(path, 1'000).value() == "after\n");
  CHECK(read_file(path + ".1", 1'000).value() == std::string(101, 'x'));
}

TEST_CASE("output: a file within the limit stays") {
  const Folder folder;
  const std::string path = folder.path + "/a.log";
  append(path, std::string(100, 'x'));
  rotate_output(path, 100);
  CHECK(read_file(path, 1'000).value().size() == 100);
  CHECK_FALSE(read_file(path + ".1", 1'000));
}

TEST_CASE("output: only the end of a file that grew too fast is kept") {
  const Folder folder;
  const std::string path = folder.path + "/a.log";
  append(path, std::string(1'000, 'x') + "end");
  rotate_output(path, 100);
  CHECK(read_file(path + ".1", 1'000).value() == std::string(197, 'x') + "end");
}

TEST_CASE("output: the last line that holds anything is shown without control characters") {
  const Folder folder;
  const std::string path = folder.path + "/a.log";
  CHECK(net::last_line_of(path).empty());
  append(path, "first\n\x1b[31mport taken\n\n  \n");
  CHECK(net::last_line_of(path) == "?[31mport taken");
}

}  // namespace
}  // namespace sluice::guard
