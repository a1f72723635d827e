#include "app/guard_main.h"

#include <memory>

#include "adapters/haproxy/haproxy_router.h"
#include "guard/guard.h"

namespace sluice::app {

int run_guard(const std::string& folder, const std::string& program) {
  return guard::run(
      {.state_folder = folder + "/.sluice",
       .program = program,
       .open_router = [](const guard::RescueTarget& target) -> Result<std::unique_ptr<Router>> {
         return std::make_unique<haproxy::HaproxyRouter>(target.haproxy);
       }});
}

}  // namespace sluice::app
