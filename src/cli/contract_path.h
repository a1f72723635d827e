// Where a contract is, for somebody with another working folder.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/text.h"

namespace sluice::cli {

// `not_found` when there is no such file.
[[nodiscard]] inline Result<std::string> absolute_contract(const std::string& path) {
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(path, trouble)) {
    return fail(ErrorCode::not_found, "there is no contract `" + printable(path) + "`");
  }
  const auto absolute = std::filesystem::absolute(path, trouble);
  if (trouble) return fail(ErrorCode::not_found, "`" + printable(path) + "`: " + trouble.message());
  return absolute.lexically_normal().string();
}

}  // namespace sluice::cli
