#include "guard/slot_spec.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "base/tick.h"

namespace sluice::guard {
namespace {

using codec::Json;

constexpr std::size_t kInstancesMax = 64;
constexpr std::size_t kWordsMax = 256;
constexpr std::size_t kBytesMax = 100'000;  // of one instance; the kernel allows about 128 KiB
constexpr std::int64_t kGraceMax = 10 * kMinuteMs;

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid_input, std::move(message));
}

bool has_zero_byte(std::string_view text) { return text.find('\0') != std::string_view::npos; }

Result<std::vector<std::string>> argv_from(const Json* json) {
  if (!json || !json->array() || json->array()->empty()) return refuse("the command is empty");
  if (json->array()->size() > kWordsMax) return refuse("the command has too many words");
  std::vector<std::string> argv;
  std::size_t bytes = 0;
  for (const Json& word : *json->array()) {
    if (!word.string() || has_zero_byte(*word.string())) return refuse("a command word is no text");
    bytes += word.string()->size();
    argv.push_back(*word.string());
  }
  if (argv.front().empty()) return refuse("the command is empty");
  if (bytes > kBytesMax) return refuse("the command is too long");
  return argv;
}

Result<std::map<std::string, std::string>> variables_from(const Json* json) {
  std::map<std::string, std::string> variables;
  if (!json) return variables;
  if (!json->object() || json->object()->size() > kWordsMax)
    return refuse("variables are no object");
  std::size_t bytes = 0;
  for (const auto& [name, value] : *json->object()) {
    const bool good_name = !name.empty() && name.find('=') == std::string::npos;
    if (!good_name || has_zero_byte(name) || !value.string() || has_zero_byte(*value.string())) {
      return refuse(fmt::format("variable `{}` cannot be set", printable(name, 60)));
    }
    bytes += name.size() + value.string()->size();
    variables[name] = *value.string();
  }
  if (bytes > kBytesMax) return refuse("the variables are too long");
  return variables;
}

Result<InstanceSpec> instance_from(const Json& json) {
  InstanceSpec instance;
  instance.argv = SLUICE_TRY(argv_from(json.find("argv")));
  instance.variables = SLUICE_TRY(variables_from(json.find("variables")));
  const std::int64_t port = json.integer_or("port", 0);
  if (port < 1 || port > 65'535) return refuse("the port is outside 1..65535");
  instance.port = static_cast<int>(port);
  return instance;
}

Result<std::vector<InstanceSpec>> instances_from(const Json* json) {
  if (!json || !json->array() || json->array()->empty()) return refuse("no instances");
  if (json->array()->size() > kInstancesMax) return refuse("more than 64 instances");
  std::vector<InstanceSpec> instances;
  std::set<int> ports;
  for (const Json& each : *json->array()) {
    auto instance = instance_from(each);
    const std::string where = fmt::format("instance {}", instances.size() + 1);
    if (!instance) return std::unexpected(instance.error().in(where));
    if (!ports.insert(instance->port).second) {
      return refuse(fmt::format("{}: port {} is used twice", where, instance->port));
    }
    instances.push_back(*std::move(instance));
  }
  return instances;
}

bool is_path(std::string_view path) {
  return path.starts_with('/') && path.size() <= 1'024 &&
         std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7F'; });
}

Json to_json(const InstanceSpec& instance) {
  Json::Array argv(instance.argv.begin(), instance.argv.end());
  Json variables(Json::Object{});
  for (const auto& [name, value] : instance.variables) variables.set(name, value);
  Json json(Json::Object{});
  json.set("argv", std::move(argv));
  json.set("variables", std::move(variables));
  json.set("port", instance.port);
  return json;
}

}  // namespace

std::string to_text(const SlotKey& key) {
  return fmt::format("{} slot {}", key.environment.text, sluice::to_text(key.slot));
}

bool runs_the_same(const SlotSpec& one, const SlotSpec& two) {
  return one.release == two.release && one.instances == two.instances &&
         one.ready_path == two.ready_path;
}

bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '.' &&
         std::ranges::all_of(name, plain);
}

Json to_json(const SlotSpec& spec) {
  Json::Array instances;
  for (const InstanceSpec& instance : spec.instances) instances.push_back(to_json(instance));
  Json json(Json::Object{});
  json.set("release", spec.release.hex);
  json.set("generation", static_cast<std::int64_t>(spec.generation));
  json.set("instances", std::move(instances));
  json.set("ready_path", spec.ready_path);
  json.set("stop_grace_ms", spec.stop_grace_ms);
  return json;
}

Result<SlotSpec> slot_spec_from(const Json& json) {
  SlotSpec spec;
  const auto release = parse_digest(json.string_or("release", ""));
  if (!release) return refuse("the release is no digest");
  spec.release = *release;
  const std::int64_t generation = json.integer_or("generation", -1);
  if (generation < 0) return refuse("no generation");
  spec.generation = static_cast<std::uint64_t>(generation);
  spec.instances = SLUICE_TRY(instances_from(json.find("instances")));
  spec.ready_path = json.string_or("ready_path", "");
  if (!is_path(spec.ready_path)) return refuse("ready_path is no path of a URL");
  spec.stop_grace_ms = json.integer_or("stop_grace_ms", -1);
  if (spec.stop_grace_ms < 0 || spec.stop_grace_ms > kGraceMax) {
    return refuse("stop_grace_ms is outside 0..600000");
  }
  return spec;
}

}  // namespace sluice::guard
