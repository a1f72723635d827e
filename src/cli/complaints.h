// Complaints about files, as the commands print them: one line each, on standard error.
#pragma once

#include <vector>

#include "cli/context.h"
#include "model/complaint.h"

namespace sluice::cli {

// Whether there were any.
bool print_complaints(const Context& context, const std::vector<Complaint>& complaints);

}  // namespace sluice::cli
