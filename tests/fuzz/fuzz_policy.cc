// Whatever the bytes are: a policy without complaints is one that may be used.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "contract/policy_yaml.h"

namespace {

bool is_usable(const sluice::Policy& policy) {
  if (policy.service.empty() || policy.environments.empty()) return false;
  if (!policy.environments.back().customer_facing) return false;
  for (const sluice::EnvironmentSpec& one : policy.environments) {
    if (one.name.empty() || one.process.command.empty() || one.process.ports_a.empty())
      return false;
    if (one.process.ports_a.size() != one.process.ports_b.size()) return false;
    if (one.customer_facing != one.stages.empty()) return false;
    if (!one.stages.empty() && one.stages.back().share != sluice::Share::whole()) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto [policy, complaints] = sluice::contract::parse_policy(bytes, "fuzz.yaml");
  if (complaints.size() > 210) std::abort();
  if (complaints.empty() && !is_usable(policy)) std::abort();
  for (const sluice::Complaint& complaint : complaints) {
    const std::string text = sluice::to_text(complaint);
    if (text != sluice::printable(text, text.size())) std::abort();
  }
  return 0;
}
