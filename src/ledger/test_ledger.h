// What the tests of the ledger share: a folder of its own, records to write, and SQL behind its
// back.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "ledger/ledger.h"

namespace sluice::ledger {

namespace fs = std::filesystem;

// A folder of its own, gone at the end.
struct Folder {
  Folder() {
    std::string pattern = fs::temp_directory_path() / "sluice-ledger-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file() const { return path / "ledger.db"; }
  fs::path path;
};

inline Record record(std::uint64_t seq) {
  const Tick at{1'700'000'000'000 + static_cast<std::int64_t>(seq)};
  if (seq % 2 == 0) return {seq, at, Paused{fmt::format("ana {}", seq)}};
  return {seq, at, StageEntered{{"production"}, static_cast<std::uint32_t>(seq), Share(500)}};
}

inline std::vector<Record> records(std::uint64_t first, std::uint64_t last) {
  std::vector<Record> out;
  for (std::uint64_t seq = first; seq <= last; ++seq) out.push_back(record(seq));
  return out;
}

// For messages, which are also built when nothing is wrong.
template <class T>
std::string trouble_in(const Result<T>& result) {
  return result ? "" : result.error().message;
}

inline void write(const std::string& path, std::uint64_t last) {
  auto ledger = Ledger::open(path);
  REQUIRE_MESSAGE(ledger, trouble_in(ledger));
  const auto done = (*ledger)->append(records(1, last));
  REQUIRE_MESSAGE(done, trouble_in(done));
}

// SQL as somebody would run it behind the ledger's back.
inline void tamper(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  char* why = nullptr;
  const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &why);
  INFO((why == nullptr ? "" : why));
  CHECK(code == SQLITE_OK);
  sqlite3_free(why);
  sqlite3_close(handle);
}

inline constexpr const char* kWithoutTriggers =
    "DROP TRIGGER records_are_not_changed; DROP TRIGGER records_are_not_removed;"
    "DROP TRIGGER records_are_not_replaced; DROP TRIGGER head_is_not_removed;";

inline Verification verified(const std::string& path) {
  const auto found = verify(path);
  REQUIRE_MESSAGE(found, trouble_in(found));
  return *found;
}

inline bool mentions(const std::string& message, std::string_view words) {
  INFO(message);
  return message.find(words) != std::string::npos;
}

}  // namespace sluice::ledger
