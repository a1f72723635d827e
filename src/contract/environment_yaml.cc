#include "contract/environment_yaml.h"

#include "base/text.h"
#include "contract/contains.h"
#include "contract/prometheus_yaml.h"
#include "contract/value_rules.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kPortsMax = 64;
constexpr std::size_t kStagesMax = 50;
constexpr DurationRange kSoak{0, 30 * kDayMs};
constexpr NumberRange kRequestsPerSecond{0, 10'000'000};
constexpr DurationRange kInterval{100, kHourMs};
constexpr IntegerRange kLoadRequests{1, 1'000'000'000};

void check(MapReader& map, std::string_view key, bool right, std::string wanted) {
  const YamlNode* value = map.take(key);
  if (right || value == nullptr) return;
  map.complain(*value, fmt::format("`{}` is `{}`", map.path(key), printable(value->scalar, 80)),
               std::move(wanted));
}

void read_stage(const YamlNode& node, std::size_t number, std::vector<Stage>& stages,
                ComplaintList& list) {
  MapReader map(&node, fmt::format("stages[{}]", number), list);
  Stage stage;
  map.require("share");
  map.share("share", stage.share, {.above = 0, .most = 1});
  map.duration("soak", stage.soak_ms, kSoak);
  if (!map.text("name", stage.name)) stage.name = to_text(stage.share);
  map.finish();
  if (!stages.empty() && stage.share <= stages.back().share && stage.share != Share::none()) {
    map.complain(node,
                 fmt::format("{} follows {}", to_text(stage.share), to_text(stages.back().share)),
                 "list the stages in rising order, ending at 100%");
  }
  stages.push_back(std::move(stage));
}

void read_stages(MapReader& map, EnvironmentSpec& spec, ComplaintList& list) {
  const YamlNode* node = map.take("stages");
  if (node != nullptr && spec.customer_facing) {
    map.complain(*node, "the customer-facing environment has stages here",
                 "remove them: its stages come from the contract's rollout plan");
    return;
  }
  if (spec.customer_facing) return;
  if (node == nullptr) {
    spec.stages = {{.name = to_text(Share::whole()), .share = Share::whole(), .soak_ms = 0}};
    return;
  }
  if (node->kind != YamlNode::Kind::sequence || node->items.empty() ||
      node->items.size() > kStagesMax) {
    map.complain(
        *node, "`stages` is no list of stages",
        fmt::format("write 1 to {} entries such as `{{share: 100%, soak: 30s}}`", kStagesMax));
    return;
  }
  for (const YamlNode& item : node->items)
    read_stage(item, spec.stages.size() + 1, spec.stages, list);
  if (spec.stages.back().share != Share::whole()) {
    map.complain(node->items.back(), "the last stage is not 100%", "end the stages at 100%");
  }
}

std::optional<int> port_of(std::string_view text) {
  const auto port = parse_integer(trim(text));
  if (!port || *port < 1 || *port > 65'535) return std::nullopt;
  return static_cast<int>(*port);
}

// "9001-9005"
std::vector<int> port_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = port_of(text.substr(0, dash));
  const auto last = dash == text.npos ? first : port_of(text.substr(dash + 1));
  std::vector<int> ports;
  if (!first || !last || *last < *first || *last - *first >= static_cast<int>(kPortsMax))
    return ports;
  for (int port = *first; port <= *last; ++port) ports.push_back(port);
  return ports;
}

void read_ports(MapReader& map, std::string_view key, std::vector<int>& out) {
  map.require(key);
  const YamlNode* node = map.take(key);
  if (node == nullptr) return;
  const std::vector<YamlNode> one{*node};
  for (const YamlNode& item : node->kind == YamlNode::Kind::sequence ? node->items : one) {
    const std::vector<int> ports =
        item.kind == YamlNode::Kind::scalar ? port_range(item.scalar) : std::vector<int>();
    if (ports.empty()) {
      map.complain(item, fmt::format("`{}` holds something that is no port", map.path(key)),
                   "write ports from 1 to 65535 as `[9001, 9002]` or \"9001-9005\"");
    }
    for (const int port : ports) {
      if (contains(out, port)) {
        map.complain(item, fmt::format("port {} is listed twice", port), "list each port once");
      }
      out.push_back(port);
    }
    if (out.size() > kPortsMax) {
      return map.complain(item,
                          fmt::format("`{}` has more than {} ports", map.path(key), kPortsMax),
                          "use fewer processes");
    }
  }
  if (out.empty() && node->kind == YamlNode::Kind::sequence && node->items.empty()) {
    map.complain(*node, fmt::format("`{}` is empty", map.path(key)),
                 "list one port for each process");
  }
}

void check_slots(MapReader& map, const ProcessSpec& spec) {
  const YamlNode* ports_b = map.take("ports_b");
  if (ports_b == nullptr || spec.ports_a.empty() || spec.ports_b.empty()) return;
  if (spec.ports_a.size() != spec.ports_b.size()) {
    map.complain(*ports_b,
                 fmt::format("slot a has {} ports and slot b has {}", spec.ports_a.size(),
                             spec.ports_b.size()),
                 "give both slots as many ports: each serves all traffic in its turn");
  }
  for (const int port : spec.ports_b) {
    if (!contains(spec.ports_a, port)) continue;
    map.complain(*ports_b, fmt::format("port {} is in both slots", port),
                 "give each slot ports of its own");
  }
}

void check_replacements(MapReader& map, const YamlNode& node) {
  const std::string_view unknown = unknown_replacement(node.scalar);
  if (unknown.empty()) return;
  map.complain(node, fmt::format("`{}` is nothing that Sluice replaces", printable(unknown, 80)),
               "use {port}, {instance}, {slot}, {environment}, {release}, {artifact.NAME} or "
               "{configuration.NAME}");
}

void read_command(MapReader& map, ProcessSpec& spec) {
  map.require("command");
  const bool read = map.texts("command", spec.command);
  const YamlNode* node = map.take("command");
  if (!read || node == nullptr) return;
  if (spec.command.empty() || trim(spec.command.front()).empty()) {
    map.complain(*node, "`process.command` names no program",
                 "write the program and its arguments as a list of words");
  }
  for (const YamlNode& word : node->items) check_replacements(map, word);
}

bool is_variable_name(std::string_view name) {
  return is_proxy_name(name) && !name.contains('-') && !name.contains('.') &&
         !(name[0] >= '0' && name[0] <= '9');
}

void read_variables(MapReader& map, ProcessSpec& spec) {
  if (!map.text_map("variables", spec.variables)) return;
  for (const auto& [key, value] : map.take("variables")->entries) {
    if (!is_variable_name(key.scalar)) {
      map.complain(key, fmt::format("`{}` is no name of a variable", printable(key.scalar, 80)),
                   "use letters, digits and `_`, not starting with a digit");
    }
    check_replacements(map, value);
  }
}

void read_process(const YamlNode* node, ProcessSpec& spec, ComplaintList& list) {
  MapReader map(node, "process", list);
  read_command(map, spec);
  read_variables(map, spec);
  read_ports(map, "ports_a", spec.ports_a);
  read_ports(map, "ports_b", spec.ports_b);
  check_slots(map, spec);
  if (map.text("ready_path", spec.ready_path)) {
    check(map, "ready_path", is_url_path(spec.ready_path), "write a path such as `/healthz`");
  }
  map.duration("stop_grace", spec.stop_grace_ms, {0, kHourMs});
  map.finish();
}

void read_haproxy(const YamlNode* node, const EnvironmentSpec& environment, HaproxySpec& spec,
                  ComplaintList& list) {
  MapReader map(node, "haproxy", list);
  map.require("socket");
  map.text("socket", spec.socket);
  check(map, "socket", spec.socket.size() <= 100, "a UNIX socket's path has at most 100 bytes");
  map.require("map");
  map.text("map", spec.map);
  if (environment.judged) map.require("log_listen");
  if (map.text("log_listen", spec.log_listen)) {
    check(map, "log_listen", is_local_listen(spec.log_listen),
          "write 127.0.0.1:PORT or [::1]:PORT, where HAProxy sends its log");
  }
  if (map.text("backend_prefix", spec.backend_prefix)) {
    check(map, "backend_prefix", is_proxy_name(spec.backend_prefix),
          "use letters, digits, `_`, `-` and `.`: the backends are PREFIX_a and PREFIX_b");
  }
  map.boolean("sticky", spec.sticky);
  map.finish();
}

void read_probe(const YamlNode* node, ProbeSpec& spec, ComplaintList& list) {
  MapReader map(node, "probe", list);
  if (map.text("path", spec.path)) {
    check(map, "path", is_url_path(spec.path), "write a path such as `/healthz`");
  }
  map.duration("interval", spec.interval_ms, kInterval);
  map.duration("timeout", spec.timeout_ms, kInterval);
  map.integer("failures_max", spec.failures_max, {1, 1'000});
  map.finish();
}

SmokeSpec read_smoke_test(const YamlNode& node, std::size_t number, ComplaintList& list) {
  MapReader map(&node, fmt::format("smoke[{}]", number), list);
  SmokeSpec spec;
  map.require("path");
  if (map.text("path", spec.path)) {
    check(map, "path", is_url_path(spec.path), "write a path such as `/`");
  }
  if (!map.text("name", spec.name)) spec.name = spec.path;
  map.integer("expect_status", spec.expect_status, {100, 599});
  map.text("expect_text", spec.expect_text);
  map.finish();
  return spec;
}

void read_smoke(MapReader& map, EnvironmentSpec& spec, ComplaintList& list) {
  const YamlNode* node = map.take("smoke");
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::sequence || node->items.size() > 100) {
    return map.complain(*node, "`smoke` is no list of at most 100 tests",
                        "write entries such as `{name: front page, path: /, expect_status: 200}`");
  }
  for (const YamlNode& item : node->items) {
    spec.smoke.push_back(read_smoke_test(item, spec.smoke.size() + 1, list));
  }
  if (!spec.smoke.empty() && spec.entrance.empty()) {
    map.complain(*node, "there are smoke tests but no `entrance`",
                 "add `entrance: http://…`, where a customer would send these requests");
  }
}

void read_alerts(MapReader& environment, const ServiceName& service, EnvironmentSpec& spec,
                 ComplaintList& list) {
  const YamlNode* node = environment.take("alerts");
  if (node == nullptr) return;
  MapReader map(node, "alerts", list);
  AlertSpec alerts;
  map.require("url");
  if (map.text("url", alerts.url)) {
    check(map, "url", is_http_url(alerts.url),
          "write http://HOST:PORT or https://HOST:PORT, without a user");
  }
  map.duration("interval", alerts.interval_ms, kInterval);
  map.text_map("matchers", alerts.matchers);
  alerts.matchers.try_emplace("service", service.text);
  alerts.matchers.try_emplace("environment", spec.name.text);
  alerts.matchers.try_emplace("severity", "critical");
  map.finish();
  spec.alerts = std::move(alerts);
}

void read_load(MapReader& environment, EnvironmentSpec& spec, ComplaintList& list) {
  const YamlNode* node = environment.take("load");
  if (node == nullptr) return;
  MapReader map(node, "load", list);
  LoadSpec load;
  map.require("command");
  if (map.texts("command", load.command)) {
    check(map, "command", !load.command.empty() && !trim(load.command.front()).empty(),
          "write the program and its arguments as a list of words");
  }
  map.integer("requests_min", load.requests_min, kLoadRequests);
  map.finish();
  if (spec.customer_facing) {
    map.complain(*node, "there is a `load` where customers are",
                 "remove it: customers' own traffic is what is judged here");
  } else if (!spec.judged) {
    map.complain(*node, "there is a `load`, but the environment is not judged",
                 "add `judged: true`, so that what happens under load is looked at");
  }
  spec.load = std::move(load);
}

void read_identity(MapReader& map, EnvironmentSpec& spec) {
  map.require("name");
  if (map.text("name", spec.name.text)) {
    check(map, "name", is_name(spec.name.text), "use lower-case letters, digits and `-`");
  }
  map.boolean("customer_facing", spec.customer_facing);
  spec.judged = spec.customer_facing;
  map.boolean("judged", spec.judged);
  if (map.text("entrance", spec.entrance)) {
    check(map, "entrance", is_http_url(spec.entrance),
          "write http://HOST:PORT or https://HOST:PORT, without a user");
  }
}

}  // namespace

EnvironmentSpec read_environment(const YamlNode& node, const ServiceName& service,
                                 ComplaintList& list) {
  MapReader map(&node, "", list);
  EnvironmentSpec spec;
  read_identity(map, spec);
  read_stages(map, spec, list);
  map.require("process");
  read_process(map.take("process"), spec.process, list);
  map.require("haproxy");
  spec.haproxy.backend_prefix = service.text;
  read_haproxy(map.take("haproxy"), spec, spec.haproxy, list);
  read_probe(map.take("probe"), spec.probe, list);
  read_smoke(map, spec, list);
  read_alerts(map, service, spec, list);
  read_prometheus(map, spec, list);
  read_load(map, spec, list);
  map.number("expected_requests_per_second", spec.expected_requests_per_second, kRequestsPerSecond);
  map.texts("databases", spec.databases);
  map.finish();
  return spec;
}

}  // namespace sluice::contract
