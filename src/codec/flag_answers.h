// What flag services answer, as findings about single flags.
//
// Sources: OFREP (OpenFeature Remote Evaluation Protocol, OpenAPI 0.1.0 to 0.3.0), flagd's flag
// definitions (schema v0), Unleash's client API (`GET /api/client/features`, servers 5 to 7).
//
// Any bytes give findings or an error: at most kFlagBytesMax, and the limits of parse_json(). A
// flag is `off` only where the answer shows that it is the same for everybody. Whatever is shown of
// what was read is printable and short.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/flag.h"

namespace sluice::codec {

inline constexpr std::size_t kFlagBytesMax = 8U << 20U;

// The body of POST /ofrep/v1/evaluate/flags/{key}: {"context":{…}}. Without a targetingKey in
// `context` there is one of Sluice's own, because servers with percentages demand it.
[[nodiscard]] std::string ofrep_request(
    const std::vector<std::pair<std::string, std::string>>& context);

// One answer to it. False with the reason STATIC is off: the flag has no rules. TARGETING_MATCH and
// SPLIT vary, whatever the value. DEFAULT, CACHED, UNKNOWN and none tell nothing: there may be
// rules that this one user does not meet. Only a JSON answer with FLAG_NOT_FOUND is `missing`; any
// other 404 comes from something that is no flag service.
[[nodiscard]] FlagFinding read_ofrep(const std::string& name, int status, std::string_view body);

// flagd's JSON file. `invalid_input` where it is none, or defines no flag at all. DISABLED means to
// flagd that the flag is not there, and a missing default variant that the program decides: both
// are `unknown`, because what the program does then cannot be seen from here.
[[nodiscard]] Result<std::vector<FlagFinding>> read_flagd(std::string_view bytes,
                                                          const std::vector<std::string>& names);

// Unleash's list of features as the token's environment has them. `invalid_input` where it is none,
// is empty, or is about another environment than `environment` (empty: any).
[[nodiscard]] Result<std::vector<FlagFinding>> read_unleash(std::string_view body,
                                                            const std::vector<std::string>& names,
                                                            std::string_view environment);

}  // namespace sluice::codec
