// WiredEnvironment: the concrete adapters of one environment, as sluice.yaml asks for them.
#pragma once

#include <memory>
#include <string>

#include "adapters/alertmanager/alertmanager_source.h"
#include "adapters/haproxy/haproxy_router.h"
#include "adapters/haproxy/haproxy_telemetry.h"
#include "adapters/load/command_load.h"
#include "adapters/probe/http_probe.h"
#include "adapters/probe/http_smoke.h"
#include "adapters/process/process_deployer.h"
#include "adapters/prometheus/prometheus_gauges.h"
#include "base/result.h"
#include "engine/engine.h"
#include "model/policy.h"

namespace sluice::app {

struct WiredEnvironment {
  EnvironmentName name;
  std::unique_ptr<haproxy::HaproxyRouter> router;
  std::unique_ptr<process::ProcessDeployer> deployer;
  std::unique_ptr<haproxy::HaproxyTelemetry> telemetry;  // null where not judged
  std::unique_ptr<probe::HttpProbe> probe;
  std::unique_ptr<probe::HttpSmoke> smoke;
  std::unique_ptr<alertmanager::AlertmanagerSource> alerts;  // null where none is configured
  std::unique_ptr<prometheus::PrometheusGauges> gauges;      // the same
  std::unique_ptr<load::CommandLoad> load;                   // the same
  int servers = 0;
  bool sticky = false;

  [[nodiscard]] engine::Wiring wiring() const;
};

// `conflict` when the address for HAProxy's log lines is taken.
[[nodiscard]] Result<WiredEnvironment> wire(const Policy& policy, const EnvironmentSpec& spec,
                                            const std::string& state_folder);

}  // namespace sluice::app
