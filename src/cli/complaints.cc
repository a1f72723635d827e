#include "cli/complaints.h"

#include <string>

namespace sluice::cli {

bool print_complaints(const Context& context, const std::vector<Complaint>& complaints) {
  std::string lines;
  for (const Complaint& complaint : complaints) lines += to_text(complaint) + "\n";
  if (!lines.empty()) context.err(lines);
  return !complaints.empty();
}

}  // namespace sluice::cli
