#include "codec/haproxy_config.h"

#include <vector>

#include <fmt/format.h>

namespace sluice::codec {
namespace {

const std::vector<int>& ports_of(const EnvironmentSpec& spec, Slot slot) {
  return slot == Slot::a ? spec.process.ports_a : spec.process.ports_b;
}

// Two lines of the same name are alternatives: live while any of the slot's own servers is. Not
// nbsrv(), which would count the servers of the way back.
std::string live_acl(const EnvironmentSpec& spec, Slot slot) {
  std::string out;
  const std::string backend = haproxy_backend(spec.haproxy.backend_prefix, slot);
  for (std::size_t i = 0; i < ports_of(spec, slot).size(); ++i) {
    out += fmt::format("    acl sluice_{0}_live srv_is_up({1}/{2})\n", to_text(slot), backend,
                       haproxy_server(slot, static_cast<int>(i)));
  }
  return out;
}

std::string baseline_acl(const EnvironmentSpec& spec) {
  return fmt::format("    acl sluice_baseline_b str({}),map_str({},a) -m str b\n", kMapBaseline,
                     spec.haproxy.map);
}

// A number of 0..9999: by the client's address, or HAProxy's random source for each request.
std::string draw(const HaproxySpec& haproxy) {
  constexpr std::string_view kByClient = "src,xxh32(7),mod(10000)";
  constexpr std::string_view kByChance = "rand";
  return haproxy.sticky ? std::string(kByClient) : fmt::format("{}(10000)", kByChance);
}

constexpr std::string_view kLogFormat =
    "sluice/1 %pid %b %s %ST %Ta %tsc %[date(0,ms)] %[var(txn.sluice_bucket)]";

bool is_backend(std::string_view fallback) { return !fallback.empty() && fallback != "none"; }

// Who is for the baseline while it has no live server. After the second way back, which has sent
// everybody to the baseline if the canary is gone.
std::string fallback_lines(std::string_view fallback) {
  if (!is_backend(fallback)) return {};
  return fmt::format(
      "    # `fallback`: while there is no baseline to serve; backend {0} is yours\n"
      "    use_backend {0} if {{ var(txn.sluice_slot) -m str a }} !sluice_baseline_b "
      "!sluice_a_live\n"
      "    use_backend {0} if {{ var(txn.sluice_slot) -m str b }} sluice_baseline_b "
      "!sluice_b_live\n",
      fallback);
}

std::string frontend_lines(const EnvironmentSpec& spec, std::string_view fallback) {
  const HaproxySpec& haproxy = spec.haproxy;
  std::string out;
  out += fmt::format("    log {} format raw local0\n", haproxy.log_listen);
  out += fmt::format("    log-format \"{}\"\n", kLogFormat);
  out += "    # one of eight groups of clients; `src` may be a header or a cookie of yours\n";
  out += "    http-request set-var(txn.sluice_bucket) src,xxh32(1),mod(8)\n";
  out += fmt::format("    http-request set-var(txn.sluice_share_b) str({}),map_str({},0),add(0)\n",
                     kMapShareB, haproxy.map);
  out += "    http-request set-var(txn.sluice_slot) str(a)\n";
  out += fmt::format(
      "    http-request set-var(txn.sluice_slot) str(b) if {{ {},sub(txn.sluice_share_b) lt 0 }}\n",
      draw(haproxy));
  out += "    # the second way back: a canary without a live server gets nothing\n";
  out += baseline_acl(spec) + live_acl(spec, Slot::a) + live_acl(spec, Slot::b);
  out +=
      "    http-request set-var(txn.sluice_slot) str(a) if !sluice_baseline_b !sluice_b_live\n"
      "    http-request set-var(txn.sluice_slot) str(b) if sluice_baseline_b !sluice_a_live\n";
  out += fallback_lines(fallback);
  out += fmt::format("    use_backend {}_%[var(txn.sluice_slot)]\n", haproxy.backend_prefix);
  return out;
}

std::string server_lines(const EnvironmentSpec& spec, Slot slot, std::string_view options) {
  std::string out;
  const std::string home = haproxy_backend(spec.haproxy.backend_prefix, slot);
  const std::vector<int>& ports = ports_of(spec, slot);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string name = haproxy_server(slot, static_cast<int>(i));
    out += fmt::format(
        "    server {} 127.0.0.1:{}{}\n", name, ports[i],
        fmt::format(fmt::runtime(options), fmt::arg("home", home), fmt::arg("name", name)));
  }
  return out;
}

std::string backend_section(const EnvironmentSpec& spec, Slot slot) {
  const std::string_view is_baseline = slot == Slot::a ? "!sluice_baseline_b" : "sluice_baseline_b";
  std::string out = fmt::format("backend {}\n", haproxy_backend(spec.haproxy.backend_prefix, slot));
  out += "    balance roundrobin\n";
  out += "    timeout connect 250ms\n";
  out += fmt::format("    option httpchk GET {}\n", spec.process.ready_path);
  out += "    http-check expect status 200-299\n";
  out += "    option redispatch 1\n    retries 3\n    retry-on conn-failure\n";
  out += "    # a baseline without a live server fails; it does not fall over to the canary\n";
  out += baseline_acl(spec) + live_acl(spec, slot);
  out += fmt::format("    http-request return status 503 if {} !sluice_{}_live\n", is_baseline,
                     to_text(slot));
  out +=
      "    default-server check inter 200ms fastinter 50ms rise 1 fall 1 observe layer4 "
      "error-limit 1 on-error mark-down\n";
  out += server_lines(spec, slot, "");
  out += "    # where a request goes that every server above refused to take\n";
  out += server_lines(spec, other(slot), " no-check backup track {home}/{name}");
  return out;
}

std::string marked(const std::string& name, const std::string& lines) {
  return fmt::format("    # sluice begin: {0}\n{1}    # sluice end: {0}\n", name, lines);
}

// "http://127.0.0.1:8080/shop" -> "127.0.0.1:8080"
std::string address_of(std::string_view entrance) {
  const std::size_t scheme = entrance.find("://");
  if (scheme != std::string_view::npos) entrance.remove_prefix(scheme + 3);
  return std::string(entrance.substr(0, entrance.find_first_of("/?#")));
}

std::string backends(const EnvironmentSpec& spec) {
  return backend_section(spec, Slot::a) + "\n" + backend_section(spec, Slot::b);
}

std::string fallback_backend(std::string_view fallback) {
  if (!is_backend(fallback)) return {};
  return fmt::format(
      "\nbackend {}\n    http-request return status 503 content-type text/plain string \"closed "
      "for "
      "maintenance\"\n",
      fallback);
}

std::string label(const EnvironmentSpec& spec, const ServiceName& service) {
  return service.text + " in " + spec.name.text;
}

}  // namespace

std::string haproxy_backend(std::string_view prefix, Slot slot) {
  return fmt::format("{}_{}", prefix, to_text(slot));
}

std::string haproxy_server(Slot slot, int index) {
  return fmt::format("{}{}", to_text(slot), index + 1);
}

std::string haproxy_lines(const EnvironmentSpec& spec, const ServiceName& service,
                          std::string_view fallback) {
  const std::string name = label(spec, service);
  return fmt::format(
      "# {0}: in the section `global`\n"
      "    stats socket {1} mode 600 level operator expose-fd listeners\n"
      "\n"
      "# {0}: in your frontend, in mode http\n{2}"
      "\n"
      "# {0}: beside your other backends, in mode http\n{3}",
      name, spec.haproxy.socket, marked(name, frontend_lines(spec, fallback)),
      marked(name, backends(spec)));
}

std::string haproxy_example(const EnvironmentSpec& spec, const ServiceName& service,
                            std::string_view fallback) {
  const std::string name = label(spec, service);
  return fmt::format(
      "# {0}: a complete configuration for HAProxy 2.6 and later\n"
      "global\n"
      "    stats socket {1} mode 600 level operator expose-fd listeners\n"
      "    maxconn 4000\n"
      "    hard-stop-after 30s\n"
      "\n"
      "defaults\n"
      "    mode http\n"
      "    timeout connect 1s\n"
      "    timeout client 60s\n"
      "    timeout server 60s\n"
      "    timeout queue 2s\n"
      "    timeout http-request 10s\n"
      "\n"
      "frontend {2}\n"
      "    bind {3}\n{4}\n{5}{6}",
      name, spec.haproxy.socket, spec.haproxy.backend_prefix, address_of(spec.entrance),
      marked(name, frontend_lines(spec, fallback)), marked(name, backends(spec)),
      fallback_backend(fallback));
}

}  // namespace sluice::codec
