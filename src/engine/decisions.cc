// What people decide and what is brought as evidence: the bytes are in the store, durably, before
// the events that refer to them are in the ledger.
#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "codec/statement.h"
#include "engine/parts.h"
#include "gates/before_start.h"
#include "gates/flags.h"
#include "gates/quality.h"

namespace sluice::engine {
namespace {

// Who decides for longer than this does not decide about an exception but about the policy.
constexpr std::int64_t kExceptionMsMax = 366 * kDayMs;
// Waiting for a flag service: no port may block for longer while there is something to supervise.
constexpr std::int64_t kBusyPatienceMs = 500;

}  // namespace

// Of the flags that new features name. While a delivery has to be supervised, not for long.
FlagAnswers Engine::Parts::ask_about_flags(const Contract& contract) const {
  const std::vector<std::string> names = gates::flags_of_features(contract);
  if (names.empty() || ports.flags == nullptr) return {};
  const std::int64_t patience_ms = service.delivering()
                                       ? std::min(kBusyPatienceMs, policy.flags.timeout_ms)
                                       : policy.flags.timeout_ms;
  return ports.flags->ask(names, patience_ms);
}

// What was answered becomes evidence of the delivery that is asked for.
Result<void> Engine::Parts::record(FlagAnswers& answers, const Release& release) {
  if (answers.source.empty() || !answers.trouble.empty() || ports.evidence == nullptr) return {};
  const Evidence evidence =
      SLUICE_TRY(keep(EvidenceKind::flags, codec::statement_of(answers, now()),
                      {.about = release.digest, .by = "sluice", .source = answers.source}));
  answers.evidence = evidence.id;
  return journal({EvidenceRecorded{evidence}}, now());
}

// The bytes are durable when it returns; nothing refers to them yet.
Result<Evidence> Engine::Parts::keep(EvidenceKind kind, const std::string& statement,
                                     Evidence evidence) {
  SLUICE_ASSERT(ports.evidence != nullptr);
  auto kept = ports.evidence->keep(statement);
  if (!kept) return std::unexpected(kept.error().in("keeping the evidence"));
  evidence.kind = kind;
  evidence.observed = now();
  evidence.bytes = *std::move(kept);
  evidence.id = evidence_id(evidence);
  if (service.evidence.find(evidence.id) == nullptr) return evidence;
  return fail(ErrorCode::conflict, "this very decision is in the ledger already");
}

Result<std::vector<Approval>> Engine::approve(const ApprovalRequest& request) {
  Parts& parts = *parts_;
  const Tick now = parts.now();
  std::vector<Approval> approvals = SLUICE_TRY(
      gates::approvals_by({request.contract, parts.policy, parts.service, request.release, now},
                          request.speaker, request.environment));
  std::vector<Event> events;
  for (Approval& approval : approvals) {
    const Evidence evidence = SLUICE_TRY(
        parts.keep(EvidenceKind::approval, codec::statement_of(approval, now),
                   {.about = approval.release, .by = approval.name, .source = approval.user}));
    approval.evidence = evidence.id;
    events.emplace_back(EvidenceRecorded{evidence});
    events.emplace_back(ApprovalGiven{approval});
  }
  SLUICE_TRY(parts.journal(events, now));
  return approvals;
}

Result<Exception> Engine::except(const ExceptionRequest& request) {
  Parts& parts = *parts_;
  const Tick now = parts.now();
  if (request.until <= now || request.until - now > kExceptionMsMax) {
    return fail(ErrorCode::invalid_input,
                "an exception ends later than now, and within a year: " + to_text(request.until));
  }
  const FlagAnswers flags = parts.ask_about_flags(request.contract);
  const gates::Facts facts{request.contract, parts.policy, parts.service,
                           request.release,  now,          &flags};
  const std::vector<ClauseVerdict> found = gates::found_before_start(facts);
  const auto one = std::ranges::find(found, request.clause, &ClauseVerdict::clause);
  if (one == found.end()) {
    return fail(ErrorCode::rejected, std::string(to_text(request.clause)) +
                                         " is known only after the start: nothing to decide yet");
  }
  Exception exception =
      SLUICE_TRY(gates::exception_by(facts, request.speaker, *one, request.reason));
  const Evidence evidence = SLUICE_TRY(
      parts.keep(EvidenceKind::exception, codec::statement_of(exception, now, request.until),
                 {.about = exception.release,
                  .by = exception.name,
                  .source = exception.user,
                  .valid_until = request.until}));
  exception.evidence = evidence.id;
  SLUICE_TRY(parts.journal({EvidenceRecorded{evidence}, ExceptionMade{exception}}, now));
  return exception;
}

Result<std::vector<Evidence>> Engine::record(const EvidenceRequest& request) {
  Parts& parts = *parts_;
  const Tick now = parts.now();
  std::vector<Evidence> records;
  std::vector<Event> events;
  for (const Evidence& examined : request.examined) {
    if (!parts.ports.evidence->holds(examined.bytes)) {
      return fail(ErrorCode::not_found,
                  "the bytes of " + printable(examined.source) + " are not in the evidence store");
    }
    const Evidence evidence = SLUICE_TRY(
        gates::evidence_by({request.contract, parts.policy, parts.service, request.release, now},
                           request.speaker, examined));
    const bool listed = std::ranges::find(records, evidence.id, &Evidence::id) != records.end();
    records.push_back(evidence);
    if (listed || parts.service.evidence.find(evidence.id) != nullptr) continue;
    events.emplace_back(EvidenceRecorded{evidence});
  }
  SLUICE_TRY(parts.journal(events, now));
  return records;
}

Result<Evidence> Engine::revoke(const RevocationRequest& request) {
  Parts& parts = *parts_;
  const auto matching = parts.service.evidence.matching(request.evidence);
  const std::string named = "`" + printable(request.evidence, 80) + "`";
  if (matching.empty()) return fail(ErrorCode::not_found, "there is no evidence " + named);
  if (matching.size() > 1) {
    return fail(ErrorCode::invalid_input, "more than one id begins with " + named);
  }
  const KeptEvidence kept = *matching.front();
  if (kept.revocation) {
    return fail(ErrorCode::conflict, evidence_name(kept.evidence.id) + " was revoked by " +
                                         printable(kept.revocation->by, 100) + " already");
  }
  SLUICE_TRY(parts.journal(
      {EvidenceRevoked{kept.evidence.id, gates::to_text(request.speaker), request.reason}},
      parts.now()));
  return kept.evidence;
}

}  // namespace sluice::engine
