// Journal: the append-only list of events that everything is rebuilt from.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "model/event.h"

namespace sluice {

class Journal {
 public:
  virtual ~Journal() = default;

  // All records or none; durable when it returns. Sequence numbers must follow the last record:
  // `conflict` when they do not, because somebody else has written.
  [[nodiscard]] virtual Result<void> append(std::span<const Record> records) = 0;

  // Every record from the first. `corrupt` when the stored bytes contradict themselves.
  [[nodiscard]] virtual Result<std::vector<Record>> read() = 0;
};

}  // namespace sluice
