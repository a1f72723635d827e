// FlagStore: the flag service of the environment that customers see. Only ever asked, never told.
//
// No token appears in an answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/tick.h"
#include "model/flag.h"

namespace sluice {

class FlagStore {
 public:
  virtual ~FlagStore() = default;

  // Asks about all of these and waits for the answers, at most patience_ms in all. What has not
  // been answered by then is `unknown`. One finding for each name, in their order.
  [[nodiscard]] virtual FlagAnswers ask(const std::vector<std::string>& names,
                                        std::int64_t patience_ms) = 0;

  // The same without waiting: called again and again, it asks anew once a second, and returns the
  // last complete answers about these names. Nothing until there are some, and nothing once they
  // are older than five seconds. Another list of names begins afresh.
  [[nodiscard]] virtual std::optional<FlagAnswers> poll(const std::vector<std::string>& names,
                                                        Tick now) = 0;
};

}  // namespace sluice
