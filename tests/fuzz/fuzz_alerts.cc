// What strangers send about alerts: answers of Alertmanager's API, webhook payloads, times.
#include <cstdlib>
#include <string_view>

#include "adapters/alertmanager/received_alert.h"
#include "adapters/alertmanager/rfc3339.h"

namespace alertmanager = sluice::alertmanager;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// What the rest of Sluice relies on, whatever was sent.
void examine(const sluice::Result<std::vector<alertmanager::ReceivedAlert>>& alerts) {
  if (!alerts) return require(!alerts.error().message.empty());
  for (const alertmanager::ReceivedAlert& alert : *alerts) {
    require(!alert.labels.empty());
    require(!alert.fingerprint.empty());
    require(alert.summary.size() <= 210);
    require(!alert.as_alert().name.contains('\x1b'));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  examine(alertmanager::parse_alerts(bytes));
  examine(alertmanager::parse_webhook(bytes));
  const auto time = alertmanager::parse_rfc3339(bytes.substr(0, 64));
  require(!time || time->unix_ms >= alertmanager::kZeroTime.unix_ms - 400 * sluice::kDayMs);
  return 0;
}
