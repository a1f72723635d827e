#include "app/wired_environment.h"

namespace sluice::app {

engine::Wiring WiredEnvironment::wiring() const {
  return {.name = name,
          .router = router.get(),
          .deployer = deployer.get(),
          .probe = probe.get(),
          .smoke = smoke.get(),
          .telemetry = telemetry.get(),
          .alerts = alerts.get(),
          .gauges = gauges.get(),
          .load = load.get(),
          .servers = servers,
          .sticky = sticky};
}

Result<WiredEnvironment> wire(const Policy& policy, const EnvironmentSpec& spec,
                              const std::string& state_folder) {
  WiredEnvironment wired{.name = spec.name};
  wired.servers = static_cast<int>(spec.process.ports_a.size());
  wired.sticky = spec.haproxy.sticky;
  wired.router = std::make_unique<haproxy::HaproxyRouter>(spec.haproxy);
  wired.deployer = std::make_unique<process::ProcessDeployer>(
      state_folder + "/guard.sock", spec, policy.service, state_folder + "/artifacts");
  wired.probe = std::make_unique<probe::HttpProbe>(spec.probe, spec.process);
  wired.smoke = std::make_unique<probe::HttpSmoke>(spec.name, spec.entrance, spec.smoke);
  if (spec.judged) {
    wired.telemetry = SLUICE_TRY(
        haproxy::HaproxyTelemetry::open({.haproxy = spec.haproxy,
                                         .servers = {static_cast<int>(spec.process.ports_a.size()),
                                                     static_cast<int>(spec.process.ports_b.size())},
                                         .p99_target_ms = policy.parameters.p99_target_ms}));
  }
  if (spec.alerts) wired.alerts = std::make_unique<alertmanager::AlertmanagerSource>(*spec.alerts);
  if (spec.prometheus) {
    wired.gauges = std::make_unique<prometheus::PrometheusGauges>(*spec.prometheus,
                                                                  spec.process.ports_a.size());
  }
  if (spec.load) wired.load = std::make_unique<load::CommandLoad>(spec.load->command);
  return wired;
}

}  // namespace sluice::app
