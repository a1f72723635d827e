// Policy: the built-in delivery policy with the parameters and wiring of sluice.yaml.
//
// Defaults are the policy's own where it leaves a value open (DESIGN, section 4).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/id.h"
#include "base/share.h"
#include "base/tick.h"
#include "model/plan.h"
#include "model/quality.h"

namespace sluice {

// A service of real processes on this machine, kept running by the guard.
struct ProcessSpec {
  // Without a shell. {port} {instance} {slot} {environment} {release} {artifact.<name>}
  // {configuration.<name>} are replaced within each word; unknown names in braces are refused when
  // sluice.yaml is read.
  std::vector<std::string> command;
  std::map<std::string, std::string> variables;  // added to the environment of the process
  std::vector<int> ports_a;  // one process per port; HAProxy's backend has the same servers
  std::vector<int> ports_b;
  std::string ready_path = "/healthz";          // HTTP 2xx on 127.0.0.1:<port> means ready
  std::int64_t stop_grace_ms = 10 * kSecondMs;  // between SIGTERM and SIGKILL
};

// HAProxy's runtime socket, the map file it reads at start, and where its log stream arrives.
struct HaproxySpec {
  std::string socket;          // path of the runtime API's UNIX socket
  std::string map;             // path of the map file, exactly as HAProxy's configuration names it
  std::string log_listen;      // "127.0.0.1:5514": UDP, where HAProxy sends its log lines
  std::string backend_prefix;  // backends are <prefix>_a and <prefix>_b
  bool sticky = false;         // for `init` and explanations; HAProxy does the sticking
};

struct ProbeSpec {
  std::string path = "/healthz";
  std::int64_t interval_ms = kSecondMs;
  std::int64_t timeout_ms = kSecondMs;
  int failures_max = 3;  // this many in a row on one instance breach health_check
};

// A request to the environment's own entrance, as a customer would send it.
struct SmokeSpec {
  std::string name;
  std::string path;
  int expect_status = 200;
  std::string expect_text;  // must occur in the body; empty: any body
};

struct AlertSpec {
  std::string url;  // "http://127.0.0.1:9093"
  std::int64_t interval_ms = 5 * kSecondMs;
  // An alert is ours when each of these labels has this value. `service` and `environment` are
  // filled in by default; `severity: critical` too.
  std::map<std::string, std::string> matchers;
};

// A gauge of the service's processes, asked of a Prometheus server.
struct GaugeSpec {
  std::string name;  // "requests waiting", for people; unique in its environment
  // PromQL; {slot} is replaced by a or b. Each series of the answer is one process.
  std::string query;
};

struct PrometheusSpec {
  std::string url;         // "http://127.0.0.1:9090"
  std::string token_file;  // holds a bearer token; empty: none
  // Between two samples. Never shorter than what Prometheus scrapes at, or values are seen twice.
  std::int64_t interval_ms = kMinuteMs;
  std::vector<GaugeSpec> gauges;
};

struct WebhookSpec {
  std::string listen;      // "127.0.0.1:9711"; empty: off
  std::string token_file;  // holds the bearer token
};

// Where the flags of production's customers are looked up.
enum class FlagProtocol : std::uint8_t { none, ofrep, flagd, unleash };

struct FlagSpec {
  FlagProtocol protocol = FlagProtocol::none;
  std::string where;       // of ofrep and unleash a URL, of flagd a file
  std::string token_file;  // holds the token that the service asks for; empty: none
  std::map<std::string, std::string> context;  // of whom is asked for: targetingKey, country, …
  std::int64_t timeout_ms = 3 * kSecondMs;
};

// Whom to call when only a person can help.
struct NotifySpec {
  std::vector<std::string> command;  // without a shell, JSON on its standard input; empty: nobody
  std::int64_t timeout_ms = 10 * kSecondMs;
};

// Traffic for an environment that has no customers, while a release is judged in it.
struct LoadSpec {
  // Without a shell. Started again when it ends, stopped when it is not needed any more.
  std::vector<std::string> command;
  int requests_min = 1'000;  // that the canary must have answered at 100 %
};

struct EnvironmentSpec {
  EnvironmentName name;
  bool customer_facing = false;  // production: stages come from the contract
  bool judged = false;           // has traffic for the judge; else probes and smoke tests decide
  std::vector<Stage> stages;     // where not customer-facing
  std::string entrance;          // "http://127.0.0.1:8080", for smoke tests
  ProcessSpec process;
  HaproxySpec haproxy;
  ProbeSpec probe;
  std::vector<SmokeSpec> smoke;
  std::optional<AlertSpec> alerts;
  std::optional<PrometheusSpec> prometheus;
  std::optional<LoadSpec> load;
  double expected_requests_per_second = 0;  // for forecasts only; 0: not said
  std::vector<std::string> databases;       // names or addresses, compared for isolation
  // What socket and map are once symbolic links are followed, by how they are written; filled in
  // by whoever reads the file, for what is there.
  std::map<std::string, std::string> real_paths;
};

// Somebody who may decide something, or who writes changes. One login is one person.
struct Person {
  std::string name;                  // "Ana Lima", as contracts name her
  std::string user;                  // her login on this machine, or the number of it
  std::vector<std::string> domains;  // what she may decide; see domain_of()
};

// What `pre.contract` demands before a delivery that reaches this environment.
struct ApprovalRule {
  EnvironmentName environment;
  int count = 1;                     // so many people
  std::vector<std::string> domains;  // each is to be among theirs; empty: any people
};

struct Policy {
  std::string file;  // path of sluice.yaml
  Digest digest;     // of its bytes, and of the keys that it names
  ServiceName service;
  Parameters parameters;
  Deadlines deadlines;
  Share first_stage_max{1'000};
  std::string fallback;  // first deployment: empty, "none", or the name of a HAProxy backend
  bool keep_on_missing_validation = false;
  EnvironmentName drill_environment;         // empty: the last before customers
  std::int64_t drill_valid_ms = 7 * kDayMs;  // for so long a drill is evidence
  std::string change_log = "CHANGES.md";
  WebhookSpec webhook;
  std::vector<Person> people;
  std::string people_socket;  // where people with other logins decide; empty: nowhere
  std::vector<ApprovalRule> approvals;
  std::vector<Evaluator> evaluators;
  std::vector<QualityRule> quality = usual_quality();  // one for each domain
  NotifySpec notify;
  FlagSpec flags;
  std::vector<EnvironmentSpec> environments;  // in their fixed order
};

}  // namespace sluice
