#include "model/complaint.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice {

std::string to_text(const Complaint& complaint) {
  std::string where = complaint.file;
  if (complaint.at.line > 0) {
    where += fmt::format(":{}:{}", complaint.at.line, complaint.at.column);
  }
  return fmt::format("{}: {}{}{}", printable(where), printable(complaint.wrong, 400),
                     complaint.right.empty() ? "" : "; ", printable(complaint.right, 400));
}

}  // namespace sluice
