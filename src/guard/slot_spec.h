// SlotSpec: what a slot is to run, as the deployer asks for it and as guard.json keeps it.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/json.h"
#include "model/slot.h"

namespace sluice::guard {

struct SlotKey {
  EnvironmentName environment;
  Slot slot = Slot::a;
  friend auto operator<=>(const SlotKey&, const SlotKey&) = default;
};
[[nodiscard]] std::string to_text(const SlotKey& key);  // "production slot a"

struct InstanceSpec {
  std::vector<std::string> argv;  // without a shell
  std::map<std::string, std::string> variables;
  int port = 0;
  friend bool operator==(const InstanceSpec&, const InstanceSpec&) = default;
};

struct SlotSpec {
  Digest release;
  std::uint64_t generation = 0;
  std::vector<InstanceSpec> instances;
  std::string ready_path;
  std::int64_t stop_grace_ms = 0;
};
// The same processes, whatever the generation.
[[nodiscard]] bool runs_the_same(const SlotSpec& one, const SlotSpec& two);

// A name that is safe as a file name and in a URL: 1 to 64 of letters, digits, `.`, `_` and `-`,
// not beginning with a dot.
[[nodiscard]] bool is_plain_name(std::string_view name);

[[nodiscard]] codec::Json to_json(const SlotSpec& spec);
// `invalid_input` for everything that could not be started: no release, no or more than 64
// instances, empty commands, zero bytes, ports outside 1..65535 or used twice, and so on.
[[nodiscard]] Result<SlotSpec> slot_spec_from(const codec::Json& json);

}  // namespace sluice::guard
