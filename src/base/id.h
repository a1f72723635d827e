// Id<Kind>: a name that cannot be mistaken for the name of something else.
#pragma once

#include <compare>
#include <string>

namespace sluice {

template <class Kind>
struct Id {
  std::string text;
  [[nodiscard]] bool empty() const { return text.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using DeliveryId = Id<struct DeliveryKind>;        // "D-0007"
using ServiceName = Id<struct ServiceKind>;        // "storefront"
using EnvironmentName = Id<struct EnvironmentKind>;  // "production"

}  // namespace sluice
