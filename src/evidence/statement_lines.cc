#include "evidence/statement_lines.h"

#include "base/text.h"
#include "codec/json.h"
#include "evidence/dsse.h"
#include "evidence/recognise.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_envelope(std::string_view line) {
  const auto format = recognise(line.substr(0, kHeadBytes));
  return format && *format == Format::envelope;
}

// A whole one: a file over several lines has none on its first two.
bool is_statement(std::string_view line) {
  if (!line.starts_with('{') || !line.ends_with('}') || !is_envelope(line)) return false;
  return codec::parse_json(line, kEnvelopeBytesMax).has_value();
}

}  // namespace

Result<std::vector<StatementLine>> statement_lines(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!trim(bytes).starts_with('{')) return std::vector<StatementLine>{};
  std::vector<StatementLine> lines;
  int number = 0;
  for (std::size_t at = 0; at < bytes.size() && lines.size() <= kStatementLinesMax;) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = trim(bytes.substr(at, end - at));
    ++number;
    if (!line.empty()) lines.push_back({number, line});
    at = end + 1;
  }
  if (lines.size() < 2 || (!is_statement(lines[0].bytes) && !is_statement(lines[1].bytes))) {
    return std::vector<StatementLine>{};
  }
  if (lines.size() > kStatementLinesMax) {
    return fail(ErrorCode::invalid_input,
                fmt::format("it has more than {} statements", kStatementLinesMax));
  }
  if (bytes.size() > kStatementFileBytesMax) {
    return fail(ErrorCode::invalid_input,
                fmt::format("it is larger than the {} MiB that statements in lines may have",
                            kStatementFileBytesMax >> 20U));
  }
  for (const StatementLine& line : lines) {
    if (is_envelope(line.bytes)) continue;
    return fail(
        ErrorCode::invalid_input,
        fmt::format("line {} is neither a DSSE envelope nor a Sigstore bundle", line.number));
  }
  return lines;
}

}  // namespace sluice::evidence
