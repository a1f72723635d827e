// plan.health_checks, plan.triggers and, before the start, rollback.*: whether each of the four
// rollback criteria has a source that can set it off.
#include <fmt/format.h>

#include "base/text.h"
#include "gates/environments.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

struct Lack {
  std::string what;  // empty: nothing is lacking
  std::string remedy;
};

Lack lack_of_telemetry(const EnvironmentSpec& environment) {
  if (!environment.judged) {
    return {"its traffic is not judged", "set `judged: true` for the environment in sluice.yaml"};
  }
  if (environment.haproxy.log_listen.empty()) {
    return {"no log stream arrives",
            "set `haproxy.log_listen` for the environment and let HAProxy log there"};
  }
  return {};
}

Lack lack_of_probe(const ProbeSpec& probe) {
  if (probe.path.empty()) {
    return {"there is no probe", "set `probe.path` for the environment in sluice.yaml"};
  }
  if (probe.interval_ms <= 0 || probe.timeout_ms <= 0) {
    return {"its probe never runs", "set the probe's interval and timeout above 0"};
  }
  if (probe.failures_max < 1) {
    return {fmt::format("its probe allows {} failures, which is no limit", probe.failures_max),
            "set `probe.failures_max` to at least 1"};
  }
  return {};
}

// What keeps a trigger from ever firing in this environment.
Lack lack_of_source(Trigger trigger, const EnvironmentSpec& environment, const Parameters& limits) {
  switch (trigger) {
    case Trigger::error_rate:
      // An increase of 100 points is never exceeded.
      if (!(limits.max_error_rate_increase >= 0 && limits.max_error_rate_increase < 1)) {
        return {"the limit of the error rate can never be exceeded",
                "set `max_error_rate_increase` below 100 %"};
      }
      return lack_of_telemetry(environment);
    case Trigger::p99:
      if (limits.p99_target_ms <= 0) {
        return {"there is no p99 target", "set `p99_target` above 0"};
      }
      return lack_of_telemetry(environment);
    case Trigger::health_check: return lack_of_probe(environment.probe);
    case Trigger::critical_alert:
      if (!environment.alerts || environment.alerts->url.empty()) {
        return {"no alert source is configured",
                "set `alerts.url` for the environment to an Alertmanager"};
      }
      if (environment.alerts->interval_ms <= 0) {
        return {"its alert source is never asked", "set `alerts.interval` above 0"};
      }
      return {};
  }
  return {};
}

std::string source_text(Trigger trigger, const Facts& facts, const EnvironmentSpec& environment) {
  const Parameters& limits = facts.policy.parameters;
  switch (trigger) {
    case Trigger::error_rate:
      return fmt::format("over baseline + {} in the log stream",
                         percent_text(limits.max_error_rate_increase));
    case Trigger::p99:
      return fmt::format("p99 over {} in the log stream", duration_text(limits.p99_target_ms));
    case Trigger::health_check:
      return fmt::format("{} failures in a row of {}, asked every {}",
                         environment.probe.failures_max, quoted(environment.probe.path),
                         duration_text(environment.probe.interval_ms));
    case Trigger::critical_alert:
      return fmt::format("a critical alert of {}, asked every {}", quoted(environment.alerts->url),
                         duration_text(environment.alerts->interval_ms));
  }
  return {};
}

void check_source(Findings& findings, Trigger trigger, const Facts& facts,
                  const EnvironmentSpec& environment) {
  findings.looked_at();
  const Lack lack = lack_of_source(trigger, environment, facts.policy.parameters);
  if (lack.what.empty()) return;
  findings.fail("not_wired",
                fmt::format("{} cannot fire in {}: {}", to_text(trigger),
                            quoted(environment.name.text), lack.what),
                lack.remedy);
}

void require_customers(Findings& findings, const std::vector<const EnvironmentSpec*>& customers) {
  if (!customers.empty()) return;
  findings.looked_at();
  findings.fail("no_customer_facing", "no environment of sluice.yaml is customer-facing",
                "mark production as customer-facing in sluice.yaml");
}

ClauseVerdict armed(const Facts& facts, Clause clause, Trigger trigger) {
  Findings findings(clause);
  const auto customers = customer_facing(facts.policy);
  require_customers(findings, customers);
  for (const EnvironmentSpec* environment : customers) {
    check_source(findings, trigger, facts, *environment);
  }
  if (findings.failed()) return findings.verdict("");
  return findings.verdict("armed: " + source_text(trigger, facts, *customers.front()));
}

}  // namespace

ClauseVerdict plan_health_checks(const Facts& facts) {
  Findings findings(Clause::plan_health_checks);
  require_customers(findings, customer_facing(facts.policy));
  for (const EnvironmentSpec& environment : facts.policy.environments) {
    check_source(findings, Trigger::health_check, facts, environment);
    if (!environment.customer_facing) continue;
    findings.looked_at();
    if (environment.judged) continue;
    findings.fail("not_judged",
                  fmt::format("{} serves customers and its traffic is not judged",
                              quoted(environment.name.text)),
                  "set `judged: true` for the environment in sluice.yaml");
  }
  return findings.verdict(
      fmt::format("probes in each of {}, and judged traffic in {}",
                  count_text(facts.policy.environments.size(), "environment"),
                  customer_facing(facts.policy).empty()
                      ? "none"
                      : quoted(customer_facing(facts.policy).front()->name.text)));
}

ClauseVerdict plan_triggers(const Facts& facts) {
  Findings findings(Clause::plan_triggers);
  const auto customers = customer_facing(facts.policy);
  require_customers(findings, customers);
  for (const EnvironmentSpec* environment : customers) {
    for (const Trigger trigger : kTriggers) check_source(findings, trigger, facts, *environment);
  }
  if (findings.failed()) return findings.verdict("");
  return findings.verdict(
      fmt::format("error_rate, p99, health_check and critical_alert have a live "
                  "source in {}",
                  quoted(customers.front()->name.text)));
}

ClauseVerdict rollback_error_rate(const Facts& facts) {
  return armed(facts, Clause::rollback_error_rate, Trigger::error_rate);
}

ClauseVerdict rollback_p99(const Facts& facts) {
  return armed(facts, Clause::rollback_p99, Trigger::p99);
}

ClauseVerdict rollback_health_check(const Facts& facts) {
  return armed(facts, Clause::rollback_health_check, Trigger::health_check);
}

ClauseVerdict rollback_critical_alert(const Facts& facts) {
  return armed(facts, Clause::rollback_critical_alert, Trigger::critical_alert);
}

}  // namespace sluice::gates
