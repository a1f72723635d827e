#include "ledger/database.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/assert.h"
#include "base/text.h"

namespace sluice::ledger {
namespace {

constexpr int kBusyMs = 1'000;                // the engine stops for longer, and says so
constexpr int kLengthMax = 16 * 1024 * 1024;  // of one value: bounds what a hostile file can cost

std::string words_for(sqlite3* handle, int code) {
  const int why = sqlite3_system_errno(handle);
  const std::string cause = why == 0 ? std::string(sqlite3_errmsg(handle)) : std::strerror(why);
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "locked by another program";
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_READONLY: return "cannot be written: the file or its folder is read-only";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return "cannot be opened: " + printable(cause);
    case SQLITE_IOERR: return "cannot be read or written: " + printable(cause);
    case SQLITE_NOTADB: return "is no ledger: the file is no database";
    case SQLITE_CORRUPT: return "is damaged: " + printable(sqlite3_errmsg(handle));
    default: return printable(sqlite3_errmsg(handle));
  }
}

ErrorCode code_for(int code) {
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR: return ErrorCode::unavailable;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return ErrorCode::rejected;
    case SQLITE_CONSTRAINT: return ErrorCode::conflict;
    default: return ErrorCode::corrupt;  // SQLITE_ERROR: the schema is not what it has to be
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), index, value);
  SLUICE_ASSERT(code == SQLITE_OK);
}

void Statement::bind(int index, std::string_view value) {
  const int code = sqlite3_bind_text64(statement_.get(), index, value.data(), value.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  // A value that is too long leaves NULL, which the column refuses.
  SLUICE_ASSERT(code == SQLITE_OK || code == SQLITE_TOOBIG);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(database_->trouble());
}

void Statement::rewind() { sqlite3_reset(statement_.get()); }

std::optional<std::int64_t> Statement::integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) != SQLITE_INTEGER) return std::nullopt;
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::string> Statement::text(int column) const {
  if (sqlite3_column_type(statement_.get(), column) != SQLITE_TEXT) return std::nullopt;
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::string& path, Access access) {
  Database database(path);
  const int mode = access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return std::unexpected(database.trouble());

  sqlite3_extended_result_codes(handle, 0);
  sqlite3_busy_timeout(handle, kBusyMs);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLengthMax);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  (void)SLUICE_TRY(database.integer_of("PRAGMA mmap_size = 0"));
  return database;
}

Error Database::trouble() const {
  if (handle_ == nullptr) return {ErrorCode::unavailable, "ledger " + path_ + ": out of memory"};
  const int code = sqlite3_errcode(handle_.get()) & 0xFF;
  return {code_for(code), fmt::format("ledger {}: {}", path_, words_for(handle_.get(), code))};
}

Result<void> Database::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return std::unexpected(trouble());
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(trouble());
  return Statement(*this, statement);
}

Result<std::int64_t> Database::integer_of(const std::string& sql) {
  Statement statement = SLUICE_TRY(prepare(sql));
  const bool found = SLUICE_TRY(statement.step());
  return found ? statement.integer(0).value_or(0) : 0;
}

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  SLUICE_TRY(database.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(database);
}

Result<void> Transaction::commit() {
  SLUICE_TRY(database_->run("COMMIT"));
  database_ = nullptr;
  return {};
}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->run("ROLLBACK");
}

}  // namespace sluice::ledger
