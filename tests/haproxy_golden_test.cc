// Replies of a real HAProxy 2.6.12 beside what the adapter makes of them: tests/golden/haproxy.
// commit_done and commit_overtaken, whose replies hold no more than empty lines and one text, are
// written by hand.
// The first word of a file's name says which question the reply answers. SLUICE_ACCEPT=1 writes the
// .out files anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "adapters/haproxy/map_dialogue.h"
#include "adapters/haproxy/runtime_reply.h"
#include "base/text.h"

namespace sluice::haproxy {
namespace {

namespace fs = std::filesystem;

const HaproxySpec kSpec{.socket = "/run/haproxy.sock",
                        .map = "/etc/haproxy/shop.map",
                        .log_listen = "127.0.0.1:5514",
                        .backend_prefix = "shop",
                        .sticky = false};

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string words(const Error& error) {
  constexpr std::array kNames{"invalid_input", "not_found", "conflict",
                              "unavailable",   "rejected",  "corrupt"};
  return fmt::format("{}: {}\n", kNames[static_cast<std::size_t>(error.code)], error.message);
}

std::string words(const Routing& routing, std::uint64_t generation) {
  return fmt::format("baseline {}, share {}, generation {}\n", to_text(routing.baseline),
                     to_text(routing.share), generation);
}

std::string state(const std::string& reply) {
  const auto state = read_state(reply, kSpec);
  if (!state) return words(state.error());
  std::string out = words(state->routing, state->generation);
  for (const std::size_t slot : {0U, 1U}) {
    out += fmt::format("slot {}: {} live servers, {} in flight\n", slot == 0 ? "a" : "b",
                       state->live_servers[slot], state->in_flight[slot]);
  }
  out += fmt::format("identity {}\n", state->identity);
  const auto statistics = read_statistics(reply, kSpec);
  REQUIRE(statistics);
  return out + fmt::format("requests {} and {}, dropped log lines {}\n",
                           statistics->backends[0].started, statistics->backends[1].started,
                           statistics->process.dropped_logs);
}

std::string opened(const std::string& reply) {
  const auto opened = read_opened(reply, kSpec);
  if (!opened) return words(opened.error());
  return words(opened->now.routing(), opened->now.generation) +
         fmt::format("prepared version {}\n", opened->version);
}

std::string committed(const std::string& reply) {
  const RoutingMap wanted{.share_b = 700, .baseline = Slot::a, .generation = 2};
  const auto done = read_committed(reply, kSpec, wanted);
  return done ? "committed\n" : words(done.error());
}

std::string meaning(const std::string& name, const std::string& reply) {
  if (name.starts_with("state_")) return state(reply);
  if (name.starts_with("open_")) return opened(reply);
  if (name.starts_with("commit_")) return committed(reply);
  return "no such question";
}

TEST_CASE("golden: HAProxy's replies mean what is written beside them") {
  int pairs = 0;
  for (const auto& entry : fs::directory_iterator(SLUICE_SOURCE_DIR "/tests/golden/haproxy")) {
    if (entry.path().extension() != ".in") continue;
    const std::string name = entry.path().stem();
    CAPTURE(name);
    fs::path expected = entry.path();
    expected.replace_extension(".out");
    const std::string found = meaning(name, read_text(entry.path()));
    if (std::getenv("SLUICE_ACCEPT") != nullptr) std::ofstream(expected, std::ios::binary) << found;
    CHECK(found == read_text(expected));
    ++pairs;
  }
  CHECK(pairs == 13);
}

}  // namespace
}  // namespace sluice::haproxy
