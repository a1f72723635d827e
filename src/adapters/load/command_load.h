// CommandLoad: load made by a program that sluice.yaml names: wrk, k6, a script of your own.
//
// Runs without a shell. One that ends is started again for as long as load is wanted, so that its
// own duration does not matter. Killed with its process group when load is not wanted any more, and
// by the kernel when the engine is killed (setpriv of util-linux arranges that).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/child_process.h"
#include "ports/load.h"

namespace sluice::load {

class CommandLoad final : public Load {
 public:
  explicit CommandLoad(std::vector<std::string> command) : command_(std::move(command)) {}

  [[nodiscard]] Result<void> keep(bool wanted, Tick now) override;

 private:
  void look(Tick now);
  void start(Tick now);

  std::vector<std::string> command_;
  std::optional<net::ChildProcess> process_;
  Tick started_;
  std::string trouble_;  // of the last round; empty: it ended well
};

}  // namespace sluice::load
