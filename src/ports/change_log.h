// ChangeLog: the file that people read; the ledger is its source.
#pragma once

#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace sluice {

class ChangeLog {
 public:
  virtual ~ChangeLog() = default;
  // Appends the line unless the very same line is there already; durable when it returns.
  [[nodiscard]] virtual Result<void> write(std::string_view line) = 0;
};

}  // namespace sluice
