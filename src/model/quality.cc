#include "model/quality.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

// Each word as a digest, so that no word can look like two.
std::string words_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += " " + sha256(word).brief();
  return text;
}

std::string signer_text(const Evaluator& signer) {
  std::string text =
      fmt::format("signer {} {}", sha256(signer.name).brief(), sha256(signer.key).hex);
  for (const Proof proof : signer.signs) text += fmt::format(" {}", to_text(proof));
  return text + " of" + words_text(signer.domains) + " for" + words_text(signer.speaks_for) + "\n";
}

}  // namespace

std::vector<QualityRule> usual_quality() {
  return {{.domain = "security",
           .demands = {Proof::scan, Proof::evaluation},
           .valid_for_ms = 7 * kDayMs},  // what is known of vulnerabilities ages fastest
          {.domain = "architecture"},
          {.domain = "performance"},
          {.domain = "observability"}};
}

Digest rule_digest(const QualityRule& rule, Proof proof, const std::vector<Evaluator>& signers) {
  std::string text = fmt::format("sluice quality rule 1\n{} {}\n", rule.domain, to_text(proof));
  switch (proof) {
    case Proof::scan:
      text += fmt::format("fails at {}, tools{}\n", rule.fails_at, words_text(rule.tools));
      break;
    case Proof::tests:
      text +=
          fmt::format("tests {} {} {}\n", rule.tests_min, rule.flaky_passes, rule.skipped_passes);
      break;
    case Proof::evaluation: break;
  }
  for (const Evaluator& signer : signers) text += signer_text(signer);
  return sha256(text);
}

std::vector<Evaluator> signers_of(const std::vector<Evaluator>& evaluators) {
  std::vector<Evaluator> signers;
  std::ranges::copy_if(evaluators, std::back_inserter(signers),
                       [](const Evaluator& one) { return !one.key_file.empty(); });
  return signers;
}

}  // namespace sluice
