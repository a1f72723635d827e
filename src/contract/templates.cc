#include "contract/templates.h"

#include <fmt/format.h>

namespace sluice::contract {
namespace {

constexpr std::string_view kContract = R"(# Release Contract: [service and version]

> **Release ID:** REL-YYYY-NNN
> **Status:** draft | approved | deploying | deployed | rolled-back
> **Created:** YYYY-MM-DD
> **Revision:** 1 | **Last updated:** YYYY-MM-DD
> **Release Manager:** [name]
> **Commits:** [the range of the release, such as v1.3.0..v1.4.0; without a Git repository leave the line out]

<!--
  Replace everything in [brackets], every date and id, and choose one of the options where several
  are named. `sluice check` lists what is left. Text in back-ticks is taken literally. Comments like
  this one are not part of the contract.
-->

## Release Summary

[What is released and why, in one paragraph]

## Changes Included

<!-- Type: feature, fix, improvement or deprecation. A feature names the flag it is behind. Every
     commit of the range belongs to a change: its message mentions the mission, or a column
     Commits names it. -->

| Change | Type | Mission | Quality Verdict | Flag |
|--------|------|---------|-----------------|------|
| [What changes for a user] | feature / fix / improvement / deprecation | [Mission ID] | PASS / FAIL | [flag, or -] |

## Breaking Changes

- [ ] **No breaking changes** in this release
- [ ] Breaking changes listed below:
  - [What breaks, and what a customer has to do]

## Artifacts

<!-- The files that are delivered. The command in sluice.yaml calls them {artifact.NAME}. A digest
     pins the file: another build at the same place is then refused. Files of configuration may
     stand in a section Configuration with the same columns: {configuration.NAME}. -->

| Name | Location | Digest |
|------|----------|--------|
| [name] | [path from the folder of sluice.yaml] | [sha256:…, or -] |

## Flags

<!-- Feature flags of this release; all off in production before it starts. Or: None -->

| Name | What it switches |
|------|------------------|
| [flag] | [feature] |

## Migrations

<!-- Database migrations that ship with it; the old version must work with the new schema. Or: None -->

| Name | What it does |
|------|--------------|
| [file] | [change of the schema] |

## Environments

<!-- The environments that it goes through. Leave the section empty for all, in order. -->

## Window

[When the rollout may change production, and who was told]

## Progressive Rollout Plan

<!-- Production's stages: at least two, rising, ending at 100%. Only the last may say Ongoing. -->

| Stage | Target | Duration | Health Criteria | Rollback Trigger |
|-------|--------|----------|-----------------|------------------|
| Canary | 5% | [30 minutes] | Error rate within the margin, p99 within target | Any of the four triggers |
| Early adopters | 25% | [2 hours] | Error rate within the margin, p99 within target | Any of the four triggers |
| General | 50% | [4 hours] | Error rate within the margin, p99 within target | Any of the four triggers |
| Full | 100% | Ongoing | Error rate within the margin, p99 within target | Any of the four triggers |

## Rollback Plan

- **Rollback mechanism:** [how traffic gets back to the old version]
- **Rollback tested:** yes / no
- **Estimated rollback time:** [an upper limit, such as < 1 minute]
- **Data rollback needed:** yes / no

## Pre-Deployment Checklist

- [ ] All quality evaluations passed
- [ ] Production readiness verified
  - [ ] Instrumentation active and telemetry flowing
  - [ ] Health targets defined and alerting active
  - [ ] Dashboard created
  - [ ] Alerts configured with runbooks
- [ ] Release contract reviewed by a person
- [ ] Rollback plan documented and tested
- [ ] Feature flags configured
- [ ] Database migrations backward-compatible
- [ ] On-call team notified
- [ ] Release notes prepared

## Release Notes

### Customer-Facing

#### New Features

- [Feature, and what a customer gains]

#### Improvements

- [Improvement]

#### Bug Fixes

- [Fix]

#### Deprecations

- [What goes away, when, and what to use instead]

### Internal Notes

- [What only we need to know]

## Post-Deployment Validation

- [ ] Error rate within normal bounds
- [ ] Latency within target
- [ ] No critical alert
- [ ] Smoke tests passing
- [ ] Feature flags behave as expected
- [ ] Use of resources within expected bounds

## Approval

- [ ] Release manager
- [ ] On-call acknowledged
- [ ] Stakeholders notified

## Revision History

| Rev | Date | Author | Summary |
|-----|------|--------|---------|
| 1 | YYYY-MM-DD | [author] | First version |
)";

constexpr std::string_view kPolicyHead = R"(# sluice.yaml: how releases of this service go out.
# Times are written as 500ms, 30s, 5m, 2h; parts as 5%. Everything in a comment with a value is the
# default. `sluice check` prints what is in force.

service: @SERVICE@

parameters:
  max_error_rate_increase: 1%         # percentage points over the baseline; more rolls back
  error_rate_target: 1%               # used where there is no baseline to compare with
  # availability: 99.9%               # the objective that burn rates are told by; without it, what
                                      # error_rate_target leaves
  p99_target: 500ms                   # 99 % of the requests are to be answered within this
  post_deploy_validation_window: 30m  # watched at 100 % before the old version is let go
  first_stage_max: 10%                # the first stage in production gets no more than this
  false_rollback_probability: 0.1%    # of a whole delivery of a harmless release
  grace: 0s                           # delays promotion at each stage, never rollback
  evidence_paced: true                # a stage's share is a cap, reached as fast as evidence allows
  latency_against_baseline: report    # or rollback, off: when it is slower than the version before
  gauges_against_baseline: report     # the same for gauges, where `prometheus` below has some
  drill_valid_for: 7d                 # for so long a rehearsed rollback is evidence
  on_missing_validation: rollback     # or keep: what follows when evidence never comes

# How long each kind of wait may last before the delivery goes back by itself.
deadlines:
  deploy: 2m      # start the new version until it is ready
  shift: 30s      # change a share until it is read back
  evidence: 1h    # beyond the planned duration of a stage, for evidence to promote
  silence: 1m     # without telemetry, probes or router
  smoke: 1m
  pause: 1h       # held by a person
  drain: 10s      # then the new version is stopped all the same
  rollback: 30s   # then the second way back is taken and people are told
  finish: 2m

change_log: CHANGES.md

# Whom to call when only a person can help: a rollback that does not get through, a baseline that fails
# its health checks. A command without a shell; the notice is JSON on its standard input, exit status 0
# means taken, anything else is tried again for an hour. Without it nobody is called.
# notify: { command: [/usr/local/bin/page, --team, storefront], timeout: 10s }

# Where the flags of production's customers are looked up: new features are off there until they
# are delivered. One of ofrep, unleash (URLs) and flagd (a JSON file).
# flags: { ofrep: "https://flags.example", token_file: flags.token }

# Needed only for a first deployment, where there is nothing to return to: a backend of HAProxy that
# says so to customers, or none.
# fallback: none

# Where Alertmanager may send alerts besides being asked. Off unless written out.
# webhook: { listen: 127.0.0.1:9711, token_file: webhook.token }

# Who decides: see docs/guide/deciding.md. Off unless written out; the author never approves.
# people:
#   - { name: Ana Lima, user: ana, domains: [release, security] }
# approvals:
#   production: { count: 1, domains: [security] }

# Who evaluates releases, and when that passes: see docs/guide/evidence.md. People, tools and agents
# alike: those with a user are believed what they record with `sluice evidence add`, those with a key
# what they have signed. The author of a release is never its evaluator.
# evaluators:
#   - { name: ci, user: ci, domains: [security, architecture, performance, observability] }
#   - { name: reviewer, key: keys/reviewer.pem, domains: [security], speaks_for: ["https://…"] }
# quality:
#   security: { requires: [scan, evaluation], fails_at: high, tools: [], valid_for: 7d }
#   performance: { requires: [evaluation, tests], tests_min: 1, valid_for: 30d }

# In the order in which a release goes through them. The last one is production.
environments:
)";

constexpr std::string_view kPolicyEnvironment = R"(
  - name: @NAME@
@ROLE@
    entrance: http://127.0.0.1:@ENTRANCE@   # where a user's request arrives: HAProxy
    process:
      # Replaced: {port} {instance} {slot} {environment} {release} {artifact.NAME} {configuration.NAME}
      command: ["{artifact.@SERVICE@}", "--port", "{port}"]
      # variables: { LOG_LEVEL: info }
      ports_a: "@A@"        # one process for each port, as many as HAProxy's backend has servers
      ports_b: "@B@"
      ready_path: /healthz
      stop_grace: 10s
    haproxy:
      socket: run/@NAME@.sock
      map: run/@NAME@.map
      log_listen: 127.0.0.1:@LOG@
      backend_prefix: @SERVICE@        # the backends are @SERVICE@_a and @SERVICE@_b
      sticky: false
    probe: { path: /healthz, interval: 1s, timeout: 1s, failures_max: 3 }
    smoke:
      - { name: front page, path: /, expect_status: 200 }
@ALERTS@    databases: []
)";

struct EnvironmentWords {
  std::string_view name;
  std::string_view role;
  std::string_view ports_a;
  std::string_view ports_b;
  std::string_view entrance;
  std::string_view log;
  std::string_view alerts;
};

constexpr std::array<EnvironmentWords, 3> kEnvironments{{
    {"development", "    stages: [ { share: 100%, soak: 10s } ]", "9101-9101", "9111-9111", "8101",
     "5511", ""},
    {"staging",
     "    judged: true                     # has traffic that the judge can compare\n"
     "    # Where none comes by itself, name a program that makes it. It runs while a release is "
     "here.\n"
     "    # load: { command: [wrk, -t1, -c8, -d60, \"http://127.0.0.1:8102/\"], requests_min: 1000 "
     "}\n"
     "    stages: [ { share: 50%, soak: 1m }, { share: 100%, soak: 1m } ]",
     "9201-9202", "9211-9212", "8102", "5512", ""},
    {"production", "    customer_facing: true            # its stages come from the contract",
     "9301-9305", "9311-9315", "8103", "5513",
     "    # An alert counts when it has the labels service, environment and severity: critical;\n"
     "    # matchers change or add to that.\n"
     "    alerts: { url: http://127.0.0.1:9093, interval: 5s, matchers: { severity: critical } "
     "}\n"
     "    # Gauges of the processes, compared with the baseline's: docs/reference/prometheus.md. "
     "{slot} "
     "is\n"
     "    # replaced by a or b, and each series is one process.\n"
     "    # prometheus:\n"
     "    #   url: http://127.0.0.1:9090\n"
     "    #   interval: 60s                # no shorter than Prometheus scrapes\n"
     "    #   gauges:\n"
     "    #     - { name: requests open, query: "
     "'haproxy_server_current_sessions{proxy=\"@SERVICE@_{slot}\",server=~\"{slot}.*\"}' }\n"},
}};

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
}

std::string environment_text(const EnvironmentWords& words) {
  std::string text(kPolicyEnvironment);
  replace_all(text, "@NAME@", words.name);
  replace_all(text, "@ROLE@", words.role);
  replace_all(text, "@A@", words.ports_a);
  replace_all(text, "@B@", words.ports_b);
  replace_all(text, "@ENTRANCE@", words.entrance);
  replace_all(text, "@LOG@", words.log);
  replace_all(text, "@ALERTS@", words.alerts);
  return text;
}

}  // namespace

std::string contract_template() { return std::string(kContract); }

std::string policy_template(std::string_view service) {
  std::string text(kPolicyHead);
  for (const EnvironmentWords& words : kEnvironments) text += environment_text(words);
  replace_all(text, "@SERVICE@", service);
  return text;
}

}  // namespace sluice::contract
