// Flag: what a flag service says about a feature flag, and whether production's customers see what
// is behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace sluice {

enum class FlagStanding : std::uint8_t {
  off,         // for everybody: the same answer whoever asks, and it is no
  on,          // for everybody
  varies,      // by who asks: rules, segments, a percentage
  missing,     // the service answers, and has no such flag
  wrong_type,  // it answers with something else than yes or no
  unknown,     // no answer, or one from which it cannot be told
};

[[nodiscard]] constexpr std::string_view to_text(FlagStanding standing) {
  switch (standing) {
    case FlagStanding::off: return "off";
    case FlagStanding::on: return "on";
    case FlagStanding::varies: return "varies";
    case FlagStanding::missing: return "missing";
    case FlagStanding::wrong_type: return "wrong_type";
    case FlagStanding::unknown: return "unknown";
  }
  return "?";
}

struct FlagFinding {
  std::string name;
  FlagStanding standing = FlagStanding::unknown;
  std::string why;  // one clause of a sentence; printable
  friend bool operator==(const FlagFinding&, const FlagFinding&) = default;
};

// One question about some flags, and what came back. The words are the same as long as what was
// found is the same: no times and no counters in them.
struct FlagAnswers {
  std::string source;              // "OFREP at http://…"; empty: nobody was asked
  std::string trouble;             // why none of it could be asked; empty where it could
  std::vector<FlagFinding> flags;  // one for each name that was asked for
  Digest evidence;                 // the record of it; empty where there is none
  friend bool operator==(const FlagAnswers&, const FlagAnswers&) = default;
};

}  // namespace sluice
