// Every tests/scenarios/**/*.scn is run and compared with itself. SLUICE_ACCEPT=1 (`make accept`)
// writes the answers of today: read the diff before you commit it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "model/effect.h"
#include "model/event.h"
#include "testing/scenario.h"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> scenarios() {
  std::vector<fs::path> paths;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(SLUICE_SOURCE_DIR) / "tests/scenarios")) {
    if (entry.path().extension() == ".scn") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_CASE("scenarios: every transcript is what Sluice answers today") {
  const bool accept = std::getenv("SLUICE_ACCEPT") != nullptr;
  REQUIRE(!scenarios().empty());
  for (const fs::path& path : scenarios()) {
    CAPTURE(path.string());
    const std::string script = read(path);
    const std::string now = sluice::testing::run_scenario(script);
    CHECK(now.find("BROKEN INVARIANT") == std::string::npos);
    CHECK(now.find("unknown verb") == std::string::npos);
    if (accept) {
      std::ofstream(path, std::ios::binary) << now;
    } else {
      CHECK(now == script);
    }
  }
}

TEST_CASE("scenarios: every reason is seen in some transcript") {
  std::string all;
  for (const fs::path& path : scenarios()) all += read(path);
  for (int i = 0; i <= static_cast<int>(sluice::Reason::ended); ++i) {
    const std::string reason{sluice::to_text(static_cast<sluice::Reason>(i))};
    CAPTURE(reason);
    CHECK(all.find("reason " + reason) != std::string::npos);
  }
}
