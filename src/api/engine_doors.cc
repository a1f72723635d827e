#include "api/engine_doors.h"

#include <utility>

#include "gates/delivery_verdict.h"

namespace sluice::api {
namespace {

Result<DeliveryVerdict> verdict(const engine::Engine& engine) {
  const auto& delivery = engine.service().delivery;
  if (!delivery) return fail(ErrorCode::not_found, "no delivery was ever started here");
  return gates::verdict_of(*delivery);
}

Result<engine::Admission> deliver(engine::Engine& engine, const Loader& load,
                                  const DeliverOrder& order) {
  engine::DeliveryRequest request = SLUICE_TRY(load(order.contract));
  request.by = order.by;
  request.supersede = order.supersede;
  return engine.deliver(request);
}

Result<void> adopt(engine::Engine& engine, const Loader& load, const std::string& contract) {
  const engine::DeliveryRequest request = SLUICE_TRY(load(contract));
  return engine.adopt(request.release);
}

}  // namespace

Doors doors_of(engine::Engine& engine, Loader load) {
  return {
      .status = [&engine] { return engine.status(); },
      .verdict = [&engine] { return verdict(engine); },
      .deliver = [&engine,
                  load](const DeliverOrder& order) { return deliver(engine, load, order); },
      .adopt = [&engine,
                load](const std::string& contract) { return adopt(engine, load, contract); },
      .command = [&engine](const Command& command) { return engine.command(command); },
  };
}

}  // namespace sluice::api
