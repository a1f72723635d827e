// What a wait is for, in words: what ends it, and what happens when its deadline passes. One
// sentence each, for `explain` and the live view; the reason itself is sentence(reason).
#pragma once

#include <string>
#include <string_view>

#include "model/service.h"
#include "model/status.h"

namespace sluice::cli {

[[nodiscard]] std::string_view what_ends(Reason reason);
[[nodiscard]] std::string_view at_deadline(const Status& status);

// "otherwise in 57 min the release is rolled back"; empty where the wait has no deadline of its
// own.
[[nodiscard]] std::string time_left(const Status& status);

// What the wait lacks. Where requests are counted meanwhile: now, and not when the wait began.
[[nodiscard]] std::string detail_of(const Status& status);

// "soaking", "rolled back": the phase as people say it.
[[nodiscard]] std::string_view in_words(Phase phase);

}  // namespace sluice::cli
