// The guard's HTTP interface, as pure translation: a request in, a call of Duty, a response out.
//
//   GET    /v1/state                                   everything, as JSON
//   PUT    /v1/slots/<environment>/<slot>              a SlotSpec: start or replace
//   DELETE /v1/slots/<environment>/<slot>?generation=N stop
//   GET    /v1/slots/<environment>/<slot>              its SlotState; of an unknown slot, nothing
//   POST   /v1/engine                                  start the engine unless it runs
//   POST   /v1/lease                                   a Lease: renew
//   POST   /v1/down                                    stop everything, then end
//
// Errors are problem+json; an older generation is `rejected` (422).
#pragma once

#include <cstdint>

#include "guard/duty.h"
#include "net/http.h"

namespace sluice::guard {

[[nodiscard]] net::Response answer(Duty& duty, const net::Request& request, std::int64_t now_ms);

}  // namespace sluice::guard
