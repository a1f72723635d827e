// Every struct that is journalled or sent is described completely: a member that is added to the
// model and forgotten here would be lost without anybody noticing.
#include <set>

#include <doctest/doctest.h>

#include "codec/event_fields.h"
#include "codec/plan_fields.h"
#include "codec/status_fields.h"
#include "codec/verdict_fields.h"
#include "testing/members.h"

namespace sluice::codec {
namespace {

// Notes which members a description visits.
struct Visitor {
  template <class T>
  using Of = T;

  template <class T>
  void operator()(std::string_view name, T& value) {
    ++visits;
    names.insert(std::string(name));
    members.insert(&value);
  }
  template <class T>
  void added(std::string_view name, T& value) {
    (*this)(name, value);
  }

  std::size_t visits = 0;
  std::set<std::string> names;
  std::set<const void*> members;
};

template <class T>
void check_described(std::size_t members = testing::members_of<T>()) {
  INFO(__PRETTY_FUNCTION__);
  T value{};
  Visitor visitor;
  fields(visitor, value);
  CHECK(visitor.visits == members);
  CHECK(visitor.names.size() == members);
  CHECK(visitor.members.size() == members);
}

template <class... Ts>
void check_alternatives(std::type_identity<std::variant<Ts...>> /*variant*/) {
  (check_described<Ts>(), ...);
  std::set<std::string_view> names;
  (names.insert(Alternatives<std::variant<Ts...>>::name(Ts{})), ...);
  CHECK(names.size() == sizeof...(Ts));
}

TEST_CASE("fields: every member of every struct is described once, under a name of its own") {
  check_alternatives(std::type_identity<Event>{});
  check_alternatives(std::type_identity<Effect>{});
  check_described<Artifact>();
  check_described<Release>();
  check_described<Stage>();
  check_described<Parameters>();
  check_described<Deadlines>();
  check_described<EnvironmentPlan>();
  check_described<Plan>();
  check_described<ClauseVerdict>();
  check_described<CriterionVerdict>();
  check_described<DeliveryVerdict>();
  check_described<TriggerReading>();
  check_described<Readings>(kTriggers.size());
  check_described<Counts>();
  check_described<ClusterSums>();
  check_described<Clustering>();
  check_described<MinuteCounts>();
  check_described<Burn>();
  check_described<Evidence>();
  check_described<Approval>();
  check_described<Exception>();
  check_described<Standing>();
  check_described<ArmStatus>();
  check_described<JudgeStatus>();
  check_described<EnvironmentStatus>();
  check_described<Status>();
}

TEST_CASE("fields: the number of members is what a person counts") {
  CHECK(testing::members_of<Counts>() == 3);
  CHECK(testing::members_of<Deadlines>() == 9);
  CHECK(testing::members_of<StageEntered>() == 3);
  CHECK(testing::members_of<SoakCounted>() == 0);
}

}  // namespace
}  // namespace sluice::codec
