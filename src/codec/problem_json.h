// Problem: an error as HTTP carries it, in the problem+json of RFC 9457.
//
// The six codes of Error have one HTTP status each, so that a client can turn an answer back into
// the Error that the server had. The `type` member is left out: it is "about:blank" throughout.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

namespace sluice::codec {

inline constexpr std::string_view kProblemMediaType = "application/problem+json";

struct Problem {
  int status = 500;
  std::string title;   // what kind of problem: the same words for the same status
  std::string detail;  // what happened this time, for people
  Json more;           // an object of further members, or null: "clauses" of a refusal, say
  friend bool operator==(const Problem&, const Problem&) = default;
};

// {"status":409,"title":"conflict","detail":"…",…}. A member of `more` that has the name of one of
// these three, or "type", is left out.
[[nodiscard]] std::string encode(const Problem& problem);

// For what any server of HTTP may send: only the status must be there, from 400 to 599.
[[nodiscard]] Result<Problem> decode_problem(std::string_view text);

// invalid_input 400, not_found 404, conflict 409, rejected 422, corrupt 500, unavailable 503.
[[nodiscard]] Problem problem_of(const Error& error);

// The way back. Of the statuses that problem_of() never gives, those below 500 are `rejected` and
// the others `unavailable`.
[[nodiscard]] Error error_of(const Problem& problem);

}  // namespace sluice::codec
