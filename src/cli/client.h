// Client: the engine's API as functions. One call, one answer; whoever waits for something asks
// again.
//
// `unavailable` when no engine answers. A problem that the engine reports comes back as the Error
// that the engine had.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "cli/context.h"
#include "model/status.h"
#include "model/verdict.h"

namespace sluice::cli {

// Either a delivery was started, or the policy refused it and `clauses` say why.
struct DeliverAnswer {
  DeliveryId delivery;
  std::vector<ClauseVerdict> clauses;
};

class Client {
 public:
  // The context is borrowed.
  explicit Client(const Context& context);

  [[nodiscard]] Result<Status> status() const;
  [[nodiscard]] Result<DeliveryVerdict> verdict() const;
  // `contract` is absolute: the engine has a working folder of its own. `stored`: what was read
  // there, with its artifacts in the store.
  [[nodiscard]] Result<DeliverAnswer> deliver(const std::string& contract,
                                              const LoadedContract& stored, bool supersede) const;
  [[nodiscard]] Result<void> adopt(const std::string& contract, const LoadedContract& stored) const;
  // An empty delivery: whichever is active.
  [[nodiscard]] Result<void> command(std::string_view name, const DeliveryId& delivery) const;

 private:
  [[nodiscard]] Result<net::Response> send(net::Call call, std::string_view path) const;
  [[nodiscard]] Result<net::Response> get(std::string_view path) const;
  [[nodiscard]] Result<net::Response> post(std::string_view path, std::string body) const;

  const Context& context_;
  std::string socket_;
};

}  // namespace sluice::cli
