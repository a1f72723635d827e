// Examine: any file that is brought as evidence about a release, into a record of what it comes to
// under the rules of sluice.yaml. The format is recognised from the content.
//
// Pure and bounded: SARIF and JUnit are read in pieces, everything else is held up to the limit of
// its format. Who brings an unsigned file is not known here; `by` of its record is left empty, and
// so are id, release and times, which gates/quality.h fills in.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "codec/json_stream.h"
#include "model/evidence.h"
#include "model/policy.h"
#include "model/release.h"

namespace sluice::evidence {

// What the file is brought for.
struct Question {
  const Policy& policy;
  const Release& release;  // whose digest, or all of whose files, a signed statement must name
  std::vector<std::string> authors;  // evaluators who wrote the release: their keys do not count
  std::vector<std::string> domains;  // empty: those that the file is about
  std::string source;                // how records call the file
};

// `invalid_input` for what cannot be read, is of no known format, or does not say which domain it
// is about; `rejected` where no signature is by the key of an evaluator. What can be read is a
// record, whatever it comes to.
[[nodiscard]] Result<Evidence> examine(const codec::ByteSource& source, const Question& question);

}  // namespace sluice::evidence
