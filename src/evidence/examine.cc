#include "evidence/examine.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "evidence/assessment.h"
#include "evidence/assessment_text.h"
#include "evidence/dsse.h"
#include "evidence/recognise.h"

namespace sluice::evidence {
namespace {

constexpr std::size_t kReportBytesMax = 2U << 20U;

// What was read to recognise the format, and then the rest.
class Reread {
 public:
  explicit Reread(const codec::ByteSource& source) : source_(source) {
    while (head_.size() < kHeadBytes) {
      const std::string_view part = source_();
      if (part.empty()) break;
      head_ += part;
    }
  }
  [[nodiscard]] std::string_view head() const { return head_; }
  [[nodiscard]] codec::ByteSource all() {
    return [this, first = true]() mutable -> std::string_view {
      if (!std::exchange(first, false)) return source_();
      return head_.empty() ? source_() : std::string_view(head_);
    };
  }

 private:
  const codec::ByteSource& source_;
  std::string head_;
};

Result<std::string> whole(const codec::ByteSource& source, std::size_t bytes_max) {
  std::string text;
  for (std::string_view part = source(); !part.empty(); part = source()) {
    text += part;
    if (text.size() > bytes_max) {
      return fail(
          ErrorCode::invalid_input,
          fmt::format("it is larger than the {} MiB that its format may have", bytes_max >> 20U));
    }
  }
  return text;
}

const QualityRule* rule_for(const Policy& policy, std::string_view domain) {
  const auto found = std::ranges::find(policy.quality, domain, &QualityRule::domain);
  return found == policy.quality.end() ? nullptr : &*found;
}

Severity severity_of(const QualityRule& rule) {
  return parse_severity(rule.fails_at).value_or(Severity::low);
}

bool holds(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::any_of(
      words, [&](const std::string& one) { return to_lower_ascii(one) == to_lower_ascii(word); });
}

Assessed assessed(const QualityRule& rule, Proof proof, Assessment found,
                  const std::vector<Evaluator>& signers = {}) {
  return {.domain = rule.domain,
          .proof = proof,
          .verdict = found.verdict,
          .code = std::move(found.code),
          .why = std::move(found.why),
          .remedy = std::move(found.remedy),
          .looked_at = found.looked_at,
          .rule = rule_digest(rule, proof, signers)};
}

Error unknown_domain(std::string_view what) {
  return {ErrorCode::invalid_input,
          fmt::format("{} does not say which evaluation it is for: add --domain", what)};
}

// The rules of the domains that are asked for; else of those that it is about.
Result<std::vector<QualityRule>> rules_for(
    const Question& question, std::string_view what,
    const std::function<bool(const QualityRule&)>& is_about) {
  std::vector<QualityRule> rules;
  for (const std::string& domain : question.domains) {
    const QualityRule* rule = rule_for(question.policy, domain);
    if (rule == nullptr) {
      return fail(ErrorCode::invalid_input, fmt::format("there is no domain {}", in_ticks(domain)));
    }
    rules.push_back(*rule);
  }
  if (!rules.empty()) return rules;
  std::ranges::copy_if(question.policy.quality, std::back_inserter(rules), is_about);
  if (rules.empty()) return std::unexpected(unknown_domain(what));
  return rules;
}

bool is_security(const QualityRule& rule) { return rule.domain == "security"; }

bool demands_tests(const QualityRule& rule) {
  return std::ranges::find(rule.demands, Proof::tests) != rule.demands.end();
}

void take_back(Assessment& found, std::string_view code, std::string why, std::string remedy) {
  found.verdict = Verdict::inconclusive;
  found.code = code;
  found.why = std::move(why);
  found.remedy = std::move(remedy);
}

// A list of tools is a list of those that count: what does not name its tool is none of them.
void doubt_tool(Assessment& found, const QualityRule& rule, std::string_view tool) {
  if (found.verdict != Verdict::pass || rule.tools.empty() || holds(rule.tools, tool)) return;
  take_back(found, "tool_not_allowed",
            fmt::format("{} is no tool that counts here", in_ticks(tool)),
            "scan with a tool that sluice.yaml names, or have this one named there");
}

// --- one function for each format

std::string tools_of(const SarifFacts& facts) {
  std::vector<std::string> names;
  for (const SarifRun& run : facts.runs) names.push_back(to_lower_ascii(run.tool));
  std::ranges::sort(names);
  const auto twice = std::ranges::unique(names);
  names.erase(twice.begin(), twice.end());
  return printable(fmt::format("{}", fmt::join(names, ", ")), 200);
}

Result<Evidence> examine_sarif(const codec::ByteSource& source, const Question& question) {
  const SarifFacts facts = SLUICE_TRY(read_sarif(source));
  const auto rules = SLUICE_TRY(rules_for(question, "a scan", is_security));
  Evidence evidence{.kind = EvidenceKind::scan};
  // One tool may scan several parts of a release, each into a file of its own.
  evidence.series = fmt::format("scan by {} in {}", tools_of(facts), question.source);
  for (const QualityRule& rule : rules) {
    evidence.assessed.push_back(
        assessed(rule, Proof::scan,
                 assess(facts, ScanRule{.fails_at = severity_of(rule), .tools = rule.tools})));
  }
  return evidence;
}

Result<Evidence> examine_cyclonedx(const codec::ByteSource& source, const Question& question) {
  const std::string bytes = SLUICE_TRY(whole(source, kCycloneDxBytesMax));
  const CycloneDxFacts facts = SLUICE_TRY(read_cyclonedx(bytes));
  const auto rules = SLUICE_TRY(rules_for(question, "a scan", is_security));
  Evidence evidence{.kind = EvidenceKind::scan};
  evidence.series = "CycloneDX in " + question.source;
  for (const QualityRule& rule : rules) {
    Assessment found = assess(facts, VulnerabilityRule{.fails_at = severity_of(rule)});
    doubt_tool(found, rule, "CycloneDX");
    evidence.assessed.push_back(assessed(rule, Proof::scan, std::move(found)));
  }
  return evidence;
}

Result<Evidence> examine_junit(const codec::ByteSource& source, const Question& question) {
  const JunitFacts facts = SLUICE_TRY(read_junit(source));
  const auto rules = SLUICE_TRY(rules_for(question, "a report of tests", demands_tests));
  Evidence evidence{.kind = EvidenceKind::test_report};
  evidence.series = "tests in " + question.source;
  for (const QualityRule& rule : rules) {
    const TestRule tests{.tests_min = rule.tests_min,
                         .flaky_passes = rule.flaky_passes,
                         .skipped_passes = rule.skipped_passes};
    evidence.assessed.push_back(assessed(rule, Proof::tests, assess(facts, tests)));
  }
  return evidence;
}

bool is_about(const EvaluationReport& report, std::string_view domain) {
  bool rows = false;
  for (const EvaluatedPolicy& policy : report.policies) {
    if (!policy.applicable) continue;
    rows = true;
    if (to_lower_ascii(policy.policy).contains(domain)) return true;
  }
  return !rows && to_lower_ascii(report.title).contains(domain);
}

Result<Evidence> examine_report(const codec::ByteSource& source, const Question& question) {
  const std::string bytes = SLUICE_TRY(whole(source, kReportBytesMax));
  const EvaluationReport report = read_evaluation_report(bytes, question.source);
  if (!report.is_report) {
    return fail(ErrorCode::invalid_input,
                "it is neither SARIF, JUnit, CycloneDX nor a DSSE envelope, and no evaluation "
                "report in Markdown");
  }
  const auto rules = SLUICE_TRY(rules_for(question, "the report", [&](const QualityRule& rule) {
    return is_about(report, rule.domain);
  }));
  Evidence evidence{.kind = EvidenceKind::evaluation};
  evidence.series = "evaluation by " + printable(to_lower_ascii(trim(report.evaluator)), 200);
  for (const QualityRule& rule : rules) {
    evidence.assessed.push_back(
        assessed(rule, Proof::evaluation, assess(report, ReportRule{.domain = rule.domain})));
  }
  return evidence;
}

// --- signed statements

struct StatementType {
  std::string_view uri;
  Proof proof;
};
constexpr std::array<StatementType, 4> kStatementTypes{
    {{"https://slsa.dev/verification_summary/v1", Proof::evaluation},
     {"https://in-toto.io/attestation/test-result/v0.1", Proof::tests},
     {"https://in-toto.io/attestation/vulns/v0.1", Proof::scan},
     {"https://in-toto.io/attestation/vulns/v0.2", Proof::scan}}};

std::vector<std::string> types_for(const std::vector<Proof>& signs) {
  std::vector<std::string> types;
  for (const StatementType& type : kStatementTypes) {
    if (std::ranges::find(signs, type.proof) != signs.end()) types.emplace_back(type.uri);
  }
  return types;
}

Result<std::vector<TrustedKey>> keys_of(const Question& question) {
  std::vector<TrustedKey> keys;
  for (const Evaluator& signer : signers_of(question.policy.evaluators)) {
    if (holds(question.authors, signer.name)) continue;
    auto key = parse_public_key(signer.key);
    if (!key) return std::unexpected(key.error().in(printable(signer.key_file)));
    keys.push_back({.evaluator = signer.name,
                    .key = *std::move(key),
                    .predicate_types = types_for(signer.signs),
                    .domains = signer.domains,
                    .speaks_for = signer.speaks_for});
  }
  return keys;
}

// A summary says by its policy which evaluation it is the end of; other statements by what they
// are.
bool speaks_of(const Statement& statement, Proof proof, const QualityRule& rule) {
  switch (proof) {
    case Proof::scan: return is_security(rule);
    case Proof::tests: return demands_tests(rule);
    case Proof::evaluation: break;
  }
  const auto* summary = std::get_if<VerificationSummary>(&statement.predicate);
  return summary != nullptr && to_lower_ascii(summary->policy_uri).contains(rule.domain);
}

// Every file of the release, and the release itself.
std::vector<Digest> digests_of(const Release& release) {
  std::vector<Digest> digests{release.digest};
  for (const auto* files : {&release.artifacts, &release.configuration, &release.migrations}) {
    for (const Artifact& file : *files) digests.push_back(file.digest);
  }
  return digests;
}

// Releases share files: one that names a part of this release may have been made for another.
bool names_all_of(const Statement& statement, const Release& release) {
  const auto is_named = [&](const Digest& digest) {
    return std::ranges::any_of(statement.subjects, [&](const DigestSet& subject) {
      const auto sha = subject.find("sha256");
      return sha != subject.end() && sha->second == digest.hex;
    });
  };
  const std::vector<Digest> digests = digests_of(release);
  if (is_named(digests.front())) return true;
  return digests.size() > 1 && std::all_of(digests.begin() + 1, digests.end(), is_named);
}

// Which word it is that newer ones take the place of.
std::string words_of(const Statement& statement) {
  if (const auto* scan = std::get_if<VulnerabilityScan>(&statement.predicate)) return scan->scanner;
  const auto* summary = std::get_if<VerificationSummary>(&statement.predicate);
  return summary == nullptr ? std::string() : summary->verifier_id + " " + summary->policy_uri;
}

Assessed assess_statement(const Attestation& attestation, const QualityRule& rule, Proof proof,
                          const Question& question) {
  Assessment found = assess(attestation, AttestationRule{.artifacts = digests_of(question.release),
                                                         .domain = rule.domain,
                                                         .fails_at = severity_of(rule)});
  const Statement& statement = attestation.statement;
  if (const auto* scan = std::get_if<VulnerabilityScan>(&statement.predicate)) {
    doubt_tool(found, rule, scan->scanner);
  }
  const bool passes = found.verdict == Verdict::pass;
  if (passes && !names_all_of(statement, question.release)) {
    take_back(found, "other_subject", "the statement names some files of the release, and not all",
              "bring a statement about the digest of this release, or about all of its files");
  } else if (passes && proof == Proof::evaluation && !speaks_of(statement, proof, rule)) {
    take_back(found, "domain_not_evaluated",
              fmt::format("the policy that was verified is not about {}", in_ticks(rule.domain)),
              "have that policy evaluated, too");
  }
  return assessed(rule, proof, std::move(found), signers_of(question.policy.evaluators));
}

std::string names_of(const std::vector<TrustedKey>& signers) {
  std::vector<std::string> names;
  for (const TrustedKey& signer : signers) {
    if (!holds(names, signer.evaluator)) names.push_back(signer.evaluator);
  }
  std::ranges::sort(names);
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<Evidence> examine_envelope(const codec::ByteSource& source, const Question& question) {
  const std::string bytes = SLUICE_TRY(whole(source, kEnvelopeBytesMax));
  const auto keys = SLUICE_TRY(keys_of(question));
  const Attestation attestation = SLUICE_TRY(open_attestation(bytes, keys));
  const Statement& statement = attestation.statement;
  const auto* type =
      std::ranges::find(kStatementTypes, statement.predicate_type, &StatementType::uri);
  if (type == kStatementTypes.end()) {
    return fail(ErrorCode::invalid_input,
                fmt::format("no evaluation rests on a statement of type {}",
                            in_ticks(statement.predicate_type)));
  }
  const auto rules = SLUICE_TRY(rules_for(question, "the statement", [&](const QualityRule& rule) {
    return speaks_of(statement, type->proof, rule);
  }));
  Evidence evidence{.kind = EvidenceKind::attestation, .by = names_of(attestation.signers)};
  evidence.observed = statement.made_at.value_or(Tick{});
  evidence.series = fmt::format("{} signed by {} {} {}", to_text(type->proof), evidence.by,
                                printable(words_of(statement), 200),
                                type->proof == Proof::evaluation ? "" : question.source);
  for (const QualityRule& rule : rules) {
    evidence.assessed.push_back(assess_statement(attestation, rule, type->proof, question));
  }
  return evidence;
}

Result<Evidence> examine_as(Format format, const codec::ByteSource& source,
                            const Question& question) {
  switch (format) {
    case Format::sarif: return examine_sarif(source, question);
    case Format::junit: return examine_junit(source, question);
    case Format::envelope: return examine_envelope(source, question);
    case Format::cyclonedx: return examine_cyclonedx(source, question);
    case Format::report: return examine_report(source, question);
  }
  std::unreachable();
}

}  // namespace

Result<Evidence> examine(const codec::ByteSource& source, const Question& question) {
  Reread bytes(source);
  const Format format = SLUICE_TRY(recognise(bytes.head()));
  Evidence evidence = SLUICE_TRY(examine_as(format, bytes.all(), question));
  evidence.source = question.source;
  SLUICE_ASSERT(!evidence.assessed.empty());
  return evidence;
}

}  // namespace sluice::evidence
