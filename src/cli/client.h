// Client: the engine's API as functions. One call, one answer; whoever waits for something asks
// again.
//
// `unavailable` when no engine answers. A problem that the engine reports comes back as the Error
// that the engine had.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "cli/context.h"
#include "codec/json.h"
#include "model/approval.h"
#include "model/evidence.h"
#include "model/status.h"
#include "model/verdict.h"

namespace sluice::cli {

// Either a delivery was started, or the policy refused it and `clauses` say why.
struct DeliverAnswer {
  DeliveryId delivery;
  std::vector<ClauseVerdict> clauses;
};

struct ExceptionOrder {
  std::string contract;  // absolute
  Clause clause = Clause::pre_contract;
  std::string reason;
  Tick until;
};

class Client {
 public:
  // The context is borrowed.
  explicit Client(const Context& context);
  Client(const Context& context, std::string socket)
      : context_(context), socket_(std::move(socket)) {}

  [[nodiscard]] Result<Status> status() const;
  [[nodiscard]] Result<DeliveryVerdict> verdict() const;
  // `contract` is absolute: the engine has a working folder of its own. `stored`: what was read
  // there, with its artifacts in the store.
  [[nodiscard]] Result<DeliverAnswer> deliver(const std::string& contract,
                                              const LoadedContract& stored, bool supersede) const;
  // Rehearses the rollback alone; answered like a delivery, which it is to the engine.
  [[nodiscard]] Result<DeliverAnswer> drill(const std::string& contract,
                                            const LoadedContract& stored) const;
  [[nodiscard]] Result<void> adopt(const std::string& contract, const LoadedContract& stored) const;
  // An empty delivery: whichever is active.
  [[nodiscard]] Result<void> command(std::string_view name, const DeliveryId& delivery) const;
  // Who speaks is what the engine sees at the other end of the socket. `read`: the contract and the
  // bytes that are decided about. `environment` empty: all.
  [[nodiscard]] Result<std::vector<Approval>> approve(const std::string& contract,
                                                      const LoadedContract& read,
                                                      const std::string& environment) const;
  [[nodiscard]] Result<Exception> except(const ExceptionOrder& order,
                                         const LoadedContract& read) const;
  [[nodiscard]] Result<Evidence> revoke(const std::string& id, const std::string& reason) const;

 private:
  struct Flags {
    bool supersede = false;
    bool drill = false;
  };
  [[nodiscard]] Result<DeliverAnswer> order_delivery(const std::string& contract,
                                                     const LoadedContract& stored,
                                                     Flags flags) const;
  [[nodiscard]] Result<net::Response> send(net::Call call, std::string_view path) const;
  [[nodiscard]] Result<net::Response> get(std::string_view path) const;
  // The JSON of an answer of success.
  [[nodiscard]] Result<codec::Json> ask(std::string_view path, const codec::Json& order) const;
  [[nodiscard]] Result<net::Response> post(std::string_view path, std::string body) const;

  const Context& context_;
  std::string socket_;
};

}  // namespace sluice::cli
