// The line of the change log file about one delivery. The ledger is its source.
#pragma once

#include <string>

#include "model/service.h"

namespace sluice::gates {

// "- 2026-11-23T21:41:20Z **REL-2026-008** Storefront 1.4.0 `3f2a…`: done …": one Markdown list
// item without a line break, printable, with foreign Markdown made harmless. Dated by the
// delivery's start, so that the same delivery and outcome give the same bytes whenever they are
// asked for; different deliveries or outcomes never give the same line.
[[nodiscard]] std::string change_log_line(const Delivery& delivery, Phase outcome);

}  // namespace sluice::gates
