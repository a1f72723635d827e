// Evidence intake: files and bytes into the evidence store, and what they come to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "model/evidence.h"

namespace sluice::app {

// For which release, under which rules. Borrowed.
struct IntakeFor {
  const Policy& policy;
  const cli::LoadedContract& contract;
  const std::vector<std::string>& domains;  // empty: those that a file is about
};

// Read once, in parts, and kept on the way; of what cannot be read nothing is kept. One record for
// a file, or for each line of an in-toto bundle (evidence/statement_lines.h).
// evidence/examine.h says what is refused.
[[nodiscard]] Result<std::vector<Evidence>> take_in_file(const std::string& folder,
                                                         const std::string& path,
                                                         const IntakeFor& purpose);
[[nodiscard]] Result<std::vector<Evidence>> take_in_bytes(const std::string& folder,
                                                          std::string_view bytes,
                                                          std::string_view source,
                                                          const IntakeFor& purpose);

// Reads the keys of the evaluators; complains where sluice.yaml names one that cannot be used. The
// policy's digest covers them from now on.
void load_keys(const std::string& folder, cli::LoadedPolicy& loaded);

}  // namespace sluice::app
