// Exceptions: an INCONCLUSIVE clause decided by a person, for a time, about exactly this finding.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/decisions.h"
#include "gates/people.h"

namespace sluice::gates {
namespace {

// Empty: the clause may be decided.
std::string why_undecidable(const ClauseVerdict& found) {
  const ClauseInfo& clause = info(found.clause);
  if (clause.criterion == Criterion::emergency) return "clauses of an emergency have no exceptions";
  if (found.clause == Clause::pre_quality_security) return "security has no exceptions";
  if (!clause.built) return "the clause has no gate yet and holds nothing";
  switch (found.verdict) {
    case Verdict::pass: return "the clause is PASS already";
    case Verdict::fail: return "the clause is FAIL, and nobody may decide that away";
    case Verdict::inconclusive: return {};
  }
  return {};
}

Result<void> may_decide(const Facts& facts, const Person& person, Clause clause) {
  const std::string_view domain = domain_of(clause);
  const std::string who = printable(person.name, 80);
  if (!has_domain(person, domain)) {
    return fail(ErrorCode::rejected, fmt::format("{} has not the domain `{}`", who, domain));
  }
  if (is_author(person, facts.contract)) {
    return fail(ErrorCode::rejected,
                who + " is an author of it, and authors do not decide about their own work");
  }
  const std::string doubt = author_doubt(facts.contract, facts.policy);
  if (doubt.empty()) return {};
  return fail(ErrorCode::rejected, doubt + ", so that nobody can be shown not to be the author");
}

const Exception* valid_exception(const ClauseVerdict& found, const Facts& facts) {
  const Digest finding = finding_digest(found);
  for (const Exception& one : facts.service.exceptions) {
    const bool is_about_it =
        one.release == facts.release.digest && one.clause == found.clause && one.finding == finding;
    if (!is_about_it) continue;
    if (!why_not_valid(facts.service.evidence, one.evidence, facts.now).empty()) continue;
    const auto person = std::ranges::find(facts.policy.people, one.name, &Person::name);
    if (person != facts.policy.people.end() && may_decide(facts, *person, one.clause)) return &one;
  }
  return nullptr;
}

}  // namespace

Result<Exception> exception_by(const Facts& facts, const Speaker& speaker,
                               const ClauseVerdict& found, std::string reason) {
  if (const std::string why = why_undecidable(found); !why.empty()) {
    return fail(ErrorCode::rejected, fmt::format("{}: {}", sluice::to_text(found.clause), why));
  }
  const Person* person = person_of(facts.policy, speaker);
  if (person == nullptr) {
    return fail(ErrorCode::rejected,
                to_text(speaker) + " is nobody in `people` of sluice.yaml, and decides nothing");
  }
  SLUICE_TRY(may_decide(facts, *person, found.clause));
  return Exception{.release = facts.release.digest,
                   .clause = found.clause,
                   .finding = finding_digest(found),
                   .reason = std::move(reason),
                   .name = person->name,
                   .user = to_text(speaker)};
}

void apply_exceptions(std::vector<ClauseVerdict>& verdicts, const Facts& facts) {
  for (ClauseVerdict& found : verdicts) {
    if (!why_undecidable(found).empty()) continue;
    const Exception* exception = valid_exception(found, facts);
    if (exception == nullptr) continue;
    const KeptEvidence* kept = facts.service.evidence.find(exception->evidence);
    found.verdict = Verdict::pass;
    found.why =
        fmt::format("PASS by exception of {} until {}: {}; found: {}: {}",
                    printable(exception->name, 80), sluice::to_text(kept->evidence.valid_until),
                    printable(exception->reason, 300), found.code, found.why);
    found.code = kByException;
    found.remedy.clear();
    found.looked_at = std::max(found.looked_at, 1);
    found.evidence.push_back(exception->evidence);
  }
}

}  // namespace sluice::gates
