#include "adapters/haproxy/routing_map.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "codec/haproxy_config.h"
#include "net/read_all.h"
#include "net/write_all.h"

namespace sluice::haproxy {
namespace {

constexpr std::size_t kMapFileBytesMax = 64U << 10U;

std::unexpected<Error> refused(std::string_view doing, const std::string& path) {
  const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
  return fail(code, fmt::format("{} {}: {}", doing, printable(path), std::strerror(errno)));
}

std::string_view next_word(std::string_view& rest) {
  rest = trim(rest);
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(word.size());
  return word;
}

int read_share(std::string_view value) {
  const auto share = parse_integer(value);
  if (!share || *share < 0) return 0;
  return static_cast<int>(std::min<std::int64_t>(*share, Share::kWhole));
}

std::uint64_t read_generation(std::string_view value) {
  std::uint64_t generation = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), generation);
  return error == std::errc() && end == value.data() + value.size() ? generation : 0;
}

// HAProxy uses the first of several lines with the same key; so do we.
RoutingMap parse(std::string_view text, bool with_pointer) {
  RoutingMap map;
  std::array<bool, 3> seen{};
  for (std::string_view line : split(text, '\n')) {
    if (with_pointer) next_word(line);
    const std::string_view key = next_word(line);
    const std::string_view value = trim(line);
    if (key == codec::kMapShareB && !std::exchange(seen[0], true)) map.share_b = read_share(value);
    if (key == codec::kMapBaseline && !std::exchange(seen[1], true)) {
      map.baseline = value == to_text(Slot::b) ? Slot::b : Slot::a;
    }
    if (key == codec::kMapGeneration && !std::exchange(seen[2], true)) {
      map.generation = read_generation(value);
    }
  }
  return map;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_name(std::string_view text) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// What separates words and commands in the runtime API, and what separates arguments of a
// converter in the configuration, cannot be part of the path.
bool is_path(std::string_view text) {
  if (text.empty() || text.size() > 1'000 || text.front() == '#' || text.front() == '@') {
    return false;
  }
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) return false;
    if (std::string_view(";\\\"'(),${}<").find(c) != std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

int RoutingMap::share_of(Slot slot) const {
  return slot == Slot::b ? share_b : Share::kWhole - share_b;
}

Routing RoutingMap::routing() const {
  return {.baseline = baseline, .share = Share(share_of(other(baseline)))};
}

RoutingMap to_map(const Routing& routing, std::uint64_t generation) {
  const Share share_b = routing.baseline == Slot::a ? routing.share : routing.share.rest();
  return {.share_b = share_b.bp(), .baseline = routing.baseline, .generation = generation};
}

RoutingMap parse_map_file(std::string_view text) { return parse(text, false); }

RoutingMap parse_show_map(std::string_view text) { return parse(text, true); }

std::string format_map_file(const RoutingMap& map) {
  return fmt::format("{} {}\n{} {}\n{} {}\n", codec::kMapShareB, map.share_b, codec::kMapBaseline,
                     to_text(map.baseline), codec::kMapGeneration, map.generation);
}

Result<RoutingMap> read_map_file(const std::string& path) {
  const net::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return refused("reading", path);
  const std::optional<std::string> text = net::read_all(file.number(), kMapFileBytesMax);
  if (!text) return refused("reading", path);
  return parse_map_file(std::string_view(*text).substr(0, kMapFileBytesMax));
}

StagedMapFile::StagedMapFile(std::string path, std::string staged, net::Descriptor file)
    : path_(std::move(path)), file_(std::move(file)), staged_(std::move(staged)) {}

StagedMapFile::StagedMapFile(StagedMapFile&& from) noexcept
    : path_(std::move(from.path_)),
      file_(std::move(from.file_)),
      staged_(std::exchange(from.staged_, {})) {}

StagedMapFile::~StagedMapFile() {
  if (!staged_.empty()) unlink(staged_.c_str());
}

Result<StagedMapFile> StagedMapFile::write(const std::string& path, const RoutingMap& map) {
  std::string name = path + ".sluice-XXXXXX";
  net::Descriptor file(mkostemp(name.data(), O_CLOEXEC));
  if (file.number() < 0) return refused("writing beside", path);
  const int descriptor = file.number();
  StagedMapFile staged(path, name, std::move(file));
  struct stat old{};
  const mode_t mode = stat(path.c_str(), &old) == 0 ? old.st_mode & 07777U : 0644U;
  if (fchmod(descriptor, mode) != 0) return refused("writing", path);
  SLUICE_TRY(net::write_all(descriptor, format_map_file(map), path));
  return staged;
}

Result<void> StagedMapFile::commit() {
  if (rename(staged_.c_str(), path_.c_str()) != 0) return refused("replacing", path_);
  staged_.clear();
  return {};
}

Result<void> StagedMapFile::settle() {
  if (fsync(file_.number()) != 0) return refused("writing", path_);
  const net::Descriptor folder(open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() >= 0) fsync(folder.number());
  return {};
}

Result<void> check_names(const HaproxySpec& spec) {
  if (!is_name(spec.backend_prefix)) {
    return fail(ErrorCode::invalid_input,
                fmt::format("`{}` cannot be the prefix of HAProxy backends: use letters, digits, "
                            "`_`, `-` and `.`",
                            printable(spec.backend_prefix)));
  }
  if (!is_path(spec.map)) {
    return fail(ErrorCode::invalid_input,
                fmt::format("`{}` cannot be the path of a HAProxy map: no spaces, quotes, commas, "
                            "brackets or semicolons",
                            printable(spec.map)));
  }
  return {};
}

Result<void> prepare_map_file(const HaproxySpec& spec) {
  SLUICE_TRY(check_names(spec));
  const auto there = read_map_file(spec.map);
  if (there) return {};
  if (there.error().code != ErrorCode::not_found) return std::unexpected(there.error());
  auto staged = SLUICE_TRY(StagedMapFile::write(spec.map, RoutingMap{}));
  SLUICE_TRY(staged.commit());
  return staged.settle();
}

}  // namespace sluice::haproxy
