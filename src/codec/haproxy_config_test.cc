#include "codec/haproxy_config.h"

#include <doctest/doctest.h>

namespace sluice::codec {
namespace {

EnvironmentSpec production() {
  EnvironmentSpec spec;
  spec.name = {"production"};
  spec.entrance = "http://127.0.0.1:8080/";
  spec.process.ports_a = {9001, 9002};
  spec.process.ports_b = {9011, 9012};
  spec.haproxy = {.socket = "/run/shop.sock",
                  .map = "/etc/haproxy/shop.map",
                  .log_listen = "127.0.0.1:5514",
                  .backend_prefix = "shop",
                  .sticky = false};
  return spec;
}

TEST_CASE(
    "haproxy configuration: both slots have their servers, and the other slot's as way back") {
  const std::string text = haproxy_lines(production(), {"storefront"});
  const std::size_t b = text.find("backend shop_b");
  REQUIRE(b != std::string::npos);
  CHECK(text.find("server b2 127.0.0.1:9012\n", b) != std::string::npos);
  CHECK(text.find("server a1 127.0.0.1:9001 no-check backup track shop_a/a1\n", b) !=
        std::string::npos);
  CHECK(text.find("use_backend shop_%[var(txn.sluice_slot)]") < b);
}

TEST_CASE("haproxy configuration: sticky draws by client, otherwise by chance") {
  EnvironmentSpec spec = production();
  CHECK(haproxy_lines(spec, {"storefront"})
            .find("rand"
                  "(10000)") != std::string::npos);
  spec.haproxy.sticky = true;
  CHECK(haproxy_lines(spec, {"storefront"})
            .find("rand"
                  "(10000)") == std::string::npos);
}

TEST_CASE("haproxy configuration: a named fallback serves while the baseline has no live server") {
  const std::string text = haproxy_lines(production(), {"storefront"}, "maintenance");
  const std::size_t fallback = text.find(
      "use_backend maintenance if { var(txn.sluice_slot) -m str a } !sluice_baseline_b "
      "!sluice_a_live\n");
  REQUIRE(fallback != std::string::npos);
  CHECK(fallback < text.find("use_backend shop_%[var(txn.sluice_slot)]"));
  CHECK(!haproxy_lines(production(), {"storefront"}, "none").contains("use_backend none"));
  CHECK(haproxy_example(production(), {"storefront"}, "maintenance")
            .contains("\nbackend maintenance\n"));
}

TEST_CASE("haproxy configuration: the example listens at the entrance") {
  CHECK(haproxy_example(production(), {"storefront"}).find("bind 127.0.0.1:8080\n") !=
        std::string::npos);
}

}  // namespace
}  // namespace sluice::codec
