// The HAProxy configuration that an environment needs: what `sluice init` prints and what
// docs/reference/haproxy.md explains.
//
// Pure text from plain values. The names that HAProxy and Sluice must agree on (backends, servers,
// the keys of the map) are made here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "model/policy.h"
#include "model/slot.h"

namespace sluice::codec {

// The keys of the map file.
inline constexpr std::string_view kMapShareB = "share_b";         // basis points of slot b
inline constexpr std::string_view kMapBaseline = "baseline";      // "a" or "b"
inline constexpr std::string_view kMapGeneration = "generation";  // of the routing

// "storefront_a"
[[nodiscard]] std::string haproxy_backend(std::string_view prefix, Slot slot);
// "a1" for the first process of slot a.
[[nodiscard]] std::string haproxy_server(Slot slot, int index);

// The lines to add to a configuration that exists: a part for the frontend and the two backends,
// each between marks. `fallback` as in sluice.yaml: the name of a backend, which must exist, gets
// the requests that are for a baseline without a live server; empty or "none": nobody does.
[[nodiscard]] std::string haproxy_lines(const EnvironmentSpec& spec, const ServiceName& service,
                                        std::string_view fallback = {});

// A complete configuration around these lines, which HAProxy starts with as it is. It listens at
// the address of spec.entrance. A fallback has a backend in it that says 503 in words.
[[nodiscard]] std::string haproxy_example(const EnvironmentSpec& spec, const ServiceName& service,
                                          std::string_view fallback = {});

}  // namespace sluice::codec
