// The doors of a real engine.
#pragma once

#include <functional>
#include <string>

#include "api/handlers.h"
#include "engine/engine.h"

namespace sluice::api {

// Reads a contract and keeps the artifacts of its release. `by` and `supersede` stay as they are by
// default: the caller fills them in.
using Loader = std::function<Result<engine::DeliveryRequest>(const std::string& contract_path)>;

// The engine is borrowed and must outlive the doors; they are called on its thread.
[[nodiscard]] Doors doors_of(engine::Engine& engine, Loader load);

}  // namespace sluice::api
