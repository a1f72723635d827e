// ChangeLogFile: the Markdown file that people read, appended to and never rewritten.
#pragma once

#include <string>

#include "ports/change_log.h"

namespace sluice::change_log {

class ChangeLogFile final : public ChangeLog {
 public:
  explicit ChangeLogFile(std::string path) : path_(std::move(path)) {}

  // Creates the file with a heading where there is none. What others wrote into it stays.
  [[nodiscard]] Result<void> write(std::string_view line) override;

 private:
  std::string path_;
};

}  // namespace sluice::change_log
