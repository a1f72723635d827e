#include "gates/shared_things.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"

namespace sluice::gates {
namespace {

constexpr std::string_view kThisMachine = "this machine";

struct HostAndPort {
  std::string host;
  std::string port;  // empty: not written
};

// "[::1]:80", "db.internal:5432", "db.internal"; a bare "::1" is a host.
HostAndPort host_and_port(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    const std::string_view rest = end == std::string_view::npos ? "" : text.substr(end + 1);
    return {std::string(text.substr(0, end == std::string_view::npos ? end : end + 1)),
            std::string(rest.starts_with(':') ? rest.substr(1) : "")};
  }
  const std::size_t colon = text.find(':');
  const bool is_address =
      colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos;
  if (colon == std::string_view::npos || is_address) return {std::string(text), {}};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

bool is_this_machine(std::string_view host) {
  constexpr std::array<std::string_view, 12> kNames{"",
                                                    "localhost",
                                                    "localhost.localdomain",
                                                    "ip6-localhost",
                                                    "::1",
                                                    "[::1]",
                                                    "0.0.0.0",
                                                    "[::]",
                                                    "::",
                                                    "*",
                                                    "[0:0:0:0:0:0:0:1]",
                                                    "0:0:0:0:0:0:0:1"};
  if (host.starts_with("127.") || host.starts_with("[::ffff:127.")) return true;
  // A folder of UNIX sockets, as libpq writes it.
  return host.starts_with('/') || host.starts_with("%2f") ||
         std::ranges::find(kNames, host) != kNames.end();
}

// Lower case, without the dot that ends a full name; every way to name this machine is one.
std::string plain_host(std::string_view written) {
  std::string host = to_lower_ascii(trim(written));
  while (host.ends_with('.')) host.pop_back();
  return is_this_machine(host) ? std::string(kThisMachine) : host;
}

// "0080" is 80.
std::string plain_port(std::string_view written, std::string_view otherwise) {
  std::string_view port = trim(written);
  while (port.size() > 1 && port.starts_with('0')) port.remove_prefix(1);
  return std::string(port.empty() ? otherwise : port);
}

std::string_view default_port(std::string_view scheme) {
  struct Known {
    std::string_view beginning;
    std::string_view port;
  };
  constexpr std::array<Known, 11> kKnown{{{"postgres", "5432"},
                                          {"mysql", "3306"},
                                          {"mariadb", "3306"},
                                          {"rediss", "6379"},
                                          {"redis", "6379"},
                                          {"mongodb", "27017"},
                                          {"sqlserver", "1433"},
                                          {"amqps", "5671"},
                                          {"amqp", "5672"},
                                          {"kafka", "9092"},
                                          {"nats", "4222"}}};
  for (const Known& known : kKnown) {
    if (scheme.starts_with(known.beginning)) return known.port;
  }
  return {};
}

std::string database_name(std::string_view host, std::string_view port, std::string_view name) {
  std::string text = plain_host(host);
  if (!port.empty()) text += ":" + std::string(port);
  if (!name.empty()) text += "/" + std::string(name);
  return "database " + quoted(text);
}

// "a=1&b=2" or "a=1 b='2'".
std::map<std::string, std::string> options_of(std::string_view text, char between) {
  std::map<std::string, std::string> options;
  for (const std::string_view word : split(text, between)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view value = trim(word.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'') {
      value = value.substr(1, value.size() - 2);
    }
    options[to_lower_ascii(trim(word.substr(0, equals)))] = value;
  }
  return options;
}

std::string option(const std::map<std::string, std::string>& options, const std::string& key,
                   std::string_view otherwise) {
  const auto found = options.find(key);
  return found == options.end() ? std::string(otherwise) : found->second;
}

// One name for each of "a:1,b:2".
std::vector<std::string> servers_named(std::string_view servers, std::string_view port,
                                       std::string_view name) {
  std::vector<std::string> names;
  for (const std::string_view server : split(servers, ',')) {
    const HostAndPort one = host_and_port(trim(server));
    names.push_back(database_name(one.host, plain_port(one.port, port), name));
  }
  return names;
}

std::vector<std::string> databases_of_url(std::string_view scheme, std::string_view rest) {
  if (scheme == "file" || scheme.starts_with("sqlite")) {
    std::string_view path = rest.substr(0, rest.find_first_of("?#"));
    while (path.starts_with("//")) path.remove_prefix(1);
    return {"file " + quoted(plain_path(path))};
  }
  const std::size_t question = rest.find('?');
  const auto options = options_of(
      question == std::string_view::npos ? std::string_view() : rest.substr(question + 1), '&');
  std::string_view place = rest.substr(0, rest.find_first_of("?#"));
  if (const std::size_t user = place.rfind('@'); user != std::string_view::npos) {
    place.remove_prefix(user + 1);
  }
  const std::size_t slash = place.find('/');
  std::string_view name =
      slash == std::string_view::npos ? std::string_view() : place.substr(slash + 1);
  while (name.ends_with('/')) name.remove_suffix(1);
  return servers_named(option(options, "host", place.substr(0, slash)),
                       option(options, "port", default_port(scheme)),
                       option(options, "dbname", name));
}

// "host=db port=5432 dbname=shop", as libpq takes it.
std::vector<std::string> databases_of_keywords(std::string_view text) {
  const auto options = options_of(text, ' ');
  return servers_named(option(options, "host", option(options, "hostaddr", "")),
                       option(options, "port", "5432"),
                       option(options, "dbname", option(options, "user", "")));
}

bool is_database_file(std::string_view word) {
  for (const std::string_view ending : {".db", ".sqlite", ".sqlite3"}) {
    if (word.ends_with(ending)) return true;
  }
  return false;
}

// What a word of a command, or a variable, names that is kept from one run to the next. The value
// of `--database=…` counts like a word.
std::vector<std::string> state_named(std::string word, const EnvironmentName& environment) {
  for (std::size_t at = word.find("{environment}"); at != std::string::npos;
       at = word.find("{environment}", at)) {
    word.replace(at, 13, environment.text);
  }
  // Different for each process: nothing of it is shared.
  if (word.contains("{port}") || word.contains("{instance}") || word.contains("{release}"))
    return {};
  if (word.starts_with('-') && word.contains('=')) word.erase(0, word.find('=') + 1);
  const std::size_t scheme = word.find("://");
  if (scheme != std::string::npos) {
    const std::string lower = to_lower_ascii(word.substr(0, scheme));
    return lower == "http" || lower == "https" ? std::vector<std::string>() : database_names(word);
  }
  if (is_database_file(word)) return {"file " + quoted(plain_path(word))};
  return {};
}

// "--port", "--metrics-port", "LISTEN_ADDRESS": names of what a process itself listens on, not of
// where it finds others ("DB_PORT").
bool names_own_port(std::string_view name) {
  std::string plain = to_lower_ascii(name);
  std::erase_if(plain, [](char c) { return c == '-' || c == '_' || c == '.'; });
  constexpr std::array<std::string_view, 18> kNames{
      "p",           "port",       "httpport",      "httpsport",  "grpcport",  "adminport",
      "metricsport", "healthport", "serverport",    "listenport", "debugport", "managementport",
      "listen",      "bind",       "listenaddress", "listenaddr", "bindaddr",  "bindaddress"};
  return std::ranges::find(kNames, plain) != kNames.end();
}

// "8080", "127.0.0.1:8080", ":8080"; empty where it is none, or differs with the process.
std::string port_in(std::string_view value) {
  const std::size_t colon = value.rfind(':');
  const std::string_view digits = colon == std::string_view::npos ? value : value.substr(colon + 1);
  const auto number = parse_integer(trim(digits));
  return number && *number > 0 && *number < 65'536 ? fmt::format("{}", *number) : std::string();
}

// Ports that the command or a variable says outright: every process of the environment has them.
std::vector<std::string> fixed_ports(const ProcessSpec& process) {
  std::vector<std::string> ports;
  const auto take = [&](std::string_view name, std::string_view value) {
    const std::string port = names_own_port(name) ? port_in(value) : std::string();
    if (!port.empty()) ports.push_back(port);
  };
  for (std::size_t i = 0; i < process.command.size(); ++i) {
    const std::string_view word = process.command[i];
    if (!word.starts_with('-')) continue;
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos) {
      take(word.substr(0, equals), word.substr(equals + 1));
    } else if (i + 1 < process.command.size()) {
      take(word, process.command[i + 1]);
    }
  }
  for (const auto& [name, value] : process.variables) take(name, value);
  return ports;
}

void add_process(std::vector<Use>& uses, const EnvironmentSpec& environment) {
  const ProcessSpec& process = environment.process;
  for (const auto* ports : {&process.ports_a, &process.ports_b}) {
    for (const int port : *ports) {
      uses.push_back({fmt::format("TCP port {}", port), "process port", &environment.name});
    }
  }
  for (const std::string& port : fixed_ports(process)) {
    uses.push_back({"TCP port " + port, "processes' fixed port", &environment.name});
  }
  for (const std::string& word : process.command) {
    for (std::string& thing : state_named(word, environment.name)) {
      uses.push_back({std::move(thing), "processes' state", &environment.name});
    }
  }
  for (const auto& [name, value] : process.variables) {
    for (std::string& thing : state_named(value, environment.name)) {
      uses.push_back({std::move(thing), "processes' state", &environment.name});
    }
  }
}

// Through symbolic links where that is known: two names of one file are one file.
std::string file_name(const EnvironmentSpec& environment, const std::string& path) {
  const auto real = environment.real_paths.find(path);
  return "file " + quoted(plain_path(real == environment.real_paths.end() ? path : real->second));
}

}  // namespace

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
  return trim(path).starts_with('/') ? "/" + out : out;
}

std::string address_name(std::string_view url) {
  std::string text = to_lower_ascii(trim(url));
  const bool secure = text.starts_with("https://");
  if (const std::size_t scheme = text.find("://"); scheme != std::string::npos) {
    text.erase(0, scheme + 3);
  }
  text = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t user = text.rfind('@'); user != std::string::npos) text.erase(0, user + 1);
  const HostAndPort written = host_and_port(text);
  const std::string host = plain_host(written.host);
  const std::string port = plain_port(written.port, secure ? "443" : "80");
  return host == kThisMachine ? "TCP port " + printable(port, 20)
                              : "address " + printable(host + ":" + port, 100);
}

std::vector<std::string> database_names(std::string_view text) {
  std::string_view plain = trim(text);
  if (plain.starts_with("jdbc:")) plain.remove_prefix(5);
  const std::size_t scheme = plain.find("://");
  if (scheme != std::string_view::npos) {
    return databases_of_url(to_lower_ascii(plain.substr(0, scheme)), plain.substr(scheme + 3));
  }
  if (plain.starts_with("sqlite:")) return databases_of_url("sqlite", plain.substr(7));
  if (plain.contains('=')) return databases_of_keywords(plain);
  if (is_database_file(plain)) return {"file " + quoted(plain_path(plain))};
  while (plain.ends_with('/')) plain.remove_suffix(1);
  return {"database " + quoted(plain)};
}

std::vector<Use> uses_of(const EnvironmentSpec& environment) {
  const EnvironmentName* name = &environment.name;
  const HaproxySpec& haproxy = environment.haproxy;
  std::vector<Use> uses;
  if (!environment.entrance.empty()) {
    uses.push_back({address_name(environment.entrance), "entrance", name});
  }
  add_process(uses, environment);
  if (!haproxy.socket.empty()) {
    uses.push_back({file_name(environment, haproxy.socket), "HAProxy socket", name});
  }
  if (!haproxy.map.empty()) {
    uses.push_back({file_name(environment, haproxy.map), "map file", name});
  }
  if (!haproxy.log_listen.empty()) {
    const std::string port = plain_port(host_and_port(haproxy.log_listen).port, "");
    uses.push_back(
        {"UDP port " + printable(port.empty() ? haproxy.log_listen : port, 20), "log port", name});
  }
  for (const std::string& database : environment.databases) {
    for (std::string& one : database_names(database)) {
      uses.push_back({std::move(one), "database", name});
    }
  }
  return uses;
}

}  // namespace sluice::gates
