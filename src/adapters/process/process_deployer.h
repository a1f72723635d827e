// ProcessDeployer: runs the releases of one environment as processes that the guard keeps running.
//
// Artifacts are taken from the store, and only while their bytes are those of their digest. Reading
// a large one takes more than one call of start().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "model/policy.h"
#include "model/release.h"
#include "ports/deployer.h"

namespace sluice::process {

class ProcessDeployer final : public Deployer {
 public:
  ProcessDeployer(std::string guard_socket, EnvironmentSpec environment, ServiceName service,
                  std::string artifacts_folder);
  ~ProcessDeployer() override;

  // `corrupt` for an artifact that was changed, `not_found` for one that is not stored,
  // `invalid_input` for a placeholder that stands for nothing.
  [[nodiscard]] Result<Asked> start(Slot slot, const Release& release,
                                    std::uint64_t generation) override;
  [[nodiscard]] Result<void> stop(Slot slot, std::uint64_t generation) override;
  [[nodiscard]] Result<SlotState> observe(Slot slot) override;

 private:
  class Checked;
  [[nodiscard]] Result<std::string> request(Slot slot, const Release& release,
                                            std::uint64_t generation) const;
  [[nodiscard]] std::string target(Slot slot) const;
  [[nodiscard]] std::string words(Slot slot) const;

  std::string socket_;
  EnvironmentSpec environment_;
  ServiceName service_;
  std::string artifacts_folder_;
  std::unique_ptr<Checked> checked_;
};

}  // namespace sluice::process
