// Approvals: N of M, by people who did not write the release, bound to exactly what is delivered.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/decisions.h"
#include "gates/people.h"

namespace sluice::gates {
namespace {

constexpr std::string_view kAuthorRemedy =
    "name the author in `Author:`, and list them in `people` of sluice.yaml";

bool is_about_this(const Approval& approval, const Facts& facts) {
  return approval.release == facts.release.digest &&
         approval.contract_revision == facts.contract.revision_digest &&
         approval.policy == facts.policy.digest;
}

const Person* person_named(const Policy& policy, const std::string& name) {
  const auto found = std::ranges::find(policy.people, name, &Person::name);
  return found == policy.people.end() ? nullptr : &*found;
}

// One approval that counts for the rule, by somebody who has not been counted yet.
struct Counted {
  std::vector<const Person*> people;
  std::vector<Digest> evidence;
  int outdated = 0;  // about this environment, and about something else that was changed since
};

Counted counted(const ApprovalRule& rule, const Facts& facts) {
  Counted counted;
  for (const Approval& approval : facts.service.approvals) {
    if (approval.environment != rule.environment) continue;
    const bool valid = why_not_valid(facts.service.evidence, approval.evidence, facts.now).empty();
    if (!is_about_this(approval, facts)) {
      const bool related = approval.release == facts.release.digest ||
                           approval.contract_revision == facts.contract.revision_digest;
      counted.outdated += valid && related ? 1 : 0;
      continue;
    }
    const Person* person = person_named(facts.policy, approval.name);
    const bool counts = valid && person != nullptr && !is_author(*person, facts.contract) &&
                        has_any_domain(*person, rule.domains);
    if (!counts || std::ranges::find(counted.people, person) != counted.people.end()) continue;
    counted.people.push_back(person);
    counted.evidence.push_back(approval.evidence);
  }
  return counted;
}

std::vector<std::string> missing_domains(const ApprovalRule& rule, const Counted& counted) {
  std::vector<std::string> missing;
  for (const std::string& domain : rule.domains) {
    const bool there = std::ranges::any_of(
        counted.people, [&](const Person* person) { return has_domain(*person, domain); });
    if (!there) missing.push_back(domain);
  }
  return missing;
}

std::string people_text(const std::vector<const Person*>& people) {
  std::vector<std::string> names;
  for (const Person* person : people) names.push_back(printable(person->name, 80));
  return names.empty() ? "nobody" : list_text(names);
}

void check_rule(Findings& findings, const ApprovalRule& rule, const Facts& facts) {
  const Counted found = counted(rule, facts);
  const std::vector<std::string> missing = missing_domains(rule, found);
  findings.looked_at(static_cast<int>(found.people.size()));
  const int given = static_cast<int>(found.people.size());
  if (given >= rule.count && missing.empty()) {
    for (const Digest& evidence : found.evidence) findings.rests_on(evidence);
    findings.note(
        fmt::format("{} approved by {}", quoted(rule.environment.text), people_text(found.people)));
    return;
  }
  std::string why = fmt::format("{} of {} approvals for {} ({})", given, rule.count,
                                quoted(rule.environment.text), people_text(found.people));
  for (const std::string& domain : missing) why += "; none with the domain " + quoted(domain);
  if (found.outdated > 0) {
    why += fmt::format("; {} more given before contract, release or sluice.yaml changed",
                       found.outdated);
  }
  const std::vector<std::string>& wanted = missing.empty() ? rule.domains : missing;
  findings.fail("approvals_missing", std::move(why),
                fmt::format("`sluice approve {}` by {}", printable(facts.contract.file, 200),
                            who_may(facts.policy, facts.contract, wanted)));
}

Result<void> may_approve(const Facts& facts, const Person& person) {
  if (is_author(person, facts.contract)) {
    return fail(ErrorCode::rejected,
                printable(person.name, 80) + " is an author of it, and authors do not approve");
  }
  const std::string doubt = author_doubt(facts.contract, facts.policy);
  if (doubt.empty()) return {};
  return fail(ErrorCode::rejected, doubt + ": " + std::string(kAuthorRemedy));
}

bool has_approved(const Facts& facts, const Person& person, const EnvironmentName& environment) {
  return std::ranges::any_of(facts.service.approvals, [&](const Approval& given) {
    return given.name == person.name && given.environment == environment &&
           is_about_this(given, facts) &&
           why_not_valid(facts.service.evidence, given.evidence, facts.now).empty();
  });
}

}  // namespace

std::string to_text(const Speaker& speaker) {
  return fmt::format("{} (uid {})", printable(speaker.login, 80), speaker.uid);
}

const Person* person_of(const Policy& policy, const Speaker& speaker) {
  const auto found = std::ranges::find_if(policy.people, [&](const Person& person) {
    return person.user == speaker.login || person.user == std::to_string(speaker.uid);
  });
  return found == policy.people.end() ? nullptr : &*found;
}

std::string who_may(const Policy& policy, const Contract& contract,
                    const std::vector<std::string>& domains) {
  std::vector<std::string> names;
  for (const Person& person : policy.people) {
    if (!has_any_domain(person, domains) || is_author(person, contract)) continue;
    names.push_back(printable(person.name, 80));
  }
  return names.empty() ? "somebody whom sluice.yaml does not list yet" : list_text(names);
}

Result<std::vector<Approval>> approvals_by(const Facts& facts, const Speaker& speaker,
                                           std::string_view environment) {
  const Person* person = person_of(facts.policy, speaker);
  if (person == nullptr) {
    return fail(ErrorCode::rejected,
                to_text(speaker) + " is nobody in `people` of sluice.yaml, and cannot approve");
  }
  SLUICE_TRY(may_approve(facts, *person));
  std::vector<Approval> approvals;
  int asked = 0;
  int given = 0;
  for (const ApprovalRule& rule : facts.policy.approvals) {
    if (!environment.empty() && rule.environment.text != environment) continue;
    ++asked;
    if (!has_any_domain(*person, rule.domains)) continue;
    if (has_approved(facts, *person, rule.environment)) {
      ++given;
      continue;
    }
    approvals.push_back({.release = facts.release.digest,
                         .contract_revision = facts.contract.revision_digest,
                         .policy = facts.policy.digest,
                         .environment = rule.environment,
                         .name = person->name,
                         .user = to_text(speaker)});
  }
  if (!approvals.empty()) return approvals;
  const std::string where =
      environment.empty() ? std::string("any environment") : quoted(environment);
  if (asked == 0) {
    return fail(ErrorCode::invalid_input, "sluice.yaml asks for no approvals for " + where);
  }
  const std::string who = printable(person->name, 80);
  if (given > 0) return fail(ErrorCode::conflict, who + " has approved this already");
  return fail(ErrorCode::rejected,
              fmt::format("{} has none of the domains that are asked for {}", who, where));
}

void check_approvals(Findings& findings, const Facts& facts) {
  if (facts.policy.approvals.empty()) return;
  findings.looked_at();
  if (const std::string doubt = author_doubt(facts.contract, facts.policy); !doubt.empty()) {
    findings.fail("author_unknown",
                  doubt + ", so that nobody can be shown to approve somebody else's work",
                  std::string(kAuthorRemedy));
  }
  for (const ApprovalRule& rule : facts.policy.approvals) check_rule(findings, rule, facts);
}

}  // namespace sluice::gates
