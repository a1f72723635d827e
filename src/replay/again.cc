#include "replay/again.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "codec/event_json.h"
#include "core/decide.h"
#include "core/evolve.h"
#include "gates/delivery_verdict.h"
#include "judge/hearing.h"
#include "replay/looks.h"
#include "replay/surroundings.h"

namespace sluice::replay {
namespace {

constexpr std::string_view kPart = " part ";

// What comes into the ledger of a delivery without being decided on what was seen.
bool comes_from_outside(const Event& event) {
  return std::holds_alternative<SupervisionResumed>(event) ||
         std::holds_alternative<EvidenceRecorded>(event) ||
         std::holds_alternative<EvidenceRevoked>(event) ||
         std::holds_alternative<ApprovalGiven>(event) ||
         std::holds_alternative<ExceptionMade>(event) ||
         std::holds_alternative<DeliveryRefused>(event) ||
         std::holds_alternative<DeliveryRequested>(event) ||
         std::holds_alternative<RequestDropped>(event);
}

bool is_kept_counts(const Event& event) {
  const auto* recorded = std::get_if<EvidenceRecorded>(&event);
  return recorded != nullptr && recorded->evidence.kind == EvidenceKind::counts;
}

struct KeptPart {
  std::uint32_t number = 0;
  Digest bytes;
};

std::vector<KeptPart> parts_of(std::span<const Record> records, const DeliveryId& delivery) {
  std::vector<KeptPart> parts;
  for (const Record& record : records) {
    if (!is_kept_counts(record.event)) continue;
    const Evidence& evidence = std::get<EvidenceRecorded>(record.event).evidence;
    const auto number = part_of(evidence.source, delivery);
    if (number) parts.push_back({*number, evidence.bytes});
  }
  std::ranges::sort(parts, {}, &KeptPart::number);
  return parts;
}

class Again {
 public:
  Again(std::span<const Record> records, const DeliveryId& delivery) : records_(records) {
    account_.delivery = delivery;
  }

  // The service as the delivery began.
  Result<void> begin();
  void hear_part(const KeptPart& part, const ReadEvidence& read);
  Account finish() &&;
  [[nodiscard]] bool differs() const { return account_.difference.has_value(); }

 private:
  [[nodiscard]] bool active() const {
    return service_.delivering() && service_.delivery->id == account_.delivery;
  }
  void fold(const Record& record) {
    core::evolve(service_, record.event, record.at);
    ++at_;
  }
  void pass_over(std::uint64_t seq, const std::string& why);
  bool take_up(const PartHeader& header);
  bool look(const Look& look, bool last);
  bool decide(const Look& look, bool last);
  bool compare_finding(const Look& look);
  bool compare(const std::vector<Event>& events, Tick now);
  void differ(std::uint64_t seq, Tick at, std::string expected, std::string found);
  void miss(std::uint64_t seq, const std::string& why);
  [[nodiscard]] std::string why_missing(const std::string& gap) const;
  EnvironmentAccount& environment(const EnvironmentName& name);

  std::span<const Record> records_;
  std::size_t at_ = 0;  // records folded
  Service service_;
  std::optional<judge::Hearing> hearing_;
  EnvironmentName heard_of_;
  std::uint32_t last_part_ = 0;
  std::string lost_;  // why the hearing of the part before cannot go on; empty: it can
  Account account_;
};

Result<void> Again::begin() {
  while (at_ < records_.size()) {
    const auto* started = std::get_if<DeliveryStarted>(&records_[at_].event);
    const bool ours = started != nullptr && started->delivery == account_.delivery;
    fold(records_[at_]);
    if (ours) return {};
  }
  return fail(ErrorCode::not_found,
              "there is no delivery " + printable(account_.delivery.text, 40) + " that has begun");
}

EnvironmentAccount& Again::environment(const EnvironmentName& name) {
  const auto found =
      std::ranges::find(account_.environments, name, &EnvironmentAccount::environment);
  if (found != account_.environments.end()) return *found;
  account_.environments.push_back({.environment = name});
  return account_.environments.back();
}

void Again::differ(std::uint64_t seq, Tick at, std::string expected, std::string found) {
  const Delivery& delivery = *service_.delivery;
  account_.difference = {seq, at,
                         fmt::format("{} in {}, stage {} of {}", account_.delivery.text,
                                     current_environment(delivery).name.text, delivery.stage + 1,
                                     current_environment(delivery).stages.size()),
                         std::move(expected), std::move(found)};
}

void Again::miss(std::uint64_t seq, const std::string& why) {
  if (!account_.missing.empty()) {
    Missing& last = account_.missing.back();
    if (last.to + 1 == seq && last.why == why) {
      last.to = seq;
      return;
    }
  }
  account_.missing.push_back({seq, seq, why});
}

std::string Again::why_missing(const std::string& gap) const {
  if (!lost_.empty()) return lost_;
  if (!gap.empty()) return gap;
  return account_.environments.empty() ? "no counts of this delivery were kept"
                                       : "no look at this time was kept";
}

// Entries up to this one, that no look which was kept led to.
void Again::pass_over(std::uint64_t seq, const std::string& why) {
  while (at_ < records_.size() && records_[at_].seq <= seq && active()) {
    const Record& record = records_[at_];
    if (comes_from_outside(record.event)) {
      account_.taken += is_kept_counts(record.event) ? 0 : 1;
    } else {
      miss(record.seq, why);
    }
    fold(record);
  }
}

// Whether the looks of this part can be made again.
bool Again::take_up(const PartHeader& header) {
  const bool in_order = header.part == last_part_ + 1;
  const std::string gap =
      in_order ? std::string()
               : fmt::format("part {} of the kept counts is not in the ledger", last_part_ + 1);
  last_part_ = header.part;
  if (!header.continues) {
    pass_over(header.seq, why_missing(gap));
    lost_.clear();
    hearing_.reset();
  } else if (!gap.empty()) {
    lost_ = gap;
  }
  if (!lost_.empty()) return false;
  const bool known = active() && at_ > 0 && records_[at_ - 1].seq == header.seq &&
                     current_environment(*service_.delivery).name == header.environment;
  if (!known && !header.continues) {
    lost_ = "the kept counts begin at a place that the ledger does not have";
    return false;
  }
  if (!header.continues) {
    hearing_.emplace(service_, seating_of(header), header.at);
    heard_of_ = header.environment;
  }
  return hearing_.has_value() && heard_of_ == header.environment;
}

void Again::hear_part(const KeptPart& part, const ReadEvidence& read) {
  const Result<std::string> bytes = read(part.bytes);
  if (!bytes) {
    lost_ = fmt::format("part {} of the kept counts: {}", part.number, bytes.error().message);
    last_part_ = part.number;
    return;
  }
  Result<LookReader> reader = LookReader::open(*bytes);
  if (!reader || reader->header().delivery != account_.delivery ||
      reader->header().part != part.number) {
    lost_ = fmt::format("part {} of the kept counts: {}", part.number,
                        reader ? "they are another delivery's" : reader.error().message);
    last_part_ = part.number;
    return;
  }
  EnvironmentAccount& account = environment(reader->header().environment);
  ++account.parts;
  account.bytes += bytes->size();
  if (!take_up(reader->header())) return;
  Result<std::optional<Look>> now = reader->next();
  while (now && *now) {
    Result<std::optional<Look>> next = reader->next();
    if (!look(**now, next && !*next)) return;
    now = std::move(next);
  }
  if (!now) lost_ = fmt::format("part {}: {}", part.number, now.error().message);
}

// False: nothing more can be made of this part.
bool Again::look(const Look& look, bool last) {
  while (at_ < records_.size() && records_[at_].seq <= look.seq) {
    if (!active() || !comes_from_outside(records_[at_].event)) {
      differ(records_[at_].seq, records_[at_].at, codec::encode(records_[at_].event),
             "nothing was decided on what was seen before it");
      return false;
    }
    account_.taken += is_kept_counts(records_[at_].event) ? 0 : 1;
    fold(records_[at_]);
  }
  const bool here = active() && current_environment(*service_.delivery).name == heard_of_;
  if (!here || (at_ > 0 && records_[at_ - 1].seq != look.seq)) {
    lost_ = "the kept counts speak of a place that the ledger does not have";
    return false;
  }
  EnvironmentAccount& account = environment(heard_of_);
  ++account.looks;
  (void)hearing_->follow(service_, look.at);
  if (hearing_->counts(service_) != look.heard.has_value()) {
    differ(look.seq, look.at,
           look.heard ? "counts were taken at this look" : "no counts were taken at this look",
           look.heard ? "none are wanted" : "they are wanted");
    return false;
  }
  if (look.heard) {
    account.requests += static_cast<std::uint64_t>(look.heard->batch.canary.requests) +
                        static_cast<std::uint64_t>(look.heard->batch.baseline.requests);
    hearing_->hear(service_, *look.heard, look.at);
  }
  if (look.gauges) {
    if (!hearing_->wants_gauges()) {
      differ(look.seq, look.at, "a sample of gauges was taken at this look", "none is wanted");
      return false;
    }
    hearing_->hear_gauges(*look.gauges);
  }
  return compare_finding(look) && decide(look, last);
}

bool Again::compare_finding(const Look& look) {
  if (!look.fingerprint) return true;
  ++environment(heard_of_).findings;
  if (*look.fingerprint == hearing_->fingerprint()) return true;
  differ(look.seq, look.at,
         fmt::format("a finding of the judge with the mark {:016x}", *look.fingerprint),
         fmt::format("the mark {:016x}", hearing_->fingerprint()));
  return false;
}

bool Again::decide(const Look& look, bool last) {
  Observation seen;
  hearing_->tell(seen);
  if (const Result<void> read = surround(seen, look.surroundings); !read) {
    lost_ = "the kept counts: " + read.error().message;
    return false;
  }
  const std::vector<Event> events = core::decide(service_, seen, look.at).events;
  // An engine that was stopped between a decision and its entry: nothing came of it.
  const bool ends_here =
      at_ >= records_.size() || std::holds_alternative<SupervisionResumed>(records_[at_].event);
  if (last && ends_here && !events.empty()) return true;
  return compare(events, look.at);
}

bool Again::compare(const std::vector<Event>& events, Tick now) {
  for (const Event& event : events) {
    const std::string found = codec::encode(event);
    if (at_ >= records_.size()) {
      differ(at_ + 1, now, "the ledger ends here", found);
      return false;
    }
    const Record& record = records_[at_];
    const std::string expected = codec::encode(record.event);
    if (expected != found || record.at != now) {
      const auto with_time = [](const std::string& text, Tick at) {
        return fmt::format("{} {}", to_text(at), text);
      };
      differ(record.seq, record.at, with_time(expected, record.at), with_time(found, now));
      return false;
    }
    fold(record);
    ++environment(heard_of_).entries;
  }
  return true;
}

Account Again::finish() && {
  if (!account_.difference) {
    pass_over(records_.empty() ? 0 : records_.back().seq, why_missing({}));
  }
  return std::move(account_);
}

}  // namespace

std::string source_of(const DeliveryId& delivery, const EnvironmentName& environment,
                      std::uint32_t part) {
  return fmt::format("{} {}{}{}", delivery.text, environment.text, kPart, part);
}

std::optional<std::uint32_t> part_of(std::string_view source, const DeliveryId& delivery) {
  if (!source.starts_with(delivery.text + " ")) return std::nullopt;
  const std::size_t at = source.rfind(kPart);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view number = source.substr(at + kPart.size());
  std::uint32_t part = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), part);
  const bool whole = read.ec == std::errc() && read.ptr == number.data() + number.size();
  return whole && part > 0 ? std::optional(part) : std::nullopt;
}

Result<Account> decide_again(std::span<const Record> records, const DeliveryId& delivery,
                             const ReadEvidence& read) {
  Again again(records, delivery);
  SLUICE_TRY(again.begin());
  for (const KeptPart& part : parts_of(records, delivery)) {
    again.hear_part(part, read);
    if (again.differs()) break;
  }
  Account account = std::move(again).finish();
  const Service then = SLUICE_TRY(core::replay_to_end_of(records, delivery));
  account.ended = is_terminal(then.delivery->phase);
  account.verdict = gates::verdict_of(*then.delivery);
  return account;
}

}  // namespace sluice::replay
