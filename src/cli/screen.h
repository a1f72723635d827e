// Screen: lines that are drawn over and over in the same place of a terminal.
//
// What stood on the terminal before stays. A terminal that was made narrower or lower meanwhile is
// reckoned with; lines beyond its height are left out, so that nothing scrolls away half-drawn.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"

namespace sluice::cli {

struct Frame {
  std::vector<std::string> lines;  // as shown
  std::string bytes;               // what brings the terminal there from the frame before
};

[[nodiscard]] Frame repaint(const Frame& before, std::vector<std::string> lines,
                            const Terminal& terminal);

}  // namespace sluice::cli
