#include "gates/quality_evidence.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"
#include "gates/people.h"
#include "gates/quality.h"

namespace sluice::gates {
namespace {

Person as_person(const Evaluator& evaluator) {
  return {.name = evaluator.name, .user = evaluator.user, .domains = evaluator.domains};
}

// "ana (uid 1000)", as records name who revoked.
std::optional<Speaker> speaker_in(std::string_view text) {
  constexpr std::string_view kBetween = " (uid ";
  const std::size_t at = text.rfind(kBetween);
  if (at == text.npos || !text.ends_with(')')) return std::nullopt;
  const auto uid =
      parse_integer(text.substr(at + kBetween.size(), text.size() - at - kBetween.size() - 1));
  if (!uid || *uid < 0 || *uid > 0xFFFF'FFFFLL) return std::nullopt;
  return Speaker{std::string(text.substr(0, at)), static_cast<std::uint32_t>(*uid)};
}

bool is_signed(const Evidence& evidence) { return evidence.kind == EvidenceKind::attestation; }

Digest rule_now(const Facts& facts, const Evidence& evidence, const Assessed& assessed,
                const QualityRule& rule) {
  return rule_digest(
      rule, assessed.proof,
      is_signed(evidence) ? signers_of(facts.policy.evaluators) : std::vector<Evaluator>{});
}

}  // namespace

std::vector<Evaluator> evaluators_of(const Policy& policy) {
  std::vector<Evaluator> all = policy.evaluators;
  for (const Person& person : policy.people) {
    all.push_back({.name = person.name, .user = person.user, .domains = person.domains});
  }
  return all;
}

bool is_known(const Policy& policy, const Speaker& speaker) {
  return evaluator_of(policy, speaker).has_value();
}

std::vector<std::string> evaluating_authors(const Policy& policy, const Contract& contract) {
  std::vector<std::string> authors;
  for (const Evaluator& evaluator : evaluators_of(policy)) {
    if (is_author(evaluator, contract)) authors.push_back(evaluator.name);
  }
  return authors;
}

std::optional<Evaluator> evaluator_of(const Policy& policy, const Speaker& speaker) {
  for (Evaluator& evaluator : evaluators_of(policy)) {
    if (evaluator.user.empty()) continue;
    if (evaluator.user == speaker.login || evaluator.user == std::to_string(speaker.uid)) {
      return std::move(evaluator);
    }
  }
  return std::nullopt;
}

std::optional<Evaluator> evaluator_named(const Policy& policy, std::string_view name) {
  for (Evaluator& evaluator : evaluators_of(policy)) {
    if (evaluator.name == name) return std::move(evaluator);
  }
  return std::nullopt;
}

bool is_author(const Evaluator& evaluator, const Contract& contract) {
  return is_author(as_person(evaluator), contract);
}

bool contains_word(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string evaluation_doubt(const Facts& facts) {
  Policy all;
  for (const Evaluator& evaluator : evaluators_of(facts.policy)) {
    all.people.push_back(as_person(evaluator));
  }
  const std::string doubt = author_doubt(facts.contract, all);
  if (doubt.empty()) return {};
  return doubt + ", so that nobody can be shown to evaluate somebody else's work";
}

std::string who_evaluates(const Facts& facts, std::string_view domain) {
  std::vector<std::string> names;
  for (const Evaluator& evaluator : evaluators_of(facts.policy)) {
    if (!contains_word(evaluator.domains, domain)) continue;
    if (!is_author(evaluator, facts.contract)) names.push_back(printable(evaluator.name, 80));
  }
  if (!names.empty()) return list_text(names);
  return fmt::format("an evaluator of `{}` whom `evaluators` in sluice.yaml does not list yet",
                     domain);
}

Objection objection_to_evaluator(const Facts& facts, const Evidence& evidence,
                                 std::string_view domain) {
  bool trusted = false;
  for (const std::string_view part : split(evidence.by, ',')) {
    const auto evaluator = evaluator_named(facts.policy, trim(part));
    if (!evaluator) continue;
    if (is_author(*evaluator, facts.contract)) {
      return {"by_author", fmt::format("is by {}, an author of the release", quoted(part))};
    }
    trusted |= contains_word(evaluator->domains, domain);
  }
  if (trusted) return {};
  return {"not_trusted", fmt::format("is by {}, no evaluator of {} in sluice.yaml",
                                     quoted(evidence.by), quoted(domain))};
}

Objection objection_to(const Facts& facts, const KeptEvidence& kept, const Assessed& assessed,
                       const QualityRule& rule) {
  const Evidence& evidence = kept.evidence;
  const std::string lost = why_not_valid(facts.service.evidence, evidence.id, facts.now);
  if (kept.revocation) return {"revoked", lost};
  if (!lost.empty()) return {"expired", lost};
  // sluice.yaml may ask for fresher evidence than it did when this was recorded.
  if (const Tick until = evidence.observed + rule.valid_for_ms; facts.now >= until) {
    return {"expired", "is older than sluice.yaml allows, since " + sluice::to_text(until)};
  }
  if (Objection by = objection_to_evaluator(facts, evidence, rule.domain); !by.code.empty()) {
    return by;
  }
  if (assessed.rule == rule_now(facts, evidence, assessed, rule)) return {};
  return {"rule_changed", "was assessed under rules that sluice.yaml has changed since"};
}

bool may_set_aside(const Facts& facts, const Revocation& revocation, std::string_view domain) {
  const auto speaker = speaker_in(revocation.by);
  if (!speaker) return false;
  const auto evaluator = evaluator_of(facts.policy, *speaker);
  return evaluator && contains_word(evaluator->domains, domain) &&
         !is_author(*evaluator, facts.contract);
}

}  // namespace sluice::gates
