// Handlers: the HTTP API of one engine, as functions from request to response.
//
//   GET  /v1/healthz      {"ok":true}
//   GET  /v1/status       codec/event_json.h, Status
//   GET  /v1/verdict      DeliveryVerdict of the active delivery, or of the last one
//   POST /v1/deliveries   {"contract":PATH,"revision":DIGEST,"artifacts":[{"name":"server",
//                          "digest":DIGEST}],"by":WHO,"supersede":false} -> 201
//                          {"delivery":"D-0007"}
//   POST /v1/adoption     {"contract":PATH,"revision":DIGEST,"artifacts":[…]} -> 202
//   POST /v1/commands     {"command":"pause|resume|rollback|abort","by":WHO,"delivery":"D-0007"}
//                         -> 202; without "delivery": whichever is active
//
// Artifacts lie in the store when they are named here: the engine, which supervises meanwhile,
// reads no gigabytes while somebody waits for an answer. "revision" is that of the contract which
// they were stored for. A 201 means that the request is in the ledger.
//
// Errors are application/problem+json with the status of codec/problem_json.h: 400 what could not
// be read, 409 another delivery is active or the command does not apply now, 422 refused by the
// policy, with a member "clauses" that says which. Who may call is decided by the socket's mode,
// not here. Unknown members of a body are refused: a misspelt "supersede" must not be ignored.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "model/observation.h"
#include "model/status.h"
#include "model/verdict.h"
#include "net/http.h"

namespace sluice::api {

struct DeliverOrder {
  std::string contract;             // path, as the caller gave it
  Digest revision;                  // of its bytes when its artifacts were stored
  std::vector<Artifact> artifacts;  // name and digest; they lie in the store
  std::string by;
  bool supersede = false;
};

// Where the handlers lead: app/ binds them to the engine, tests to whatever they like.
struct Doors {
  std::function<Status()> status;
  std::function<Result<DeliveryVerdict>()> verdict;
  std::function<Result<engine::Admission>(const DeliverOrder&)> deliver;
  std::function<Result<void>(const DeliverOrder&)> adopt;  // by nobody, superseding nothing
  std::function<Result<void>(const Command&)> command;
};

class Handlers {
 public:
  explicit Handlers(Doors doors) : doors_(std::move(doors)) {}
  // Never throws, and answers everything.
  [[nodiscard]] net::Response operator()(const net::Request& request) const;

 private:
  Doors doors_;
};

}  // namespace sluice::api
