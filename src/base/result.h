// Result<T>: what an operation that touches the outside world returns.
//
// Sluice knows three kinds of "no"; only the middle one is an Error.
//   a bug in Sluice        SLUICE_ASSERT stops the process (base/assert.h)
//   the world refused      Error, carried here
//   the policy said no     an ordinary value (model/reason.h, model/verdict.h)
//
// Errors are read by people. Write the message in lower case, without a full stop, name the
// object, put foreign text in backticks, and let each caller prefix where it was: see Error::in().
// A message never holds a secret.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

enum class ErrorCode : std::uint8_t {
  invalid_input,  // the caller can fix it
  not_found,      // the named thing does not exist
  conflict,       // someone moved first: re-read, then decide again
  unavailable,    // worth retrying; the engine owns the back-off
  rejected,       // understood and refused: never retry
  corrupt,        // stored bytes lie: stop
};

struct Error {
  ErrorCode code = ErrorCode::invalid_input;
  std::string message;

  // "reading journal" + "line 4: unknown event" -> "reading journal: line 4: unknown event"
  [[nodiscard]] Error in(std::string_view context) const {
    std::string text{context};
    text += ": ";
    text += message;
    return {code, std::move(text)};
  }
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

// Unwraps a Result, or returns its error from the enclosing function. Only as a whole statement or
// a whole initialiser, never as an argument.
#define SLUICE_TRY(expression)                                                \
  __extension__({                                                             \
    auto sluice_try_ = (expression);                                          \
    if (!sluice_try_) return std::unexpected(std::move(sluice_try_).error()); \
    *std::move(sluice_try_);                                                  \
  })

}  // namespace sluice
