// progression.isolated: no two environments share what they run on.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"
#include "gates/start_gates.h"

namespace sluice::gates {
namespace {

// One thing that an environment uses and must have to itself.
struct Use {
  std::string thing;  // comparable: "TCP port 8080"
  std::string role;   // "entrance"
  const EnvironmentName* environment = nullptr;
};

// "./run//a.sock" and "run/a.sock" are one file; "x/../run/a.sock", too.
std::string plain_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view part : split(trim(path), '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else {
      kept.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : kept) out += (out.empty() ? "" : "/") + std::string(part);
  return path.starts_with('/') ? "/" + out : out;
}

bool is_this_machine(std::string_view host) {
  return host.starts_with("127.") || host == "localhost" || host == "0.0.0.0" || host == "[::1]" ||
         host == "[::]" || host.empty();
}

// "http://127.0.0.1:8080/" -> "TCP port 8080", "https://shop.example" -> "address
// shop.example:443".
std::string address_of(std::string_view url) {
  std::string text = to_lower_ascii(trim(url));
  const bool secure = text.starts_with("https://");
  if (const std::size_t scheme = text.find("://"); scheme != std::string::npos) {
    text.erase(0, scheme + 3);
  }
  text = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t user = text.rfind('@'); user != std::string::npos) text.erase(0, user + 1);
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string::npos && text.find(']', colon) == std::string::npos;
  const std::string host = text.substr(0, has_port ? colon : std::string::npos);
  const std::string port = has_port ? text.substr(colon + 1) : secure ? "443" : "80";
  return is_this_machine(host) ? "TCP port " + port : "address " + host + ":" + port;
}

// What is left of a connection string when credentials and options are gone: two environments that
// log in differently to one database share it, and a password must not be shown.
std::string database_of(std::string_view text) {
  std::string plain(trim(text));
  if (const std::size_t scheme = plain.find("://"); scheme != std::string::npos) {
    plain = plain.substr(scheme + 3, plain.find_first_of("?#") - scheme - 3);
    const std::size_t user = plain.rfind('@');
    if (user != std::string::npos) plain.erase(0, user + 1);
  } else if (plain.contains('=')) {
    std::vector<std::string> kept;
    for (const std::string_view word : split(plain, ' ')) {
      const std::string_view key = word.substr(0, word.find('='));
      if (key == "host" || key == "hostaddr" || key == "port" || key == "dbname") {
        kept.emplace_back(word);
      }
    }
    std::ranges::sort(kept);
    plain = list_text(kept);
  }
  while (plain.ends_with('/')) plain.pop_back();
  return "database " + quoted(plain);
}

void add_ports(std::vector<Use>& uses, const EnvironmentSpec& environment) {
  for (const auto* ports : {&environment.process.ports_a, &environment.process.ports_b}) {
    for (const int port : *ports) {
      uses.push_back({fmt::format("TCP port {}", port), "process port", &environment.name});
    }
  }
}

std::vector<Use> uses_of(const EnvironmentSpec& environment) {
  const EnvironmentName* name = &environment.name;
  const HaproxySpec& haproxy = environment.haproxy;
  std::vector<Use> uses;
  if (!environment.entrance.empty()) {
    uses.push_back({address_of(environment.entrance), "entrance", name});
  }
  add_ports(uses, environment);
  if (!haproxy.socket.empty()) {
    uses.push_back({"file " + quoted(plain_path(haproxy.socket)), "HAProxy socket", name});
  }
  if (!haproxy.map.empty()) {
    uses.push_back({"file " + quoted(plain_path(haproxy.map)), "map file", name});
  }
  if (!haproxy.log_listen.empty()) {
    const std::size_t colon = haproxy.log_listen.rfind(':');
    const std::string port =
        colon == std::string::npos ? haproxy.log_listen : haproxy.log_listen.substr(colon + 1);
    uses.push_back({"UDP port " + printable(port, 20), "log port", name});
  }
  for (const std::string& database : environment.databases) {
    uses.push_back({database_of(database), "database", name});
  }
  return uses;
}

void report_shared(Findings& findings, const Use& one, const Use& two) {
  findings.fail("shared",
                fmt::format("the {} of {} and the {} of {} are the same {}", one.role,
                            quoted(one.environment->text), two.role, quoted(two.environment->text),
                            one.thing),
                "give each environment its own in sluice.yaml");
}

void compare(Findings& findings, std::vector<Use> uses) {
  std::ranges::stable_sort(uses, {}, &Use::thing);
  for (std::size_t i = 1; i < uses.size(); ++i) {
    const bool same = uses[i - 1].thing == uses[i].thing;
    const bool elsewhere = uses[i - 1].environment != uses[i].environment;
    if (same && elsewhere) report_shared(findings, uses[i - 1], uses[i]);
  }
}

// What an environment without which there is nothing to compare, or which another would have to
// lend it.
void require_own(Findings& findings, const EnvironmentSpec& environment) {
  const auto need = [&](bool there, std::string_view what, std::string_view key) {
    if (there) return;
    findings.fail("not_wired", fmt::format("{} has no {}", quoted(environment.name.text), what),
                  fmt::format("set `{}` in sluice.yaml", key));
  };
  const ProcessSpec& process = environment.process;
  const bool deployer =
      !process.command.empty() && !process.ports_a.empty() && !process.ports_b.empty();
  need(deployer, "deployer of its own with ports for both slots", "process");
  need(!environment.probe.path.empty(), "probe of its own", "probe.path");
  need(!environment.entrance.empty(), "entrance", "entrance");
  need(!environment.haproxy.socket.empty(), "HAProxy socket", "haproxy.socket");
  need(!environment.haproxy.map.empty(), "map file", "haproxy.map");
}

}  // namespace

ClauseVerdict progression_isolated(const Facts& facts) {
  Findings findings(Clause::progression_isolated);
  const auto& environments = facts.policy.environments;
  std::vector<Use> uses;
  for (const EnvironmentSpec& environment : environments) {
    require_own(findings, environment);
    for (Use& use : uses_of(environment)) uses.push_back(std::move(use));
  }
  if (environments.size() < 2) {
    findings.fail("too_few_environments", "there are not two environments to keep apart",
                  "describe development, staging and production in sluice.yaml");
  }
  const int compared = static_cast<int>(uses.size());
  findings.looked_at(compared);
  compare(findings, std::move(uses));
  const bool databases = std::ranges::any_of(
      environments, [](const EnvironmentSpec& one) { return !one.databases.empty(); });
  if (!databases) findings.note("sluice.yaml names no database");
  return findings.verdict(
      fmt::format("compared {} addresses, ports, files and databases of {}: none is shared",
                  compared, count_text(environments.size(), "environment")));
}

}  // namespace sluice::gates
