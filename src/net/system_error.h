// What a system call said, as an Error.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace sluice::net {

// "opening /x/guard.json: Permission denied"; `not_found` for what is not there, else
// `unavailable`.
[[nodiscard]] inline std::unexpected<Error> system_error(std::string_view doing,
                                                         std::string_view object) {
  const int number = errno;
  const ErrorCode code = number == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
  return fail(code, std::string(doing) + " " + std::string(object) + ": " +
                        std::generic_category().message(number));
}

}  // namespace sluice::net
