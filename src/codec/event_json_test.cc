#include "codec/event_json.h"

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "codec/event_fields.h"
#include "codec/status_fields.h"

namespace sluice::codec {
namespace {

// Fills every member with something of its kind; the same seed, the same values.
class Filler {
 public:
  template <class T>
  using Of = T;

  explicit Filler(std::uint64_t seed) : random_(seed) {}

  template <class T>
  void operator()(std::string_view /*name*/, T& value) {
    fill(value);
  }

  template <class T>
  void added(std::string_view name, T& value) {
    (*this)(name, value);
  }

  template <class T>
  void added(std::string_view /*name*/, std::optional<T>& value) {
    fill(value.emplace());
  }

  template <class... Ts>
  void fill(std::variant<Ts...>& value) {
    fill(value, random_() % sizeof...(Ts));
  }
  template <class... Ts>
  void fill(std::variant<Ts...>& value, std::size_t index) {
    std::size_t at = 0;
    ((at++ == index ? fill(value.template emplace<Ts>()) : void()), ...);
  }
  template <class T>
    requires std::is_class_v<T>
  void fill(T& value) {
    fields(*this, value);
  }

 private:
  void fill(bool& value) { value = random_() % 2 == 0; }
  void fill(double& value) {
    constexpr double kOdd[] = {0.0, 1.0, -1.0, 0.1, 1e18, 1e-300, 0.0005, 123456789.125};
    const std::uint64_t choice = random_();
    const auto above = static_cast<double>(random_());
    const auto below = static_cast<double>(random_() | 1U);
    value = choice % 4 == 0 ? kOdd[choice / 4 % std::size(kOdd)] : above / below;
  }
  void fill(std::string& value) {
    constexpr std::string_view kPieces[] = {"a", "ä", "\"", "\\", "\n", "\x01", "🚰", " ", "{}"};
    value.clear();
    for (std::uint64_t i = random_() % 6; i > 0; --i)
      value += kPieces[random_() % std::size(kPieces)];
  }
  void fill(Share& value) { value = Share(static_cast<int>(random_() % 10'001)); }
  void fill(Tick& value) { fill(value.unix_ms); }
  void fill(Digest& value) {
    value = random_() % 5 == 0 ? Digest{} : sha256(std::to_string(random_()));
  }
  template <class Kind>
  void fill(Id<Kind>& value) {
    fill(value.text);
  }
  template <class T>
    requires std::is_integral_v<T>
  void fill(T& value) {
    value = random_() % 8 == 0 ? std::numeric_limits<T>::min() : static_cast<T>(random_() >> 1U);
  }
  template <class T>
    requires std::is_enum_v<T>
  void fill(T& value) {
    do {
      value = static_cast<T>(random_() % 24);
    } while (!std::is_same_v<T, Clause> && to_text(value) == "?");
    if constexpr (std::is_same_v<T, Slot>) value = random_() % 2 == 0 ? Slot::a : Slot::b;
    if constexpr (std::is_same_v<T, Clause>) {
      value = all_clauses()[random_() % all_clauses().size()].clause;
    }
  }
  template <class T>
  void fill(std::vector<T>& values) {
    values.resize(random_() % 4);
    for (T& value : values) fill(value);
  }

  std::mt19937_64 random_;
};

// For messages, which are also built when nothing is wrong.
template <class T>
std::string trouble_in(const Result<T>& result) {
  return result ? "" : result.error().message;
}

std::string trouble_of(std::string_view text) {
  const auto event = decode_event(text);
  if (event) return "accepted";
  CHECK(event.error().code == ErrorCode::invalid_input);
  return event.error().message;
}

// Compares with a file below tests/golden, or rewrites it when SLUICE_ACCEPT=1.
void check_golden(const std::string& name, const std::string& now) {
  const std::string path = std::string(SLUICE_SOURCE_DIR "/tests/golden/") + name;
  const char* accept = std::getenv("SLUICE_ACCEPT");
  if (accept != nullptr && std::string_view(accept) == "1") {
    std::ofstream(path, std::ios::binary) << now;
    MESSAGE("accepted " << path);
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::stringstream accepted;
  accepted << file.rdbuf();
  INFO(path << " differs: an older ledger could not be read. SLUICE_ACCEPT=1 rewrites it");
  CHECK(accepted.str() == now);
}

TEST_CASE("event json: every kind of event comes back as it was, for any contents") {
  Filler filler(20'240'917);
  for (int round = 0; round < 200; ++round) {
    for (std::size_t kind = 0; kind < std::variant_size_v<Event>; ++kind) {
      Event event;
      filler.fill(event, kind);
      REQUIRE(event.index() == kind);
      const std::string text = encode(event);
      const auto back = decode_event(text);
      REQUIRE_MESSAGE(back, text << "\n" << trouble_in(back));
      REQUIRE_MESSAGE(*back == event, text);
      REQUIRE(encode(*back) == text);
    }
  }
}

TEST_CASE("event json: a release that was written before there was more than artifacts is read") {
  const auto json = parse_json(R"({"id":"REL-1","title":"Old","digest":"","artifacts":[]})");
  REQUIRE(json);
  const auto release = release_from_json(*json);
  REQUIRE(release);
  CHECK(release->title == "Old");
  CHECK(release->flags.empty());
  CHECK(trouble_in(release_from_json(*parse_json(R"({"id":"REL-1"})"))).contains("missing"));
}

TEST_CASE("event json: status, verdicts and releases come back as they were") {
  Filler filler(3);
  for (int round = 0; round < 300; ++round) {
    Status status;
    filler.fill(status);
    const auto status_back = decode_status(encode(status));
    REQUIRE_MESSAGE(status_back, trouble_in(status_back));
    REQUIRE(*status_back == status);

    DeliveryVerdict verdict;
    filler.fill(verdict);
    REQUIRE(verdict_from_json(to_json(verdict)) == verdict);
    Release release;
    filler.fill(release);
    REQUIRE(release_from_json(to_json(release)) == release);
    ClauseVerdict clause;
    filler.fill(clause);
    REQUIRE(clause_verdict_from_json(to_json(clause)) == clause);
  }
}

// A seed for each name, so that a new kind of event changes no line but its own.
std::uint64_t seed_of(std::string_view name) {
  std::uint64_t seed = 0;
  for (const char c : name) seed = seed * 31 + static_cast<unsigned char>(c);
  return seed;
}

TEST_CASE("event json: what is written today is what was written yesterday") {
  std::string lines;
  for (std::size_t kind = 0; kind < std::variant_size_v<Event>; ++kind) {
    Event event;
    Filler(kind).fill(event, kind);  // for its name
    Filler(seed_of(name_of(event))).fill(event, kind);
    lines += encode(event) + "\n";
  }
  for (std::size_t kind = 0; kind < std::variant_size_v<Effect>; ++kind) {
    EffectIntended intended{.effect_id = kind + 1, .generation = 7, .effect = {}};
    Filler(kind).fill(intended.effect, kind);
    lines += encode(Event(intended)) + "\n";
  }
  check_golden("events.jsonl", lines);
}

template <class E>
std::string words_of(std::string_view name) {
  std::string line(name);
  for (int i = 0; to_text(static_cast<E>(i)) != "?"; ++i) {
    const std::string_view word = to_text(static_cast<E>(i));
    CHECK(enumerator_of<E>(word) == static_cast<E>(i));
    line += fmt::format(" {}", word);
  }
  return line + "\n";
}

TEST_CASE("event json: the words of the enumerators are those of yesterday") {
  std::string lines = words_of<Cause>("cause:") + words_of<Reason>("reason:") +
                      words_of<Phase>("phase:") + words_of<Trigger>("trigger:") +
                      words_of<Reading>("reading:") + words_of<Verdict>("verdict:") +
                      words_of<Criterion>("criterion:") + words_of<EvidenceKind>("evidence:") +
                      words_of<Proof>("proof:") + "clause:";
  for (const ClauseInfo& row : all_clauses()) lines += fmt::format(" {}", row.id);
  check_golden("words.txt", lines + "\n");
}

TEST_CASE("event json: the golden file still says what it said") {
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/golden/events.jsonl");
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const auto event = decode_event(line);
    REQUIRE_MESSAGE(event, trouble_in(event));
    CHECK(encode(*event) == line);
  }
  CHECK(lines == std::variant_size_v<Event> + std::variant_size_v<Effect>);
}

TEST_CASE("event json: a status is written as it was yesterday") {
  Filler filler(2);
  Status status;
  filler.fill(status);
  check_golden("status.json", encode(status) + "\n");
}

TEST_CASE("event json: an event is an object that begins with its name") {
  const StageEntered entered{{"production"}, 2, Share(2'500)};
  CHECK(encode(Event(entered)) ==
        R"({"event":"stage_entered","environment":"production","stage":2,"share_bp":2500})");
  CHECK(encode(Event(SoakCounted{})) == R"({"event":"soak_counted"})");
  CHECK(encode(Event(EffectIntended{3, 9, SetShare{{"staging"}, Slot::b, Share(500)}})) ==
        R"({"event":"effect_intended","effect_id":3,"generation":9,"effect":)"
        R"({"effect":"set_share","environment":"staging","baseline":"b","share_bp":500}})");
}

TEST_CASE("event json: a refusal says which event, which member and what was expected") {
  CHECK(trouble_of(R"({"event":"stage_entered","environment":"p","stage":0,"share_bp":10001})") ==
        "event stage_entered: `share_bp`: expected an integer from 0 to 10000");
  CHECK(trouble_of(R"({"event":"stage_entered","environment":"p","stage":-1,"share_bp":1})") ==
        "event stage_entered: `stage`: expected an integer from 0 to 4294967295");
  CHECK(trouble_of(R"({"event":"stage_entered","environment":"p","stage":0})") ==
        "event stage_entered: `share_bp`: missing");
  CHECK(trouble_of(R"({"event":"paused","by":7})") == "event paused: `by`: expected a string");
  CHECK(trouble_of(R"({"event":"baseline_adopted","release":"ABC"})") ==
        "event baseline_adopted: `release`: expected a digest of 64 lower-case hexadecimal digits");
  CHECK(
      trouble_of(R"({"event":"stood_still","reason":"bored","detail":"","deadline_unix_ms":0})") ==
      "event stood_still: `reason`: unknown word `bored`");
}

TEST_CASE("event json: a refusal names the place inside lists and objects") {
  CHECK(trouble_of(R"({"event":"effect_intended","effect_id":1,"generation":1,)"
                   R"("effect":{"effect":"make_tea"}})") ==
        "event effect_intended: `effect.effect`: unknown word `make_tea`");
  CHECK(trouble_of(R"({"event":"delivery_refused","release_id":"r","contract_revision":"",)"
                   R"("clauses":[{"clause":"pre.nonsense"}]})") ==
        "event delivery_refused: `clauses[0].clause`: unknown word `pre.nonsense`");
  CHECK(trouble_of(R"({"event":"baseline_counted","environment":"p","counts":5})") ==
        "event baseline_counted: `counts`: expected an object");
}

TEST_CASE("event json: what is no event at all is refused") {
  CHECK(trouble_of(R"({"event":"tea_made"})") ==
        "event tea_made: `event`: unknown word `tea_made`");
  CHECK(trouble_of(R"({"seq":1})") == "event: `event`: missing");
  CHECK(trouble_of("[]") == "event: `event`: expected an object around it");
  CHECK(trouble_of(R"({"event":"?"})") == "event ?: `event`: unknown word `?`");
  CHECK(trouble_of("{").starts_with("event: not JSON at byte 1"));
}

TEST_CASE("event json: members that are not known are ignored") {
  const auto event = decode_event(R"({"event":"paused","colour":"red","by":"ana"})");
  REQUIRE(event);
  CHECK(*event == Event(Paused{"ana"}));
}

TEST_CASE("event json: text that is not UTF-8 is repaired, so that the event can be read back") {
  const auto event = decode_event(encode(Event(AdoptionFailed{"port \xFF in use"})));
  REQUIRE(event);
  CHECK(std::get<AdoptionFailed>(*event).detail == "port \xEF\xBF\xBD in use");
}

}  // namespace
}  // namespace sluice::codec
