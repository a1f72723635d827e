#include "app/login.h"

#include <pwd.h>

namespace sluice::app {

std::string login_of(std::uint32_t uid) {
  const passwd* entry = getpwuid(uid);
  return entry == nullptr ? "unknown" : entry->pw_name;
}

}  // namespace sluice::app
