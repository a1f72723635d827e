#include "contract/people_yaml.h"

#include <doctest/doctest.h>

#include "contract/policy_yaml.h"

namespace sluice::contract {
namespace {

constexpr std::string_view kPeople = R"(
people:
  - { name: Ana Lima, user: ana, domains: [release, security] }
  - { name: Ben Okafor, user: "1002", domains: [operations] }
  - { name: Cleo Marsh, user: cleo }
approvals:
  production: { count: 2, domains: [security, operations] }
environments: [ { name: production, customer_facing: true } ]
)";

PolicyReading read(std::string text) { return parse_policy(std::move(text), "sluice.yaml"); }

std::string with(std::string_view what, std::string_view by) {
  std::string text(kPeople);
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

// What is said beyond what such a short file lacks.
std::string said(const std::string& text) {
  std::string out;
  for (const Complaint& complaint : read(text).complaints) {
    const bool about_us =
        complaint.wrong.contains("people") || complaint.wrong.contains("approvals") ||
        complaint.wrong.contains("listed twice") || complaint.wrong.contains("domain") ||
        complaint.wrong.contains("no environment `");
    if (about_us) out += to_text(complaint) + "\n";
  }
  return out;
}

TEST_CASE("policy: people and approvals are read as written") {
  const Policy policy = read(std::string(kPeople)).policy;
  CHECK(said(std::string(kPeople)) == "");
  REQUIRE(policy.people.size() == 3);
  CHECK(policy.people[0].name == "Ana Lima");
  CHECK(policy.people[0].domains == std::vector<std::string>{"release", "security"});
  CHECK(policy.people[1].user == "1002");
  REQUIRE(policy.approvals.size() == 1);
  CHECK(policy.approvals[0].environment.text == "production");
  CHECK(policy.approvals[0].count == 2);
}

TEST_CASE("policy: one login is one person, and so is one name") {
  CHECK(said(with("user: cleo", "user: ana")).contains("`Cleo Marsh` is listed twice"));
  CHECK(said(with("name: Cleo Marsh", "name: ana lima")).contains("`ana lima` is listed twice"));
}

TEST_CASE("policy: approvals that nobody could give are refused when the file is read") {
  CHECK(said(with("[security, operations]", "[security, legal]"))
            .contains("nobody has the domain `legal`"));
  CHECK(said(with("count: 2", "count: 3")).contains("asks for 3 people, and 2 could approve"));
  CHECK(said(with("  production: { count", "  prodution: { count"))
            .contains("there is no environment `prodution`"));
  CHECK(said(with("count: 2, ", "")).contains("`approvals.production.count` is missing"));
}

TEST_CASE("policy: a socket for people needs people") {
  CHECK(read("people_socket: run/people.sock\n" + std::string(kPeople)).policy.people_socket ==
        "run/people.sock");
  CHECK(said("people_socket: run/people.sock\n").contains("is open to nobody"));
}

TEST_CASE("policy: people are named with what counts, and nothing unknown beside it") {
  CHECK(said(with("user: cleo", "usr: cleo")).contains("`people[3].usr`"));
  CHECK(said(with("[operations]", "[Operations!]")).contains("`Operations!` is no domain"));
}

}  // namespace
}  // namespace sluice::contract
