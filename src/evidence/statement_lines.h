// in-toto bundles (`.intoto.jsonl`): one DSSE envelope, or Sigstore bundle, a line. Each line is
// evidence of its own, with bytes and digest of its own; the file as a whole says nothing.
//
// The specification lets a reader pass over lines that it does not know. Here one of them is an
// error: what cannot be read might be what speaks against the release.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::evidence {

inline constexpr std::size_t kStatementLinesMax = 100;
inline constexpr std::size_t kStatementFileBytesMax = 8U << 20U;

struct StatementLine {
  int number = 0;  // from 1
  std::string_view bytes;
};

// The lines that are not blank, of a file that has several and whose first or second is a whole
// envelope or bundle; empty for every other file. `invalid_input`, with the line's number, for a
// line that is neither envelope nor bundle, for more than kStatementLinesMax of them, and for a
// file of more than kStatementFileBytesMax. What the lines hold is not checked here.
[[nodiscard]] Result<std::vector<StatementLine>> statement_lines(std::string_view bytes);

}  // namespace sluice::evidence
