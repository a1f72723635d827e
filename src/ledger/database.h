// Database: an SQLite file and its statements, with every refusal as an Error that names the file.
// Knows nothing of records. Not for use from two threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::ledger {

// Rows of one query, or one change. Borrows its database.
class Statement {
 public:
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);  // copied

  // True while there is a row.
  [[nodiscard]] Result<bool> step();
  // Back to before the first row, to run it again with other values.
  void rewind();

  // Of the current row; nothing when the column has another type.
  [[nodiscard]] std::optional<std::int64_t> integer(int column) const;
  [[nodiscard]] std::optional<std::string> text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(const class Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}

  const class Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Access : std::uint8_t { read, write };

  // The file must exist. Nothing in the file is trusted: no mmap, no functions in its schema.
  [[nodiscard]] static Result<Database> open(const std::string& path, Access access);

  // One or more statements that yield nothing of interest.
  [[nodiscard]] Result<void> run(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(const std::string& sql);
  // The first column of the first row.
  [[nodiscard]] Result<std::int64_t> integer_of(const std::string& sql);

  [[nodiscard]] const std::string& path() const { return path_; }
  // What SQLite says about the last call, as an Error about this file.
  [[nodiscard]] Error trouble() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit Database(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// BEGIN … COMMIT; rolled back unless commit() succeeded.
class Transaction {
 public:
  enum class Kind : std::uint8_t { read, write };

  [[nodiscard]] static Result<Transaction> begin(Database& database, Kind kind);
  ~Transaction();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;

  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace sluice::ledger
