#include "adapters/haproxy/haproxy_router.h"

#include <fmt/format.h>

#include "adapters/haproxy/runtime_reply.h"
#include "base/text.h"
#include "codec/haproxy_config.h"
#include "net/unix_socket.h"

namespace sluice::haproxy {
namespace {

// Two questions at most per call, so that a call ends within half a second.
constexpr std::int64_t kTimeoutMs = 225;
constexpr std::size_t kReplyBytesMax = 1U << 20U;

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

// Success is an empty line. "Version number out of range" means that a newer version was
// committed since ours was prepared.
Result<void> read_commit(std::span<const std::string_view> replies) {
  for (const std::string_view reply : replies) {
    const std::string_view text = trim(reply);
    if (text.empty()) continue;
    const bool overtaken = text.starts_with("Version number out of range");
    return fail(overtaken ? ErrorCode::conflict : ErrorCode::rejected,
                fmt::format("haproxy refused to change the map: `{}`", printable(text)));
  }
  return {};
}

}  // namespace

HaproxyRouter::HaproxyRouter(HaproxySpec spec) : spec_(std::move(spec)) {}

Result<std::string> HaproxyRouter::ask(const std::string& question) const {
  auto reply = net::ask(spec_.socket, question, kTimeoutMs, kReplyBytesMax);
  if (!reply) return std::unexpected(reply.error().in("haproxy"));
  return reply;
}

Result<RouterState> HaproxyRouter::observe() {
  SLUICE_TRY(check_names(spec_));
  const std::string reply = SLUICE_TRY(ask(state_question(spec_)));
  const RouterState state = SLUICE_TRY(read_state(reply, spec_));
  generation_seen_ = std::max(generation_seen_, state.generation);
  return state;
}

Result<HaproxyRouter::Opened> HaproxyRouter::open_map() const {
  const std::string question = fmt::format("show map {0};prepare map {0}\n", spec_.map);
  const std::string reply = SLUICE_TRY(ask(question));
  const auto replies = SLUICE_TRY(split_replies(reply, 2));
  SLUICE_TRY(check_map_reply(replies[0], spec_));
  std::string version = SLUICE_TRY(read_version(replies[1]));
  return Opened{.now = parse_show_map(replies[0]), .version = std::move(version)};
}

// A request sees all of the old keys or all of the new ones.
Result<void> HaproxyRouter::set_runtime(const RoutingMap& map, const std::string& version) const {
  std::string commands;
  const auto add = [&](std::string_view key, const auto& value) {
    commands += fmt::format("add map @{} {} {} {};", version, spec_.map, key, value);
  };
  add(codec::kMapShareB, map.share_b);
  add(codec::kMapBaseline, to_text(map.baseline));
  add(codec::kMapGeneration, map.generation);
  commands += fmt::format("commit map @{0} {1};show map {1}\n", version, spec_.map);

  const std::string reply = SLUICE_TRY(ask(commands));
  const auto replies = SLUICE_TRY(split_replies(reply, 5));
  SLUICE_TRY(read_commit(std::span(replies).first(4)));
  if (parse_show_map(replies[4]) == map) return {};
  return fail(
      ErrorCode::conflict,
      fmt::format("map {} was changed by somebody else at the same time", printable(spec_.map)));
}

Result<void> HaproxyRouter::check_generation(std::uint64_t generation, const RoutingMap& known) {
  generation_seen_ = std::max(generation_seen_, known.generation);
  if (generation >= generation_seen_) return {};
  return fail(ErrorCode::rejected,
              fmt::format("generation {} is older than {}, which map {} has seen", generation,
                          generation_seen_, printable(spec_.map)));
}

// HAProxy does not answer. Should it come back by itself, then with no more for the canary than is
// wanted now.
Result<void> HaproxyRouter::lower_file(const RoutingMap& map) const {
  const RoutingMap stored = SLUICE_TRY(read_map_file(spec_.map));
  const Slot canary = other(map.baseline);
  if (map == stored || map.share_of(canary) > stored.share_of(canary)) return {};
  auto staged = SLUICE_TRY(StagedMapFile::write(spec_.map, map));
  return staged.commit();
}

Result<void> HaproxyRouter::lower(const RoutingMap& map, const std::string& version) const {
  Result<void> stored;
  if (auto staged = StagedMapFile::write(spec_.map, map)) {
    stored = staged->commit();
  } else {
    stored = std::unexpected(staged.error());
  }
  SLUICE_TRY(set_runtime(map, version));  // also without the file: customers first
  return stored;
}

Result<void> HaproxyRouter::raise(const RoutingMap& map, const std::string& version) const {
  auto staged = SLUICE_TRY(StagedMapFile::write(spec_.map, map));
  SLUICE_TRY(set_runtime(map, version));
  return staged.commit();
}

Result<void> HaproxyRouter::apply(const Routing& routing, std::uint64_t generation) {
  SLUICE_TRY(check_names(spec_));
  const RoutingMap wanted = to_map(routing, generation);
  const auto stored = read_map_file(spec_.map);
  if (stored) SLUICE_TRY(check_generation(generation, *stored));

  auto opened = open_map();
  if (!opened) {
    if (auto lowered = lower_file(wanted); !lowered) {
      return std::unexpected(opened.error().in(lowered.error().message));
    }
    return std::unexpected(opened.error());
  }
  SLUICE_TRY(check_generation(generation, opened->now));
  generation_seen_ = generation;
  if (opened->now == wanted && stored && *stored == wanted) return {};

  const Slot canary = other(routing.baseline);
  const bool raises = wanted.share_of(canary) > opened->now.share_of(canary);
  return raises ? raise(wanted, opened->version) : lower(wanted, opened->version);
}

}  // namespace sluice::haproxy
