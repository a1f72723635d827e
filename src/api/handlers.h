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
//   POST /v1/evidence     {CONTRACT,"evidence":[EVIDENCE]} -> 201 {"evidence":[…]}
//   POST /v1/files        {CONTRACT,"domains":[NAME],"files":[{"source":PATH,"base64":BYTES}]}
//                         -> 201 {"evidence":[…]}
//   POST /v1/revocations  {"evidence":ID,"reason":TEXT} -> 201
//
// CONTRACT stands for "contract":PATH,"revision":DIGEST,"artifacts":[{"name":"server",
// "digest":DIGEST}], and "configuration" and "migrations" in the same way where the contract names
// such files. The engine, which supervises meanwhile, reads no gigabytes while somebody waits for
// an answer: the caller has read them. "revision" is that of the contract which it read. What is
// delivered or adopted lies in the store when it is named here; a decision is about the very bytes
// that whoever decides has seen. A 201 means that the request is in the ledger.
//
// EVIDENCE is what the caller has read, kept in the store and examined, which only who may write
// the store can do; files come from others, and are examined here, which is why they are small.
//
// The last five routes are for somebody: who it is comes from the kernel, never from the body, and
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

struct EvidenceOrder {
  ReadContract contract;
  std::vector<Evidence> examined;  // whose bytes lie in the store
  std::uint32_t uid = 0;
};

struct EvidenceFile {
  std::string source;
  std::string bytes;
};

struct FilesOrder {
  ReadContract contract;
  std::vector<std::string> domains;  // empty: those that a file is about
  std::vector<EvidenceFile> files;
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
  std::function<Result<std::vector<Evidence>>(const EvidenceOrder&)> record;
  std::function<Result<std::vector<Evidence>>(const FilesOrder&)> examine;
  std::function<Result<Evidence>(const RevocationOrder&)> revoke;
};

// Of the body of a request; beyond it lies what only the folder's owner can bring.
inline constexpr std::size_t kFilesBodyMax = std::size_t{1} << 20U;

// Whether a request is a decision or evidence of somebody, which is all that the socket for people
// takes.
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
