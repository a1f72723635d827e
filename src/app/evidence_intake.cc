#include "app/evidence_intake.h"

#include <filesystem>

#include <fmt/format.h>

#include "adapters/evidence_files/evidence_files.h"
#include "adapters/process/digested_file.h"
#include "app/load.h"
#include "base/text.h"
#include "evidence/examine.h"
#include "evidence/signature.h"
#include "evidence/statement_lines.h"
#include "gates/quality.h"

namespace sluice::app {
namespace {

constexpr std::size_t kKeyBytesMax = std::size_t{16} << 10U;
constexpr std::size_t kSourceBytesMax = 400;

using NextPart = std::function<Result<std::string_view>()>;

// What is examined is what is kept: the same bytes pass both.
class Tee {
 public:
  Tee(NextPart next, evidence_files::Incoming& incoming)
      : next_(std::move(next)), incoming_(incoming) {}

  std::string_view part() {
    if (trouble_) return {};
    const Result<std::string_view> part = next_();
    if (!part) {
      trouble_ = part.error();
      return {};
    }
    if (const auto kept = incoming_.add(*part); !kept) trouble_ = kept.error();
    return trouble_ ? std::string_view() : *part;
  }
  [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

 private:
  NextPart next_;
  evidence_files::Incoming& incoming_;
  std::optional<Error> trouble_;
};

evidence::Question question_about(std::string_view source, const IntakeFor& purpose) {
  return {.policy = purpose.policy,
          .release = purpose.contract.release,
          .authors = gates::evaluating_authors(purpose.policy, purpose.contract.contract),
          .domains = purpose.domains,
          .source = printable(source, kSourceBytesMax)};
}

Result<Evidence> take_in(const std::string& folder, NextPart next, std::string_view source,
                         const IntakeFor& purpose) {
  auto incoming = SLUICE_TRY(evidence_files::Incoming::open(folder + "/.sluice/evidence"));
  Tee tee(std::move(next), incoming);
  const evidence::Question question = question_about(source, purpose);
  Result<Evidence> examined = evidence::examine([&] { return tee.part(); }, question);
  if (tee.trouble()) return std::unexpected(tee.trouble()->in(question.source));
  if (!examined) return std::unexpected(examined.error().in(question.source));
  while (!tee.part().empty()) continue;  // what its reader had no use for
  if (tee.trouble()) return std::unexpected(tee.trouble()->in(question.source));
  examined->bytes = SLUICE_TRY(incoming.keep());
  return examined;
}

NextPart parts_of(std::string_view bytes) {
  return [rest = bytes]() mutable -> Result<std::string_view> {
    return std::exchange(rest, std::string_view());
  };
}

// "work/all.intoto.jsonl:3"
std::string line_of(std::string_view source, int number) {
  return fmt::format("{}:{}", source, number);
}

// All of them are read before one is kept.
Result<void> try_all(const std::vector<evidence::StatementLine>& lines, std::string_view source,
                     const IntakeFor& purpose) {
  for (const evidence::StatementLine& line : lines) {
    const evidence::Question question = question_about(line_of(source, line.number), purpose);
    const auto examined = evidence::examine(codec::bytes_of(line.bytes), question);
    if (!examined) return std::unexpected(examined.error().in(question.source));
  }
  return {};
}

std::string source_of(const std::string& folder, const std::string& path) {
  const std::string whole = std::filesystem::path(path).lexically_normal();
  return whole.starts_with(folder + "/") ? whole.substr(folder.size() + 1) : whole;
}

}  // namespace

Result<std::vector<Evidence>> take_in_file(const std::string& folder, const std::string& path,
                                           const IntakeFor& purpose) {
  std::error_code ignored;
  if (std::filesystem::file_size(path, ignored) <= evidence::kStatementFileBytesMax) {
    const auto bytes = read_file(path, evidence::kStatementFileBytesMax);
    if (bytes) return take_in_bytes(folder, *bytes, source_of(folder, path), purpose);
  }
  auto file =
      SLUICE_TRY(process::DigestedFile::open(path, static_cast<std::int64_t>(kEvidenceBytesMax)));
  std::vector<Evidence> taken;
  taken.push_back(
      SLUICE_TRY(take_in(folder, [&] { return file.next(); }, source_of(folder, path), purpose)));
  return taken;
}

Result<std::vector<Evidence>> take_in_bytes(const std::string& folder, std::string_view bytes,
                                            std::string_view source, const IntakeFor& purpose) {
  const auto lines = evidence::statement_lines(bytes);
  if (!lines) return std::unexpected(lines.error().in(printable(source, kSourceBytesMax)));
  std::vector<Evidence> taken;
  if (lines->empty()) {
    taken.push_back(SLUICE_TRY(take_in(folder, parts_of(bytes), source, purpose)));
    return taken;
  }
  SLUICE_TRY(try_all(*lines, source, purpose));
  for (const evidence::StatementLine& line : *lines) {
    Evidence one =
        SLUICE_TRY(take_in(folder, parts_of(line.bytes), line_of(source, line.number), purpose));
    taken.push_back(std::move(one));
  }
  return taken;
}

void load_keys(const std::string& folder, cli::LoadedPolicy& loaded) {
  std::string covered = loaded.policy.digest.hex;
  for (Evaluator& evaluator : loaded.policy.evaluators) {
    if (evaluator.key_file.empty()) continue;
    Result<std::string> key = read_file(below(folder, evaluator.key_file), kKeyBytesMax);
    std::string wrong;
    if (!key) {
      wrong = key.error().message;
    } else if (const auto parsed = evidence::parse_public_key(*key); !parsed) {
      wrong = fmt::format("`{}`: {}", printable(evaluator.key_file, 200), parsed.error().message);
    } else {
      covered += " " + sha256(*key).hex;
      evaluator.key = *std::move(key);
      continue;
    }
    loaded.complaints.push_back({"sluice.yaml", evaluator.key_at, std::move(wrong),
                                 "name a PEM file with one Ed25519 or P-256 public key"});
  }
  if (covered != loaded.policy.digest.hex) loaded.policy.digest = sha256(covered);
}

}  // namespace sluice::app
