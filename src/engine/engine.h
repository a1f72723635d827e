// Engine: the loop that observes, decides, journals, acts and acknowledges, for one service.
//
// Every step() asks the adapters what is there, hands that to core/decide.h, makes the resulting
// events durable, and only then tries the effects that are pending. All state is the fold of the
// ledger; what a step keeps in memory beside it (evidence of the judge, back-off of retries) may be
// lost at any instant without harm. Single-threaded: nothing here may be called from another
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "gates/decisions.h"
#include "model/contract.h"
#include "model/observation.h"
#include "model/policy.h"
#include "model/service.h"
#include "model/status.h"
#include "ports/alert_source.h"
#include "ports/change_log.h"
#include "ports/clock.h"
#include "ports/deployer.h"
#include "ports/evidence_drafts.h"
#include "ports/evidence_store.h"
#include "ports/flag_store.h"
#include "ports/gauge_source.h"
#include "ports/journal.h"
#include "ports/load.h"
#include "ports/notifier.h"
#include "ports/probe.h"
#include "ports/router.h"
#include "ports/smoke_runner.h"
#include "ports/telemetry_source.h"

namespace sluice::engine {

// The adapters of one environment, borrowed.
struct Wiring {
  EnvironmentName name;
  Router* router = nullptr;
  Deployer* deployer = nullptr;
  Probe* probe = nullptr;
  SmokeRunner* smoke = nullptr;
  TelemetrySource* telemetry = nullptr;  // null where the environment is not judged
  AlertSource* alerts = nullptr;         // null where none is configured
  GaugeSource* gauges = nullptr;         // the same
  Load* load = nullptr;                  // the same
  int servers = 0;                       // processes of a slot
  bool sticky = false;                   // a client's requests all go to the same slot
};

struct Ports {
  Journal* journal = nullptr;
  Clock* clock = nullptr;
  ChangeLog* change_log = nullptr;
  EvidenceStore* evidence = nullptr;
  EvidenceDrafts* drafts = nullptr;  // null: what is looked at is not kept
  Notifier* notifier = nullptr;      // null where nobody is to be called
  FlagStore* flags = nullptr;        // null where none is configured
  std::vector<Wiring> environments;  // in the order of the policy

  // Null where sluice.yaml has no such environment.
  [[nodiscard]] const Wiring* find(const EnvironmentName& name) const;
  // Aborts there: for plans and effects that were compared with it.
  [[nodiscard]] const Wiring& wiring(const EnvironmentName& name) const;
};

struct DeliveryRequest {
  Contract contract;
  Release release;
  std::string by;
  bool supersede = false;  // roll the active delivery back first; in the ledger when answered
  bool drill = false;      // only rehearse the rollback
};

// What became of a request to deliver. Refused by the policy: no delivery, and the clauses say why.
struct Admission {
  std::optional<DeliveryId> delivery;
  std::vector<ClauseVerdict> clauses;
};

// What somebody decides about a release: as the contract is now, by who speaks.
struct ApprovalRequest {
  Contract contract;
  Release release;
  gates::Speaker speaker;
  std::string environment;  // empty: each that asks for approvals
};

struct ExceptionRequest {
  Contract contract;
  Release release;
  gates::Speaker speaker;
  Clause clause = Clause::pre_contract;
  std::string reason;
  Tick until;
};

struct RevocationRequest {
  std::string evidence;  // how its id begins
  gates::Speaker speaker;
  std::string reason;
};

// What was examined, its bytes being in the store: gates/quality.h says who may bring what.
struct EvidenceRequest {
  Contract contract;
  Release release;
  gates::Speaker speaker;
  std::vector<Evidence> examined;
};

class Engine {
 public:
  // Reads the ledger and takes up what was under way.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> open(Ports ports, Policy policy);
  ~Engine();

  // Once around. Called every two milliseconds while busy(), every tenth of a second otherwise.
  // An error means that the ledger could not be written: the caller stops the process.
  [[nodiscard]] Result<void> step();
  // A delivery or an adoption is under way, effects are pending, or what was looked at is becoming
  // evidence.
  [[nodiscard]] bool busy() const;

  [[nodiscard]] Result<void> adopt(const Release& release);
  // `conflict` when a delivery could not be taken on now, whatever it is: asked before its
  // artifacts are read.
  [[nodiscard]] Result<void> may_deliver(bool supersede) const;
  [[nodiscard]] Result<Admission> deliver(const DeliveryRequest& request);
  // `conflict` when there is nothing to command, or the command does not apply in this state;
  // `invalid_input` when it names another delivery. An abort of one that was requested drops it.
  [[nodiscard]] Result<void> command(const Command& command);
  // Decisions of people and what becomes of evidence: the bytes are in the store before the events
  // that refer to them are in the ledger, and these are all there or none of them. See
  // gates/decisions.h for who may decide what, and the codes of refusals.
  [[nodiscard]] Result<std::vector<Approval>> approve(const ApprovalRequest& request);
  [[nodiscard]] Result<Exception> except(const ExceptionRequest& request);
  // The records, in the same order. What was recorded before is not recorded again, and no error.
  // `not_found` where the store has not the bytes. All of them are recorded, or none.
  [[nodiscard]] Result<std::vector<Evidence>> record(const EvidenceRequest& request);
  // `not_found`, `invalid_input` where several ids begin so, `conflict` where it was revoked
  // before.
  [[nodiscard]] Result<Evidence> revoke(const RevocationRequest& request);
  // What the guard did while no engine ran; to be given before the first step.
  [[nodiscard]] Result<void> take_guard_report(const GuardReport& report);

  // A rollback could not be written down, so nothing was done about it, and nothing was written
  // since: the guard, which needs no ledger, is to take the traffic back. Never of a return, which
  // the guard leaves as it is: what that leads away from was taken away by a person.
  [[nodiscard]] bool leaves_to_guard() const;

  [[nodiscard]] const Service& service() const;
  [[nodiscard]] Status status() const;

 private:
  struct Parts;
  explicit Engine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::engine
