#include "net/regular_file.h"

#include <fstream>

#include <sys/stat.h>

#include "net/test_server.h"

using namespace sluice;
using net::read_regular_file;
using net::read_secret;

namespace {

std::string write(const net::TestFolder& folder, const std::string& text) {
  std::ofstream(folder / "file", std::ios::binary | std::ios::trunc) << text;
  return folder / "file";
}

}  // namespace

TEST_CASE("regular file: whole up to the limit, and refused beyond it") {
  const net::TestFolder folder;
  const std::string path = write(folder, std::string("a\0b\n", 4));
  CHECK(read_regular_file(path, 4) == std::string("a\0b\n", 4));
  CHECK(read_regular_file(path, 3).error().message == path + " is too large");
}

TEST_CASE("regular file: what is none is not waited for") {
  const net::TestFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  for (const std::string& path :
       {folder / "pipe", folder / "none", folder / "", std::string("/dev/zero")}) {
    CAPTURE(path);
    CHECK(read_regular_file(path, 10).error().code == ErrorCode::not_found);
  }
}

TEST_CASE("regular file: a secret has no white space around it, and is never shown") {
  const net::TestFolder folder;
  CHECK(read_secret(write(folder, " s3cret\r\n")) == "s3cret");
  for (const std::string& text : {std::string(" \n"), std::string(9'000, 's')}) {
    const auto refused = read_secret(write(folder, text));
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::rejected);
    CHECK(!refused.error().message.contains("sss"));
  }
}
