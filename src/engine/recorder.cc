#include "engine/recorder.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "replay/again.h"
#include "replay/surroundings.h"

namespace sluice::engine {
namespace {

constexpr std::int64_t kFlushEveryMs = kSecondMs;
constexpr std::size_t kFlushBytes = 16'384;
constexpr std::int64_t kFingerprintEveryMs = kSecondMs;
// Small enough to be read and hashed beside everything else, large enough to be few.
constexpr std::uint64_t kPartBytes = std::uint64_t{8} << 20U;

struct DraftName {
  DeliveryId delivery;
  std::uint32_t part = 0;
  std::string environment;
};

// "D-0002.3.production"; an environment's name has no dot that matters, for it stands last.
std::optional<DraftName> parse(std::string_view name) {
  const std::size_t first = name.find('.');
  const std::size_t second = first == name.npos ? first : name.find('.', first + 1);
  if (second == name.npos) return std::nullopt;
  DraftName out{DeliveryId{std::string(name.substr(0, first))}, 0,
                std::string(name.substr(second + 1))};
  const std::string_view number = name.substr(first + 1, second - first - 1);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), out.part);
  if (read.ec != std::errc() || out.part == 0) return std::nullopt;
  return out;
}

Digest release_of(const Service& service, const DeliveryId& delivery) {
  if (service.delivery && service.delivery->id == delivery) {
    return service.delivery->plan.release.digest;
  }
  const auto found = std::ranges::find(service.outcomes, delivery, &Outcome::delivery);
  return found == service.outcomes.end() ? Digest{} : found->release;
}

// The number of the next part of a delivery: of what is in the ledger, and of what is on its way.
std::uint32_t next_part(const Service& service, const DeliveryId& delivery,
                        std::vector<std::string> drafts) {
  std::uint32_t last = 0;
  for (const KeptEvidence& kept : service.evidence.records) {
    if (kept.evidence.kind != EvidenceKind::counts) continue;
    last = std::max(last, replay::part_of(kept.evidence.source, delivery).value_or(0));
  }
  for (const std::string& name : drafts) {
    const auto draft = parse(name);
    if (draft && draft->delivery == delivery) last = std::max(last, draft->part);
  }
  return last + 1;
}

}  // namespace

Recorder::Recorder(EvidenceDrafts* drafts) : drafts_(drafts) {
  if (drafts_ == nullptr) return;
  sealing_ = drafts_->left();
  for (const std::string& name : sealing_) drafts_->seal(name);
}

std::string Recorder::draft_name() const {
  return fmt::format("{}.{}.{}", header_.delivery.text, header_.part, header_.environment.text);
}

void Recorder::begin(const Service& service, const Looked& looked, bool continues, Tick at,
                     std::uint64_t last_seq) {
  seal();
  const Delivery& delivery = *service.delivery;
  std::vector<std::string> drafts_known = sealing_;
  drafts_known.insert(drafts_known.end(), stuck_.begin(), stuck_.end());
  header_ = {.delivery = delivery.id,
             .environment = current_environment(delivery).name,
             .part = next_part(service, delivery.id, drafts_known),
             .continues = continues,
             .seq = last_seq,
             .at = at,
             .servers = static_cast<std::uint32_t>(std::max(0, looked.seating.servers)),
             .sticky = looked.seating.sticky,
             .counted = looked.seating.counted,
             .gauges = looked.seating.gauges};
  writer_.emplace(header_);
  bytes_ = 0;
  broken_ = false;
  flush_due_ = at + kFlushEveryMs;
  fingerprint_due_ = at;
}

void Recorder::note(const Service& service, const Looked& looked, const Observation& seen,
                    bool happened, Tick at, std::uint64_t last_seq) {
  if (drafts_ == nullptr || !looked.looked) return;
  if (looked.begun) {
    begin(service, looked, false, at, last_seq);
  } else if (writer_ && bytes_ >= kPartBytes) {
    begin(service, looked, true, at, last_seq);
  }
  if (!writer_ || broken_) return;
  replay::Look look{.at = at,
                    .seq = last_seq,
                    .heard = looked.heard,
                    .gauges = looked.gauges,
                    .surroundings = replay::surroundings_of(seen)};
  if (happened || at >= fingerprint_due_) {
    look.fingerprint = looked.fingerprint;
    fingerprint_due_ = at + kFingerprintEveryMs;
  }
  broken_ = !writer_->write(look);
  if (happened || broken_ || at >= flush_due_ || writer_->waiting() >= kFlushBytes) {
    flush_due_ = at + kFlushEveryMs;
    flush();
  }
}

void Recorder::flush() {
  const std::string bytes = writer_->take();
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  if (!drafts_->append(draft_name(), bytes)) broken_ = true;
}

void Recorder::seal() {
  if (!writer_) return;
  if (!broken_) flush();
  writer_.reset();
  sealing_.push_back(draft_name());
  drafts_->seal(sealing_.back());
}

void Recorder::end() {
  if (drafts_ != nullptr) seal();
}

std::vector<Event> Recorder::recorded(const Service& service, Tick at) {
  std::vector<Event> events;
  if (sealing_.empty()) return events;
  for (const SealedDraft& sealed : drafts_->take_sealed()) {
    std::erase(sealing_, sealed.name);
    const auto draft = parse(sealed.name);
    if (!draft || !sealed.digest) {
      stuck_.push_back(sealed.name);
      continue;
    }
    Evidence evidence{.kind = EvidenceKind::counts,
                      .about = release_of(service, draft->delivery),
                      .by = "sluice",
                      .source = replay::source_of(draft->delivery,
                                                  EnvironmentName{draft->environment}, draft->part),
                      .observed = at,
                      .bytes = *sealed.digest};
    evidence.id = evidence_id(evidence);
    if (service.evidence.find(evidence.id) == nullptr) {
      events.emplace_back(EvidenceRecorded{std::move(evidence)});
    }
    sealed_.push_back(sealed.name);
  }
  return events;
}

void Recorder::forget() {
  for (const std::string& name : std::exchange(sealed_, {})) drafts_->forget(name);
}

}  // namespace sluice::engine
