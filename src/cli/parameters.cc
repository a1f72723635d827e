#include "cli/parameters.h"

#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::cli {
namespace {

std::string points_text(double fraction) {
  return fmt::format("{:g} percentage points", fraction * 100);
}
std::string exact_percent(double fraction) { return fmt::format("{:g} %", fraction * 100); }

struct Table {
  std::string text;

  // The default is named where another value stands in its place.
  void row(std::string_view name, const std::string& value, const std::string& usual) {
    text += fmt::format("  {:<30} {}", name, value);
    text += value == usual ? " (default)\n" : fmt::format(" (default: {})\n", usual);
  }
  void percent(std::string_view name, double value, double usual) {
    row(name, exact_percent(value), exact_percent(usual));
  }
  void time(std::string_view name, std::int64_t value, std::int64_t usual) {
    row(name, duration_text(value), duration_text(usual));
  }
};

void add_parameters(const Parameters& now, Table& table) {
  const Parameters usual;
  table.row("max_error_rate_increase", points_text(now.max_error_rate_increase),
            points_text(usual.max_error_rate_increase));
  table.percent("error_rate_target", now.error_rate_target, usual.error_rate_target);
  table.percent("availability", objective_of(now), 1 - now.error_rate_target);
  table.time("p99_target", now.p99_target_ms, usual.p99_target_ms);
  table.time("post_deploy_validation_window", now.validation_window_ms, usual.validation_window_ms);
  table.percent("false_rollback_probability", now.false_rollback_probability,
                usual.false_rollback_probability);
  table.percent("false_promotion_probability", now.false_promotion_probability,
                usual.false_promotion_probability);
  table.time("grace", now.grace_ms, usual.grace_ms);
  const auto truth = [](bool is) { return is ? "true" : "false"; };
  table.row("evidence_paced", truth(now.evidence_paced), truth(usual.evidence_paced));
  table.row("latency_against_baseline", std::string(to_text(now.latency_against_baseline)),
            std::string(to_text(usual.latency_against_baseline)));
  table.row("gauges_against_baseline", std::string(to_text(now.gauges_against_baseline)),
            std::string(to_text(usual.gauges_against_baseline)));
}

void add_deadlines(const Deadlines& now, Table& table) {
  const Deadlines usual;
  table.time("deadline deploy", now.deploy_ms, usual.deploy_ms);
  table.time("deadline shift", now.shift_ms, usual.shift_ms);
  table.time("deadline evidence", now.evidence_ms, usual.evidence_ms);
  table.time("deadline silence", now.silence_ms, usual.silence_ms);
  table.time("deadline smoke", now.smoke_ms, usual.smoke_ms);
  table.time("deadline pause", now.pause_ms, usual.pause_ms);
  table.time("deadline drain", now.drain_ms, usual.drain_ms);
  table.time("deadline rollback", now.rollback_ms, usual.rollback_ms);
  table.time("deadline finish", now.finish_ms, usual.finish_ms);
}

std::string approvals_text(const Policy& policy) {
  std::string text;
  for (const ApprovalRule& rule : policy.approvals) {
    text += fmt::format("{}{} for {}", text.empty() ? "" : ", ", rule.count,
                        printable(rule.environment.text, 80));
  }
  return text.empty() ? "none asked for" : text;
}

std::string joined(const std::vector<std::string>& words, std::string_view none) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + printable(word, 80);
  return text.empty() ? std::string(none) : text;
}

std::string rule_text(const QualityRule& rule) {
  std::vector<std::string> demands;
  for (const Proof proof : rule.demands) demands.emplace_back(to_text(proof));
  std::string text = fmt::format("{}; fails at {}; tools: {}; ", joined(demands, "nothing"),
                                 rule.fails_at, joined(rule.tools, "any"));
  if (rule.tests_min != 1 || !rule.flaky_passes || !rule.skipped_passes) {
    text += fmt::format("at least {} tests, {} flaky and {} skipped ones; ", rule.tests_min,
                        rule.flaky_passes ? "with" : "without",
                        rule.skipped_passes ? "with" : "without");
  }
  return text + fmt::format("valid for {}", duration_text(rule.valid_for_ms));
}

std::string evaluators_text(const Policy& policy) {
  std::vector<std::string> names;
  for (const Evaluator& one : policy.evaluators) names.push_back(one.name);
  return joined(names, "none but people with a domain");
}

void add_quality(const Policy& policy, Table& table) {
  const std::vector<QualityRule> usual = usual_quality();
  for (std::size_t i = 0; i < policy.quality.size() && i < usual.size(); ++i) {
    table.row("quality " + policy.quality[i].domain, rule_text(policy.quality[i]),
              rule_text(usual[i]));
  }
  table.row("evaluators", evaluators_text(policy), evaluators_text(Policy{}));
}

}  // namespace

std::string parameters_text(const Policy& policy) {
  const Policy usual;
  const auto named = [](const std::string& text) {
    return text.empty() ? "not set" : printable(text);
  };
  const auto missing = [](bool keep) { return keep ? "keep" : "roll back"; };
  Table table;
  add_parameters(policy.parameters, table);
  table.row("first_stage_max", to_text(policy.first_stage_max), to_text(usual.first_stage_max));
  table.row("on_missing_validation", missing(policy.keep_on_missing_validation),
            missing(usual.keep_on_missing_validation));
  table.time("drill_valid_for", policy.drill_valid_ms, usual.drill_valid_ms);
  const std::string& place = policy.drill_environment.text;
  table.row("drill_in", place.empty() ? "the last environment before customers" : printable(place),
            "the last environment before customers");
  table.row("fallback", named(policy.fallback), named(usual.fallback));
  table.row("change_log", named(policy.change_log), named(usual.change_log));
  const bool nobody = policy.notify.command.empty();
  table.row("notify", nobody ? "nobody is called" : printable(policy.notify.command.front()),
            "nobody is called");
  add_deadlines(policy.deadlines, table);
  table.row("approvals", approvals_text(policy), approvals_text(usual));
  add_quality(policy, table);
  return table.text;
}

}  // namespace sluice::cli
