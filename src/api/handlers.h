// Handlers: the HTTP API of one engine, as functions from request to response.
//
//   GET  /v1/healthz      {"ok":true}
//   GET  /v1/status       codec/event_json.h, Status
//   GET  /v1/verdict      DeliveryVerdict of the active delivery, or of the last one
//   POST /v1/deliveries   {CONTRACT,"by":WHO,"supersede":false} -> 201 {"delivery":"D-0007"}
//   POST /v1/adoption     {CONTRACT} -> 202
//   POST /v1/commands     {"command":"pause|resume|rollback|abort","by":WHO,"delivery":"D-0007"}
//                         -> 202; without "delivery": whichever is active
//   POST /v1/approvals    {CONTRACT,"environment":NAME} -> 201 {"approvals":[…]}
//   POST /v1/exceptions   {CONTRACT,"clause":ID,"reason":TEXT,"until_unix_ms":N} -> 201
//   POST /v1/revocations  {"evidence":ID,"reason":TEXT} -> 201
//
// CONTRACT stands for "contract":PATH,"revision":DIGEST,"artifacts":[{"name":"server",
// "digest":DIGEST}], and "configuration" and "migrations" in the same way where the contract names
// such files. The engine, which supervises meanwhile, reads no gigabytes while somebody waits for
// an answer: the caller has read them. "revision" is that of the contract which it read. What is
// delivered or adopted lies in the store when it is named here; a decision is about the very bytes
// that whoever decides has seen. A 201 means that the request is in the ledger.
//
// The last three routes are for somebody: who it is comes from the kernel, never from the body, and
// a connection that has no such peer is refused. "environment" may be left out.
//
// Errors are application/problem+json with the status of codec/problem_json.h: 400 what could not
// be read, 409 another delivery is active or the command does not apply now, 422 refused by the
// policy, with a member "clauses" that says which. Who may call is decided by the socket's mode,
// not here. Unknown members of a body are refused: a misspelt "supersede" must not be ignored.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "model/observation.h"
#include "model/release.h"
#include "model/status.h"
#include "model/verdict.h"
#include "net/http.h"

namespace sluice::api {

// A contract, and which bytes stood behind it when the caller read it.
struct ReadContract {
  std::string path;  // as the caller gave it
  Digest revision;   // of the contract's bytes
  Release files;     // only its lists of files, and of these name and digest
};

struct DeliverOrder {
  ReadContract contract;  // its files lie in the store
  std::string by;
  bool supersede = false;
  bool drill = false;  // only rehearse the rollback
};

struct ApprovalOrder {
  ReadContract contract;
  std::string environment;  // empty: each that asks for approvals
  std::uint32_t uid = 0;    // of who speaks
};

struct ExceptionOrder {
  ReadContract contract;
  Clause clause = Clause::pre_contract;
  std::string reason;
  Tick until;
  std::uint32_t uid = 0;
};

struct RevocationOrder {
  std::string evidence;
  std::string reason;
  std::uint32_t uid = 0;
};

// Where the handlers lead: app/ binds them to the engine, tests to whatever they like.
struct Doors {
  std::function<Status()> status;
  std::function<Result<DeliveryVerdict>()> verdict;
  std::function<Result<engine::Admission>(const DeliverOrder&)> deliver;
  std::function<Result<void>(const DeliverOrder&)> adopt;  // by nobody, superseding nothing
  std::function<Result<void>(const Command&)> command;
  std::function<Result<std::vector<Approval>>(const ApprovalOrder&)> approve;
  std::function<Result<Exception>(const ExceptionOrder&)> except;
  std::function<Result<Evidence>(const RevocationOrder&)> revoke;
};

// Whether a request is a decision of a person, which is all that the socket for people takes.
[[nodiscard]] bool is_decision(const net::Request& request);

class Handlers {
 public:
  explicit Handlers(Doors doors) : doors_(std::move(doors)) {}
  // Never throws, and answers everything.
  [[nodiscard]] net::Response operator()(const net::Request& request) const;

 private:
  Doors doors_;
};

}  // namespace sluice::api
