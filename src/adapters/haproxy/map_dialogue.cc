#include "adapters/haproxy/map_dialogue.h"

#include <fmt/format.h>

#include "adapters/haproxy/runtime_reply.h"
#include "base/text.h"
#include "codec/haproxy_config.h"

namespace sluice::haproxy {
namespace {

// The reply to `prepare map`: "New version created: 7".
Result<std::string> read_version(std::string_view reply) {
  constexpr std::string_view kPrepared = "New version created: ";
  const auto number = reply.starts_with(kPrepared)
                          ? parse_integer(trim(reply.substr(kPrepared.size())))
                          : std::nullopt;
  if (!number) {
    return fail(ErrorCode::rejected,
                fmt::format("haproxy refused `prepare map`: `{}`", printable(trim(reply))));
  }
  return std::to_string(*number);
}

}  // namespace

std::string open_question(const HaproxySpec& spec) {
  return fmt::format("show map {0};prepare map {0}\n", spec.map);
}

Result<OpenedMap> read_opened(std::string_view reply, const HaproxySpec& spec) {
  const auto replies = SLUICE_TRY(split_replies(reply, 2));
  SLUICE_TRY(check_map_reply(replies[0], spec));
  std::string version = SLUICE_TRY(read_version(replies[1]));
  return OpenedMap{.now = parse_show_map(replies[0]), .version = std::move(version)};
}

std::string commit_question(const HaproxySpec& spec, std::string_view version,
                            const RoutingMap& wanted) {
  std::string commands;
  const auto add = [&](std::string_view key, const auto& value) {
    commands += fmt::format("add map @{} {} {} {};", version, spec.map, key, value);
  };
  add(codec::kMapShareB, wanted.share_b);
  add(codec::kMapBaseline, to_text(wanted.baseline));
  add(codec::kMapGeneration, wanted.generation);
  return commands + fmt::format("commit map @{0} {1};show map {1}\n", version, spec.map);
}

// Success of each of the first four commands is an empty reply.
Result<void> read_committed(std::string_view reply, const HaproxySpec& spec,
                            const RoutingMap& wanted) {
  const auto replies = SLUICE_TRY(split_replies(reply, 5));
  for (const std::string_view answer : std::span(replies).first(4)) {
    const std::string_view text = trim(answer);
    if (text.empty()) continue;
    const bool overtaken = text.starts_with("Version number");
    return fail(overtaken ? ErrorCode::conflict : ErrorCode::rejected,
                fmt::format("haproxy refused to change map {}: `{}`", printable(spec.map),
                            printable(text)));
  }
  if (parse_show_map(replies[4]) == wanted) return {};
  return fail(
      ErrorCode::conflict,
      fmt::format("map {} was changed by somebody else at the same time", printable(spec.map)));
}

}  // namespace sluice::haproxy
