#include "cli/decider.h"

#include <filesystem>

namespace sluice::cli {
namespace {

bool is_closed_to_us(const std::string& folder) {
  std::error_code trouble;
  const bool there = std::filesystem::exists(folder + "/.sluice/api.sock", trouble);
  return !there && trouble == std::errc::permission_denied;
}

}  // namespace

Result<Client> reach_engine(const Context& context, const Policy& policy) {
  if (!policy.people_socket.empty() && is_closed_to_us(context.folder)) {
    return Client(context, policy.people_socket);
  }
  SLUICE_TRY(context.ensure_engine());
  return Client(context);
}

}  // namespace sluice::cli
