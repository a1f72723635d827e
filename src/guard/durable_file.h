// Files that are either the old or the new, never half of one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::guard {

enum class Durability : std::uint8_t {
  survives_kill,   // of this process: enough for what is meaningless after a restart of the machine
  survives_power,  // the bytes and the name are on the disk when it returns
};

// Writes beside it and renames; mode 0600.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view bytes,
                                        Durability durability);
// `not_found` where there is none, `rejected` beyond bytes_max.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
// Gone, durably. No error where there was none.
[[nodiscard]] Result<void> remove_file(const std::string& path);

}  // namespace sluice::guard
