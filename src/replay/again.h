// Again: a past delivery decided once more, from the ledger and from what was kept of its looks.
//
// The same judge is told the same counts at the same times, the same rules decide on what it says,
// and every event that comes of that is compared with the ledger, byte for byte: the shares, the
// readings, the evidence in words, the odds, the verdicts of clauses, the line of the change log.
// What the judge found is compared beside it, to the last bit, wherever something was decided and
// once a second.
//
// Events that people and other deliveries cause between two looks (approvals, evidence, a request
// to supersede, an engine that took over) are taken as they stand in the ledger: nobody decided
// them on counts. Everything else in the delivery must follow from a look that was kept; where none
// was, the account says so and what it was. Pure but for `read`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "model/verdict.h"

namespace sluice::replay {

// The first place where what was decided now is not what was decided then.
struct Difference {
  std::uint64_t seq = 0;  // of the ledger's entry
  Tick at;
  std::string where;  // "D-0002 in production, stage 1 of 4"
  std::string expected;
  std::string found;
};

// Entries that were decided on looks which were not kept, or cannot be read any more.
struct Missing {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string why;
};

struct EnvironmentAccount {
  EnvironmentName environment;
  std::uint64_t parts = 0;
  std::uint64_t bytes = 0;
  std::uint64_t looks = 0;
  std::uint64_t requests = 0;  // of both arms
  std::uint64_t entries = 0;   // of the ledger, decided again alike
  std::uint64_t findings = 0;  // of the judge, alike to the last bit
};

struct Account {
  DeliveryId delivery;
  std::vector<EnvironmentAccount> environments;  // in the order in which they were looked at
  std::uint64_t taken = 0;                       // entries that no look decides, without the parts
  std::optional<Difference> difference;
  std::vector<Missing> missing;
  bool ended = false;       // the delivery
  DeliveryVerdict verdict;  // by the fold of the entries
};

// Bytes of evidence by their digest; an error where they are not there any more.
using ReadEvidence = std::function<Result<std::string>(const Digest&)>;

// `records` is the whole ledger. `not_found` when it knows no such delivery.
[[nodiscard]] Result<Account> decide_again(std::span<const Record> records,
                                           const DeliveryId& delivery, const ReadEvidence& read);

// The source of a record of kept counts: "D-0002 production part 3". The first word is the
// delivery.
[[nodiscard]] std::string source_of(const DeliveryId& delivery, const EnvironmentName& environment,
                                    std::uint32_t part);
// The parts of a delivery that a source is of; nothing where it is another's.
[[nodiscard]] std::optional<std::uint32_t> part_of(std::string_view source,
                                                   const DeliveryId& delivery);

}  // namespace sluice::replay
