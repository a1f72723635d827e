// The contracts of the corpus (ORIGINS.md beside them says what each must come to), as far as
// reading is concerned. Whether a contract suffices is decided by the gates.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "base/tick.h"
#include "contract/markdown_contract.h"
#include "contract/policy_yaml.h"
#include "contract/yaml_tree.h"

using namespace sluice;
namespace fs = std::filesystem;

namespace {

const fs::path kCorpus = fs::path(SLUICE_SOURCE_DIR) / ".." / "shared" / "corpus" / "contracts";

bool corpus_is_here() {
  if (fs::exists(kCorpus / "ORIGINS.md")) return true;
  MESSAGE("the corpus is absent: nothing was checked, there is no " << kCorpus.string());
  return false;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Contract parsed(const fs::path& path) {
  return contract::parse_contract(bytes_of(path), path.filename().string());
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::string all(const std::vector<Complaint>& complaints) {
  std::string out;
  for (const Complaint& complaint : complaints) out += to_text(complaint) + "\n";
  return out;
}

bool has_section(const Contract& contract, std::string_view title) {
  return std::ranges::find(contract.sections, title, &Section::title) != contract.sections.end();
}

}  // namespace

TEST_CASE(
    "corpus: the release contract template is a contract, and everything to fill in is found") {
  if (!corpus_is_here()) return;
  const Contract c = parsed(kCorpus / "templates" / "_TEMPLATE-release-contract.md");
  const std::string found = all(c.placeholders);

  CHECK(c.is_contract);
  CHECK(c.changes.size() == 2);
  CHECK(c.stages.size() == 4);
  CHECK(!c.stages.at(0).share);
  CHECK(c.stages.at(3).share == Share::whole());
  CHECK(!c.breaking);
  CHECK(c.pre_deployment.size() == 17);
  CHECK(c.post_deployment.size() == 6);
  CHECK(c.approvals.size() == 3);
  CHECK(std::ranges::none_of(c.approvals, &CheckItem::ticked));
  CHECK(c.rollback.tested == Claim::unclear);
  CHECK(!c.rollback.estimate_ms);
  for (const char* left :
       {"REL-YYYY-NNN", "draft | approved", "[name]", "{{CANARY_PERCENTAGE}}", "{{GA_DURATION}}",
        "{{MAX_ERROR_RATE_INCREASE}}", "`yes / no`", "feature / fix / improvement / deprecation",
        "[Mission ID]", "[e.g., < 5 minutes]", "`YYYY-MM-DD`"}) {
    INFO(left);
    CHECK(found.contains(left));
  }
}

TEST_CASE("corpus: the filled contract of the onboarding release has its fields") {
  if (!corpus_is_here()) return;
  const Contract c =
      parsed(kCorpus / "examples" / "2026-03-18-onboarding-step3-release-contract.md");

  CHECK(c.is_contract);
  CHECK(all(c.placeholders) == "");
  CHECK(c.title == "Onboarding Step 3 Simplification");
  CHECK(c.release_id == "REL-2026-008");
  CHECK(c.status == "deployed");
  CHECK(c.revision == "1");
  CHECK(c.release_manager == "Agent (core-applications)");
  CHECK(c.changes.size() == 5);
  CHECK(c.changes.at(1).type == ChangeType::feature);
  CHECK(c.breaking == false);
  REQUIRE(c.stages.size() == 2);
  CHECK(!c.stages[0].share);  // of new users, not of traffic
  CHECK(c.stages[0].soak_ms == 7 * kDayMs);
  CHECK(!c.stages[1].share);
  CHECK(all(c.complaints).contains("`50% of new users` is no share of the traffic"));
  CHECK(c.rollback.mechanism.starts_with("Disable feature flag onboarding-v2-simplified"));
  CHECK(c.rollback.tested_text == "");
  CHECK(c.rollback.tested == Claim::unclear);
  CHECK(c.rollback.estimate_ms == 5 * kMinuteMs);
  CHECK(c.rollback.data_rollback.starts_with("None"));
  CHECK(!has_section(c, "Approval"));
  CHECK(c.approvals.empty());
}

TEST_CASE("corpus: the bulk export contract is read through its headings and bare labels") {
  if (!corpus_is_here()) return;
  const Contract c = parsed(kCorpus / "examples" / "bulk-data-export-release-contract.md");

  CHECK(c.is_contract);
  CHECK(c.release_id == "REL-2026-008");
  CHECK(c.status == "draft");
  CHECK(c.release_manager == "");
  CHECK(all(c.complaints).contains("`Release ID` stands in a heading"));
  CHECK(all(c.complaints).contains("`documentation` is no type of change"));
  CHECK(!has_section(c, "Release Summary"));
  CHECK(c.changes.size() == 4);
  REQUIRE(c.stages.size() == 3);
  CHECK(c.stages[0].share == Share(500));
  CHECK(c.stages[1].share == Share(2'500));
  CHECK(c.stages[1].soak_ms == 48 * kHourMs);
  CHECK(c.stages[2].share == Share::whole());
  CHECK(c.rollback.mechanism == "Feature flag disable (instant)");
  CHECK(c.rollback.tested == Claim::yes);
  CHECK(c.rollback.estimate_ms == 30 * kSecondMs);
  CHECK(std::ranges::count_if(c.pre_deployment, [](const auto& box) { return !box.ticked; }) == 2);
}

TEST_CASE("corpus: every contract among the examples is one, and no other document is") {
  if (!corpus_is_here()) return;
  for (const fs::path& file : files_in(kCorpus / "examples")) {
    INFO(file.string());
    CHECK(parsed(file).is_contract == file.filename().string().contains("release-contract"));
  }
  for (const char* folder : {"other", "policies", "missions", "signals", "evaluations", "schemas",
                             "kep-rollback-sections", "templates"}) {
    for (const fs::path& file : files_in(kCorpus / folder)) {
      if (file.filename().string().contains("release-contract.md")) continue;
      INFO(file.string());
      const Contract c = parsed(file);
      CHECK(!c.is_contract);
      CHECK(all(c.complaints).contains("this is no release contract; it looks like"));
    }
  }
}

TEST_CASE("corpus: look-alikes are called what they are") {
  if (!corpus_is_here()) return;
  const auto said = [](const fs::path& file) { return all(parsed(kCorpus / file).complaints); };
  CHECK(
      said("other/2026-03-20-onboarding-step3-regression-postmortem.md").contains("a postmortem"));
  CHECK(said("other/example-pr.md").contains("a pull request"));
  CHECK(said("policies/delivery.md").contains("a policy"));
  CHECK(said("policies/sdlc-gates.md").contains("a policy"));
  CHECK(said("policies/exceptions.yaml").contains("a YAML file"));
  for (const fs::path& file : files_in(kCorpus / "missions")) {
    CHECK(all(parsed(file).complaints).contains("a mission brief"));
  }
  for (const fs::path& file : files_in(kCorpus / "signals")) {
    CHECK(all(parsed(file).complaints).contains("a signal"));
  }
}

TEST_CASE("corpus: every template is full of placeholders") {
  if (!corpus_is_here()) return;
  for (const fs::path& file : files_in(kCorpus / "templates")) {
    if (file.extension() != ".md") continue;
    INFO(file.string());
    CHECK(parsed(file).placeholders.size() >= 10);
  }
}

TEST_CASE("corpus: filled documents have no placeholders, the policy has its two parameters") {
  if (!corpus_is_here()) return;
  for (const char* folder : {"examples", "missions", "signals"}) {
    for (const fs::path& file : files_in(kCorpus / folder)) {
      INFO(file.string());
      CHECK(all(parsed(file).placeholders) == "");
    }
  }
  const std::string found = all(parsed(kCorpus / "policies" / "delivery.md").placeholders);
  CHECK(found.contains("{{POST_DEPLOY_VALIDATION_WINDOW}}"));
  CHECK(found.contains("{{MAX_ERROR_RATE_INCREASE}}"));
}

TEST_CASE("corpus: no answer that is not \"tested\" is taken for a yes") {
  if (!corpus_is_here()) return;
  const auto file = bytes_of(kCorpus / "rollback-tested-answers.json");
  const auto reading = contract::read_yaml(file, "answers.json");  // JSON is YAML
  REQUIRE(reading.root);
  const contract::YamlNode* cases = reading.root->find("cases");
  REQUIRE(cases != nullptr);
  CHECK(cases->items.size() >= 20);
  for (const contract::YamlNode& one : cases->items) {
    std::string answer = one.find("answer")->scalar;
    INFO(answer);
    std::ranges::replace(answer, '\n', ' ');
    const Contract c = contract::parse_contract(
        "# Release Contract: x\n\n## Rollback Plan\n\n- **Rollback tested:** " + answer + "\n",
        "c");
    if (one.find("expected")->scalar != "tested") CHECK(c.rollback.tested != Claim::yes);
  }
}

TEST_CASE("corpus: other YAML is read as YAML, and refused as sluice.yaml") {
  if (!corpus_is_here()) return;
  for (const char* file : {"policies/exceptions.yaml", "templates/release.sample.yml"}) {
    INFO(file);
    const std::string bytes = bytes_of(kCorpus / file);
    CHECK(contract::read_yaml(bytes, file).root);
    CHECK(all(contract::read_yaml(bytes, file).complaints) == "");
    CHECK(all(contract::parse_policy(bytes, file).complaints).contains("`service` is missing"));
  }
}
