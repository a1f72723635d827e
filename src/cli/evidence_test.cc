// approve, except and evidence, as a person types them.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "cli/cli.h"
#include "cli/until.h"
#include "codec/event_json.h"
#include "codec/json.h"

namespace sluice::cli {
namespace {

Evidence some_evidence() {
  Evidence evidence{.kind = EvidenceKind::approval,
                    .about = sha256("release"),
                    .by = "Ana Lima",
                    .source = "ana (uid 1001)",
                    .observed = Tick{1'790'000'000'000},
                    .bytes = sha256("statement\n")};
  evidence.id = evidence_id(evidence);
  return evidence;
}

struct World {
  Context context;
  std::string out;
  std::string err;
  std::string sent;
  Service service;
  LoadedContract loaded;
  std::string contract = std::filesystem::temp_directory_path() / "sluice_evidence_test.md";
  std::vector<std::string> taken;  // "/x/scan.sarif security"
  Result<std::vector<Evidence>> examined = std::vector<Evidence>{Evidence{}};
  Result<std::string> bytes = std::string("statement\n");
  net::Response answer{.status = 201, .body = "{}"};

  World() {
    std::ofstream(contract) << "# a contract\n";
    service.evidence.records.push_back({some_evidence(), {}});
    context.folder = "/nowhere";
    context.out = [this](std::string_view text) { out += text; };
    context.err = [this](std::string_view text) { err += text; };
    context.ensure_engine = []() -> Result<void> { return {}; };
    context.read_service = [this]() -> Result<Service> { return service; };
    context.read_evidence = [this](const Digest&) { return bytes; };
    context.load_policy = []() -> Result<LoadedPolicy> { return LoadedPolicy{}; };
    context.load_contract = [this](const std::string&) -> Result<LoadedContract> { return loaded; };
    context.take_in = [this](const std::string& path, const Policy&, const LoadedContract&,
                             const std::vector<std::string>& domains) {
      taken.push_back(path);
      for (const std::string& domain : domains) taken.back() += " " + domain;
      return examined;
    };
    context.call = [this](const net::Call& call) -> Result<net::Response> {
      sent = call.url + " " + call.body;
      return answer;
    };
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { std::filesystem::remove(contract); }

  int type(std::vector<std::string> words) { return run(context, std::move(words)); }
};

TEST_CASE("approve: says what was approved, by whom, and under which name it is found again") {
  World world;
  world.loaded.release.artifacts = {{"server", "bin/server", sha256("server")}};
  const Approval approval{.evidence = sha256("e"),
                          .release = sha256("release"),
                          .contract_revision = sha256("contract"),
                          .policy = sha256("policy"),
                          .environment = {"production"},
                          .name = "Ana Lima",
                          .user = "ana (uid 1001)"};
  codec::Json::Array list;
  list.push_back(codec::to_json(approval));
  world.answer.body = codec::Json(codec::Json::Object{{"approvals", std::move(list)}}).dump();
  CHECK(world.type({"approve", world.contract}) == 0);
  CHECK(world.sent.contains("/v1/approvals"));
  CHECK(world.sent.contains(sha256("server").hex));
  CHECK_FALSE(world.sent.contains("environment"));
  CHECK(world.out.contains("Ana Lima approved release " + sha256("release").brief() +
                           " for production"));
  CHECK(world.out.contains(evidence_name(sha256("e"))));
}

TEST_CASE("except: needs a clause that exists, a reason and a day") {
  World world;
  const auto type = [&](const std::string& clause, const std::string& reason,
                        const std::string& until) {
    world.sent.clear();
    return world.type(
        {"except", world.contract, "--clause", clause, "--reason", reason, "--until", until});
  };
  CHECK(type("pre.flag", "known", "2026-12-31") == 2);
  CHECK(type("pre.flags", " ", "2026-12-31") == 2);
  CHECK(type("pre.flags", "known", "2026-13-01") == 2);
  CHECK(world.sent.empty());
  world.answer.body = codec::to_json(Exception{.clause = Clause::pre_flags}).dump();
  CHECK(type("pre.flags", "known", "2026-12-31") == 0);
  CHECK(world.sent.contains("\"until_unix_ms\":1798761600000"));
}

Evidence assessed(Verdict verdict) {
  Evidence evidence = some_evidence();
  evidence.kind = EvidenceKind::scan;
  evidence.by = "ci";
  evidence.source = "scan.sarif";
  evidence.assessed = {{.domain = "security",
                        .verdict = verdict,
                        .code = verdict == Verdict::pass ? "ok" : "findings",
                        .why = "`Semgrep` found high `sqli`",
                        .remedy = verdict == Verdict::pass ? "" : "repair it",
                        .looked_at = 7,
                        .rule = sha256("rule")}};
  return evidence;
}

std::string recorded(const std::vector<Evidence>& records) {
  codec::Json::Array list;
  for (const Evidence& evidence : records) list.push_back(codec::to_json(evidence));
  return codec::Json(codec::Json::Object{{"evidence", std::move(list)}}).dump();
}

TEST_CASE(
    "evidence add: every file is examined, then all are recorded, and said what they come to") {
  World world;
  world.examined = std::vector{assessed(Verdict::pass)};
  world.answer.body = recorded({assessed(Verdict::pass), assessed(Verdict::pass)});
  CHECK(world.type({"evidence", "add", world.contract, "/x/a.sarif", "/x/b.sarif", "--domain",
                    "security, performance"}) == 0);
  CHECK(world.taken == std::vector<std::string>{"/x/a.sarif security performance",
                                                "/x/b.sarif security performance"});
  CHECK(world.sent.contains("/v1/evidence"));
  CHECK(world.sent.contains("\"proof\":\"scan\""));
  CHECK(world.out.contains("scan by ci, scan.sarif, about release"));
  CHECK(world.out.contains("  PASS for security: `Semgrep` found high `sqli`\n"));
}

TEST_CASE("evidence add: the worst of what was found is the exit status, and its remedy is said") {
  World world;
  world.answer.body = recorded({assessed(Verdict::pass), assessed(Verdict::inconclusive)});
  CHECK(world.type({"evidence", "add", world.contract, "/x/a"}) == 3);
  world.answer.body = recorded({assessed(Verdict::fail), assessed(Verdict::inconclusive)});
  CHECK(world.type({"evidence", "add", world.contract, "/x/a"}) == 1);
  CHECK(
      world.out.contains("  FAIL for security: findings: `Semgrep` found high `sqli`\n"
                         "    to pass: repair it\n"));
}

TEST_CASE("evidence add: where one file cannot be read, nothing is recorded") {
  World world;
  world.examined = fail(ErrorCode::invalid_input, "a.sarif: it is empty");
  CHECK(world.type({"evidence", "add", world.contract, "/x/a.sarif"}) == 2);
  CHECK(world.sent.empty());
  CHECK(world.err.contains("a.sarif: it is empty"));
  CHECK(world.type({"evidence", "add", world.contract}) == 2);
  CHECK(world.type({"evidence", "add", "/no/contract.md", "/x/a.sarif"}) == 2);
}

TEST_CASE("evidence: listed with its standing, as text and as JSON") {
  World world;
  CHECK(world.type({"evidence"}) == 0);
  CHECK(world.out.contains(evidence_name(some_evidence().id) + " approval"));
  CHECK(world.out.contains("by Ana Lima"));
  CHECK(world.out.ends_with(": valid\n"));
  world.service.evidence.records[0].revocation = Revocation{"ben", "wrong build", {}};
  world.out.clear();
  CHECK(world.type({"evidence", "list"}) == 0);
  CHECK(world.out.ends_with("was revoked by ben: wrong build\n"));
  world.out.clear();
  CHECK(world.type({"evidence", "--output", "json"}) == 0);
  const auto json = codec::parse_json(world.out);
  REQUIRE(json);
  REQUIRE(json->array()->size() == 1);
  CHECK_FALSE(json->array()->front().boolean_or("valid", true));
}

TEST_CASE("evidence show: the record and its bytes, and nothing where the bytes were changed") {
  World world;
  const std::string id = some_evidence().id.hex.substr(0, 6);
  CHECK(world.type({"evidence", "show", id}) == 0);
  CHECK(world.out.contains("release " + sha256("release").hex));
  CHECK(world.out.contains("\nstatement"));
  world.bytes = fail(ErrorCode::corrupt, "the stored evidence was changed");
  CHECK(world.type({"evidence", "show", id}) == 3);
  CHECK(world.err.contains("was changed"));
  CHECK(world.type({"evidence", "show", "E-zz"}) == 2);
}

TEST_CASE("evidence revoke: needs a reason, and says what follows") {
  World world;
  world.answer.body = codec::to_json(some_evidence()).dump();
  CHECK(world.type({"evidence", "revoke", "E-12"}) == 2);
  CHECK(world.sent.empty());
  CHECK(world.type({"evidence", "revoke", "E-12", "--reason", "wrong build"}) == 0);
  CHECK(world.sent.contains("\"evidence\":\"E-12\""));
  CHECK(world.out.contains("is revoked"));
}

TEST_CASE("until: a day ends with its last instant in UTC; what is no day is none") {
  CHECK(end_of_day("1970-01-01") == Tick{kDayMs});
  CHECK(end_of_day("2026-12-31") == Tick{1'798'761'600'000});
  CHECK(end_of_day("2028-02-29"));
  for (const char* wrong : {"", "2026-02-29", "2026-1-1", "2026/12/31", "tomorrow", "2026-12-3x",
                            "+026-12-31", "2026-12-31T00:00"}) {
    CAPTURE(wrong);
    CHECK_FALSE(end_of_day(wrong));
  }
}

}  // namespace
}  // namespace sluice::cli
