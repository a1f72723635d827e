#include "contract/policy_yaml.h"

#include "base/digest.h"
#include "base/text.h"
#include "contract/contains.h"
#include "contract/environment_yaml.h"
#include "contract/flags_yaml.h"
#include "contract/map_reader.h"
#include "contract/people_yaml.h"
#include "contract/prometheus_yaml.h"
#include "contract/quality_yaml.h"
#include "contract/value_rules.h"

namespace sluice::contract {
namespace {

constexpr DurationRange kDeadline{100, 30 * kDayMs};
constexpr std::size_t kEnvironmentsMax = 16;

class PolicyReader {
 public:
  PolicyReader(std::string_view bytes, std::string file) {
    list_.file = file;
    policy_.digest = sha256(bytes);
    YamlReading yaml = read_yaml(bytes, file);
    root_ = std::move(yaml.root);
    list_.complaints = std::move(yaml.complaints);
    policy_.file = std::move(file);
  }

  PolicyReading run() {
    if (root_) {
      find_placeholders(*root_);
      read_root();
    } else if (list_.complaints.empty()) {
      list_.add({}, "the file is empty", "start from what `sluice init` writes");
    }
    std::ranges::stable_sort(list_.complaints, {}, &Complaint::at);
    return {.policy = std::move(policy_), .complaints = std::move(list_.complaints)};
  }

 private:
  // `{{…}}` within a value; where it is the whole value it is no YAML, and yaml_tree says so.
  void find_placeholders(const YamlNode& node) {
    if (node.scalar.contains("{{") && node.scalar.contains("}}")) {
      list_.add(node.at, fmt::format("a placeholder is left in `{}`", printable(node.scalar, 80)),
                "replace it by the value");
    }
    for (const YamlNode& item : node.items) find_placeholders(item);
    for (const auto& [key, value] : node.entries) {
      find_placeholders(key);
      find_placeholders(value);
    }
  }

  void read_root() {
    MapReader map(&*root_, "", list_);
    map.require("service");
    if (map.text("service", policy_.service.text) && !is_name(policy_.service.text)) {
      map.complain(*map.take("service"),
                   fmt::format("`service` is `{}`", printable(policy_.service.text, 80)),
                   "use lower-case letters, digits and `-`");
    }
    read_parameters(map.take("parameters"));
    read_deadlines(map.take("deadlines"));
    map.text("change_log", policy_.change_log);
    read_fallback(map);
    read_webhook(map.take("webhook"));
    read_notify(map.take("notify"));
    read_flags(map, policy_.flags, list_);
    map.require("environments");
    read_environments(map);
    read_people(map, policy_, list_);
    read_approvals(map, policy_, list_);
    read_quality(map, policy_, list_);
    read_evaluators(map, policy_, list_);
    map.finish();
  }

  void read_parameters(const YamlNode* node) {
    MapReader map(node, "parameters", list_);
    Parameters& p = policy_.parameters;
    map.fraction("max_error_rate_increase", p.max_error_rate_increase, {.above = 0, .most = 0.5});
    map.fraction("error_rate_target", p.error_rate_target, {.above = 0, .most = 0.5});
    map.fraction("availability", p.availability, {.above = 0.5, .most = 0.999999});
    map.duration("p99_target", p.p99_target_ms, {1, kHourMs});
    map.duration("post_deploy_validation_window", p.validation_window_ms, {1, 30 * kDayMs});
    map.share("first_stage_max", policy_.first_stage_max, {.above = 0, .most = 0.5});
    map.fraction("false_rollback_probability", p.false_rollback_probability,
                 {.above = 0, .most = 0.1});
    map.fraction("false_promotion_probability", p.false_promotion_probability,
                 {.above = 0, .most = 0.2});
    map.duration("grace", p.grace_ms, {0, kDayMs});
    map.boolean("evidence_paced", p.evidence_paced);
    read_baseline_use(map, "latency_against_baseline", p.latency_against_baseline);
    read_baseline_use(map, "gauges_against_baseline", p.gauges_against_baseline);
    gauges_at_ = map.take("gauges_against_baseline");
    map.duration("drill_valid_for", policy_.drill_valid_ms, {kMinuteMs, 366 * kDayMs});
    map.text("drill_in", policy_.drill_environment.text);
    read_on_missing(map);
    map.finish();
  }

  void read_baseline_use(MapReader& map, std::string_view key, BaselineUse& use) {
    std::string word;
    if (!map.text(key, word)) return;
    for (const BaselineUse one : {BaselineUse::report, BaselineUse::rollback, BaselineUse::off}) {
      if (to_text(one) != word) continue;
      use = one;
      return;
    }
    map.complain(*map.take(key), fmt::format("`{}` is `{}`", map.path(key), printable(word, 80)),
                 "write report, rollback or off");
  }

  void read_on_missing(MapReader& map) {
    std::string word;
    if (!map.text("on_missing_validation", word)) return;
    policy_.keep_on_missing_validation = word == "keep";
    if (word == "keep" || word == "rollback") return;
    map.complain(*map.take("on_missing_validation"),
                 fmt::format("`parameters.on_missing_validation` is `{}`", printable(word, 80)),
                 "write rollback or keep");
  }

  void read_deadlines(const YamlNode* node) {
    MapReader map(node, "deadlines", list_);
    Deadlines& d = policy_.deadlines;
    map.duration("deploy", d.deploy_ms, kDeadline);
    map.duration("shift", d.shift_ms, kDeadline);
    map.duration("evidence", d.evidence_ms, kDeadline);
    map.duration("silence", d.silence_ms, kDeadline);
    map.duration("smoke", d.smoke_ms, kDeadline);
    map.duration("pause", d.pause_ms, kDeadline);
    map.duration("drain", d.drain_ms, {0, kDayMs});
    map.duration("rollback", d.rollback_ms, kDeadline);
    map.duration("finish", d.finish_ms, kDeadline);
    map.finish();
  }

  void read_fallback(MapReader& map) {
    if (!map.text("fallback", policy_.fallback) || is_proxy_name(policy_.fallback)) return;
    map.complain(*map.take("fallback"),
                 fmt::format("`fallback` is `{}`", printable(policy_.fallback, 80)),
                 "write none, or the name of a HAProxy backend");
  }

  void read_webhook(const YamlNode* node) {
    if (node == nullptr) return;
    MapReader map(node, "webhook", list_);
    map.require("listen");
    map.require("token_file");
    if (map.text("listen", policy_.webhook.listen) && !is_local_listen(policy_.webhook.listen)) {
      map.complain(*map.take("listen"),
                   fmt::format("`webhook.listen` is `{}`", printable(policy_.webhook.listen, 80)),
                   "write 127.0.0.1:PORT or [::1]:PORT: other machines must not reach it");
    }
    map.text("token_file", policy_.webhook.token_file);
    map.finish();
  }

  void read_notify(const YamlNode* node) {
    if (node == nullptr) return;
    MapReader map(node, "notify", list_);
    map.require("command");
    const bool read = map.texts("command", policy_.notify.command);
    if (read && (policy_.notify.command.empty() || trim(policy_.notify.command.front()).empty())) {
      map.complain(*map.take("command"), "`notify.command` names no program",
                   "list the program and its arguments; the notice comes on its standard input");
    }
    map.duration("timeout", policy_.notify.timeout_ms, {kSecondMs, kMinuteMs});
    map.finish();
  }

  void read_environments(MapReader& map) {
    const YamlNode* node = map.take("environments");
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::sequence || node->items.empty() ||
        node->items.size() > kEnvironmentsMax) {
      return map.complain(*node, "`environments` is no list of environments",
                          fmt::format("list 1 to {}, in the order in which a release goes through "
                                      "them, the customer-facing one last",
                                      kEnvironmentsMax));
    }
    for (const YamlNode& item : node->items) {
      policy_.environments.push_back(read_environment(item, policy_.service, list_));
      check_name(item);
    }
    check_customer_facing(*node);
    check_gauges(*node);
  }

  void check_gauges(const YamlNode& node) {
    std::vector<Position> at;
    for (const YamlNode& item : node.items) at.push_back(item.at);
    complain_of_shared_gauges(policy_.environments, at, list_);
    const auto has_gauges = [](const EnvironmentSpec& one) { return one.prometheus.has_value(); };
    if (policy_.parameters.gauges_against_baseline != BaselineUse::rollback ||
        std::ranges::any_of(policy_.environments, has_gauges)) {
      return;
    }
    list_.add(gauges_at_->at, "gauges are to take releases back, and no environment has any",
              "add `prometheus` with `gauges` to an environment, or take the line away");
  }

  void check_name(const YamlNode& item) {
    const std::span<const EnvironmentSpec> all(policy_.environments);
    const EnvironmentName& name = all.back().name;
    if (name.empty() || !contains(all.first(all.size() - 1), name, &EnvironmentSpec::name)) return;
    list_.add(item.at, fmt::format("there are two environments `{}`", printable(name.text, 80)),
              "give each environment a name of its own");
  }

  void check_customer_facing(const YamlNode& node) {
    const std::vector<EnvironmentSpec>& all = policy_.environments;
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all[i].customer_facing) continue;
      any = true;
      if (i + 1 == all.size()) continue;
      list_.add(node.items[i].at,
                fmt::format("`{}` is customer-facing and not the last environment",
                            printable(all[i].name.text, 80)),
                "mark only the last environment, production, with customer_facing: true");
    }
    if (any) return;
    list_.add(node.items.back().at, "no environment is customer-facing",
              "add customer_facing: true to the last one, production");
  }

  Policy policy_;
  std::optional<YamlNode> root_;
  const YamlNode* gauges_at_ = nullptr;  // `parameters.gauges_against_baseline` within root_
  ComplaintList list_;
};

}  // namespace

PolicyReading parse_policy(std::string_view bytes, std::string file) {
  return PolicyReader(bytes, std::move(file)).run();
}

}  // namespace sluice::contract
