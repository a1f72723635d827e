// The table of a corpus: which file is there, and what a careful reader expects of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sluice::testing {

struct OriginsRow {
  std::string file;      // "sarif/clean-run.sarif", below the folder of the table
  std::string expected;  // the column "expected verdict"
};

// Where the corpus is: SLUICE_CORPUS, else the folder beside the source tree. Another corpus of the
// same layout (evidence/ORIGINS.md, contracts/ORIGINS.md) is run by naming it there.
[[nodiscard]] std::filesystem::path corpus_root();

// The rows of `folder`/ORIGINS.md; empty where it is absent.
[[nodiscard]] std::vector<OriginsRow> read_origins(const std::filesystem::path& folder);

// The whole file; fails the test where it cannot be read.
[[nodiscard]] std::string bytes_of_file(const std::filesystem::path& path);

}  // namespace sluice::testing
