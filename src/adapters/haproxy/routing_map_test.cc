#include "adapters/haproxy/routing_map.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace sluice::haproxy {
namespace {

class Folder {
 public:
  Folder() { path_ = mkdtemp(pattern_.data()); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string map() const { return path_ + "/shop.map"; }
  [[nodiscard]] long files() const {
    return std::distance(std::filesystem::directory_iterator(path_), {});
  }

 private:
  std::string pattern_ = (std::filesystem::temp_directory_path() / "sluice-map-XXXXXX").string();
  std::string path_;
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("routing map: the share is the canary's, whichever slot that is") {
  const RoutingMap first = to_map({.baseline = Slot::a, .share = Share(500)}, 3);
  CHECK(first.share_b == 500);
  CHECK(first.routing() == Routing{.baseline = Slot::a, .share = Share(500)});

  const RoutingMap second = to_map({.baseline = Slot::b, .share = Share(500)}, 4);
  CHECK(second.share_b == 9'500);
  CHECK(second.routing() == Routing{.baseline = Slot::b, .share = Share(500)});
}

TEST_CASE("routing map: swapping the roles at 100 % moves no request") {
  const RoutingMap before = to_map({.baseline = Slot::a, .share = Share::whole()}, 3);
  const RoutingMap after = to_map({.baseline = Slot::b, .share = Share::none()}, 4);
  CHECK(before.share_b == after.share_b);
}

TEST_CASE("routing map: what is written is read again, from the file and from `show map`") {
  const RoutingMap map{.share_b = 2'500, .baseline = Slot::b, .generation = 18'446'744'073'709ULL};
  CHECK(parse_map_file(format_map_file(map)) == map);
  CHECK(parse_show_map("0x55 share_b 2500\n0x56 baseline b\n0x57 generation 18446744073709\n") ==
        map);
}

TEST_CASE("routing map: a foreign or broken map reads as HAProxy applies it") {
  CHECK(parse_map_file("") == RoutingMap{});
  CHECK(parse_map_file("share_b many\nbaseline c\ngeneration -1\n") == RoutingMap{});
  CHECK(parse_map_file("share_b 20000\n").share_b == 10'000);
  CHECK(parse_map_file("share_b -5\n").share_b == 0);
  CHECK(parse_map_file("share_b 100\nshare_b 9000\n").share_b == 100);
}

TEST_CASE("map file: created only when absent, and then everything goes to slot a") {
  const Folder folder;
  const HaproxySpec spec{
      .socket = "s", .map = folder.map(), .log_listen = "", .backend_prefix = "shop"};
  REQUIRE(prepare_map_file(spec));
  CHECK(text_of(folder.map()) == "share_b 0\nbaseline a\ngeneration 0\n");

  std::ofstream(folder.map()) << "share_b 700\n";
  REQUIRE(prepare_map_file(spec));
  CHECK(text_of(folder.map()) == "share_b 700\n");
}

TEST_CASE("map file: a staged file changes nothing until it is committed, and keeps the mode") {
  const Folder folder;
  std::ofstream(folder.map()) << "share_b 700\n";
  chmod(folder.map().c_str(), 0640);
  {
    const auto dropped = StagedMapFile::write(folder.map(), RoutingMap{.share_b = 5});
    REQUIRE(dropped);
    CHECK(text_of(folder.map()) == "share_b 700\n");
  }
  CHECK(folder.files() == 1);

  auto staged = StagedMapFile::write(folder.map(), RoutingMap{.share_b = 5});
  REQUIRE(staged);
  REQUIRE(staged->commit());
  CHECK(read_map_file(folder.map())->share_b == 5);
  CHECK(folder.files() == 1);
  struct stat now{};
  REQUIRE(stat(folder.map().c_str(), &now) == 0);
  CHECK((now.st_mode & 07777U) == 0640U);
}

TEST_CASE("map file: names that would break a command are refused") {
  const auto check = [](std::string map, std::string prefix) {
    return check_names({.socket = "s",
                        .map = std::move(map),
                        .log_listen = "",
                        .backend_prefix = std::move(prefix)});
  };
  CHECK(check("/etc/haproxy/shop.map", "shop"));
  CHECK_FALSE(check("/etc/a;b", "shop"));
  CHECK_FALSE(check("/etc/a b", "shop"));
  CHECK_FALSE(check("#0", "shop"));
  CHECK_FALSE(check("", "shop"));
  CHECK_FALSE(check("/etc/shop.map", "shop a"));
  CHECK_FALSE(check("/etc/shop.map", ""));
}

}  // namespace
}  // namespace sluice::haproxy
