#include "adapters/haproxy/haproxy_router.h"

#include <fmt/format.h>

#include "adapters/haproxy/runtime_reply.h"
#include "base/text.h"
#include "net/unix_socket.h"

namespace sluice::haproxy {
namespace {

// Two questions at most per call, so that a call ends within half a second.
constexpr std::int64_t kTimeoutMs = 225;
// The one who waits here also supervises, so a HAProxy that has gone silent is not waited for long
// when it is only looked at. A share that is set is worth the whole wait.
constexpr std::int64_t kTimeoutSilentMs = 40;
constexpr int kSilentMax = 3;  // in a row
constexpr std::size_t kReplyBytesMax = 1U << 20U;

}  // namespace

HaproxyRouter::HaproxyRouter(HaproxySpec spec) : spec_(std::move(spec)) {}

Result<std::string> HaproxyRouter::ask(const std::string& question, std::int64_t timeout_ms) const {
  auto reply = net::ask(spec_.socket, question, timeout_ms, kReplyBytesMax);
  if (!reply) return std::unexpected(reply.error().in("haproxy"));
  return reply;
}

Result<RouterState> HaproxyRouter::observe() {
  SLUICE_TRY(check_names(spec_));
  const auto answer =
      ask(state_question(spec_), silent_ < kSilentMax ? kTimeoutMs : kTimeoutSilentMs);
  silent_ = answer ? 0 : silent_ + 1;
  const std::string reply = SLUICE_TRY(answer);
  RouterState state = SLUICE_TRY(read_state(reply, spec_));
  state.unstored = unstored(state.routing);
  return state;
}

// What HAProxy would go on with after a reload, where that is not what it does now.
std::string HaproxyRouter::unstored(const Routing& now) const {
  const auto stored = read_map_file(spec_.map);
  if (!stored) return "the map file cannot be read: " + stored.error().message;
  if (stored->routing() == now) return {};
  const Routing kept = stored->routing();
  return fmt::format("map file {} keeps baseline {} and {} for slot {}", printable(spec_.map),
                     to_text(kept.baseline), to_text(kept.share), to_text(other(kept.baseline)));
}

Result<OpenedMap> HaproxyRouter::open_map() const {
  const std::string reply = SLUICE_TRY(ask(open_question(spec_), kTimeoutMs));
  return read_opened(reply, spec_);
}

Result<void> HaproxyRouter::set_runtime(const RoutingMap& map, const std::string& version) const {
  const std::string reply = SLUICE_TRY(ask(commit_question(spec_, version, map), kTimeoutMs));
  return read_committed(reply, spec_, map);
}

Result<void> HaproxyRouter::check_generation(std::uint64_t generation, const RoutingMap& known) {
  const bool beyond_reason =
      known.generation > generation && known.generation - generation > kGenerationStepMax;
  if (beyond_reason) return {};
  generation_seen_ = std::max(generation_seen_, known.generation);
  if (generation >= generation_seen_) return {};
  return fail(ErrorCode::rejected,
              fmt::format("generation {} is older than {}, which map {} has seen; where the ledger "
                          "was begun anew, write `generation 0` there and reload HAProxy",
                          generation, generation_seen_, printable(spec_.map)));
}

// HAProxy does not answer. Should it come back by itself, then with no more for the canary than is
// wanted now.
Result<void> HaproxyRouter::lower_file(const RoutingMap& map) const {
  const RoutingMap stored = SLUICE_TRY(read_map_file(spec_.map));
  const Slot canary = other(map.baseline);
  if (map == stored || map.share_of(canary) > stored.share_of(canary)) return {};
  auto staged = SLUICE_TRY(StagedMapFile::write(spec_.map, map));
  SLUICE_TRY(staged.commit());
  return staged.settle();
}

std::unexpected<Error> HaproxyRouter::without_haproxy(const RoutingMap& wanted,
                                                      const Error& why) const {
  if (why.code != ErrorCode::unavailable) return std::unexpected(why);
  const auto lowered = lower_file(wanted);
  return std::unexpected(lowered ? why : why.in(lowered.error().message));
}

Result<void> HaproxyRouter::lower(const RoutingMap& map, const std::string& version) const {
  auto staged = StagedMapFile::write(spec_.map, map);
  Result<void> stored;
  if (staged) {
    stored = staged->commit();
  } else {
    stored = std::unexpected(staged.error());
  }
  SLUICE_TRY(set_runtime(map, version));  // also without the file: customers first
  return stored ? staged->settle() : stored;
}

Result<void> HaproxyRouter::raise(const RoutingMap& map, const std::string& version) const {
  auto staged = SLUICE_TRY(StagedMapFile::write(spec_.map, map));
  SLUICE_TRY(set_runtime(map, version));
  SLUICE_TRY(staged.commit());
  return staged.settle();
}

Result<void> HaproxyRouter::apply(const Routing& routing, std::uint64_t generation) {
  SLUICE_TRY(check_names(spec_));
  const RoutingMap wanted = to_map(routing, generation);
  const auto stored = read_map_file(spec_.map);
  if (stored) SLUICE_TRY(check_generation(generation, *stored));

  const auto opened = open_map();
  if (!opened) return without_haproxy(wanted, opened.error());
  silent_ = 0;
  SLUICE_TRY(check_generation(generation, opened->now));
  generation_seen_ = generation;
  if (opened->now == wanted && stored && *stored == wanted) return {};

  const Slot canary = other(routing.baseline);
  const bool raises = wanted.share_of(canary) > opened->now.share_of(canary);
  return raises ? raise(wanted, opened->version) : lower(wanted, opened->version);
}

}  // namespace sluice::haproxy
