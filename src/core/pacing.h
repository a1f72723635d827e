// Pacing: how fast a share may grow, and when it is cut. Inside core/ only; the figures are the
// judge's.
#pragma once

#include <optional>

#include "core/moment.h"

namespace sluice::core {

// The share to be set next on the way to the stage's, which is the cap; the present one where it
// may not grow now. Never lower: only a cut, or a rollback, takes a share back.
[[nodiscard]] Share next_share(const Moment& moment);

// There is so much evidence against the release that nothing goes forward.
[[nodiscard]] bool harm_suspected(const Moment& moment);
// Which evidence that is; empty where there is none.
[[nodiscard]] std::string suspicion_words(const Moment& moment);

// Of a customers' stage the share is cut to a quarter, once until it has grown again. A cut and a
// rollback take as long as each other, so a share that is no larger than that of a release of which
// nothing is known stays: cutting it would only put off the proof. Never towards a baseline that is
// not well.
[[nodiscard]] std::optional<Decision> must_cut(const Moment& moment);

}  // namespace sluice::core
