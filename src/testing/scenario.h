// Scenario: a transcript of decisions, in plain text.
//
//   # what the situation is
//   adopt REL-1
//   deliver REL-2
//   => delivery_started D-0001 REL-2 …
//   => reason starting_canary
//
// Lines that begin with `=>` are what Sluice answers; everything else is what happens to it. The
// verbs are in scenario.cc, one small function each. After every event the invariants of core/ are
// checked; a broken one is part of the answer, so that no transcript can hide it.
#pragma once

#include <string>
#include <string_view>

namespace sluice::testing {

// The scenario's own lines with the answers that Sluice gives now.
[[nodiscard]] std::string run_scenario(std::string_view script);

}  // namespace sluice::testing
