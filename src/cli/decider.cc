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

bool is_guest(const Context& context, const Policy& policy) {
  return !policy.people_socket.empty() && is_closed_to_us(context.folder);
}

Result<Client> reach_engine(const Context& context, const Policy& policy) {
  if (is_guest(context, policy)) {
    return Client(context, policy.people_socket);
  }
  SLUICE_TRY(context.ensure_engine());
  return Client(context);
}

}  // namespace sluice::cli
