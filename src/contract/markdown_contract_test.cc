#include "contract/markdown_contract.h"

#include <doctest/doctest.h>

#include "base/tick.h"
#include "contract/templates.h"

using namespace sluice;
using contract::parse_contract;

namespace {

constexpr std::string_view kWhole = R"(# Release Contract: Storefront 1.4.0

> **Release ID:** REL-2026-014
> **Status:** approved
> **Created:** 2026-03-18
> **Revision:** 2 | **Last updated:** 2026-03-19
> **Release Manager:** Ana Costa

## Release Summary

The cart remembers what was in it.

## Changes Included

| Change | Type | Mission | Quality Verdict | Flag |
|--------|------|---------|-----------------|------|
| Carts are kept for 30 days | feature | MISSION-2026-021 | PASS | `kept-carts` |
| Totals round as the bank does | fix | MISSION-2026-022 | PASS | - |

## Breaking Changes

- [x] **No breaking changes** in this release

## Artifacts

| Name | Location | Digest |
|---|---|---|
| storefront | build/storefront | sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef |

## Flags

- kept-carts: off everywhere until the release is done

## Migrations

None

## Environments

- development
- staging
- production

## Window

Tuesday 10:00 to 16:00 UTC

## Progressive Rollout Plan

| Stage | Target | Duration | Health Criteria | Rollback Trigger |
|---|---|---|---|---|
| Canary | 5% | 30 minutes | within the margin | any |
| Early | 25% (incl. three stores) | 1 h 30 min | within the margin | any |
| Full | 100% | Ongoing | within the margin | any |

## Rollback Plan

- **Rollback mechanism:** the share goes to 0 in HAProxy's map
- **Rollback tested:** yes (in staging)
- **Estimated rollback time:** < 5 minutes
- **Data rollback needed:** no

## Pre-Deployment Checklist

- [x] All quality evaluations passed
  - [x] Dashboard created
- [ ] On-call team notified

## Release Notes

### Breaking Changes

- none that a customer sees

## Post-Deployment Validation

- [ ] Error rate within bounds

## Approval

- [x] Release Manager approval
)";

std::string replaced(std::string_view what, std::string_view by) {
  std::string text(kWhole);
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

Contract with(std::string_view what, std::string_view by) {
  return parse_contract(replaced(what, by), "c.md");
}

std::string all(const std::vector<Complaint>& complaints) {
  std::string out;
  for (const Complaint& complaint : complaints) out += to_text(complaint) + "\n";
  return out;
}

bool complains(const Contract& contract, std::string_view words) {
  const bool found = all(contract.complaints).contains(words);
  if (!found) MESSAGE("not said: " << std::string(words) << "\n" << all(contract.complaints));
  return found;
}

}  // namespace

TEST_CASE("contract: a range of commits and the commits of changes are optional, and read") {
  CHECK(parse_contract(kWhole, "c.md").commits == "");
  const Contract range =
      with("> **Release Manager:**", "> **Commits:** `v1.3.0..v1.4.0`\n> **Release Manager:**");
  CHECK(all(range.complaints) == "");
  CHECK(range.commits == "v1.3.0..v1.4.0");
  CHECK(range.commits_at.line == 7);

  std::string text = replaced("Verdict | Flag |\n|--------|------|---------|-----------------|",
                              "Verdict | Flag | Commits |\n|--------|------|---------|---|---|");
  const std::size_t row = text.find("`kept-carts` |");
  REQUIRE(row != std::string::npos);
  text.replace(row, 14, "`kept-carts` | 3f9a00c, `81b2c4d` |");
  const Contract named = parse_contract(text, "c.md");
  REQUIRE(named.changes.size() == 2);
  CHECK(named.changes[0].commits == std::vector<std::string>{"3f9a00c", "81b2c4d"});
  CHECK(named.changes[1].commits.empty());
}

TEST_CASE("contract: a whole contract is read without a complaint") {
  const Contract c = parse_contract(kWhole, "c.md");

  CHECK(all(c.complaints) == "");
  CHECK(all(c.placeholders) == "");
  CHECK(c.is_contract);
  CHECK(c.title == "Storefront 1.4.0");
  CHECK(c.release_id == "REL-2026-014");
  CHECK(c.release_id_at == Position{3, 19});
  CHECK(c.status == "approved");
  CHECK(c.created == "2026-03-18");
  CHECK(c.revision == "2");
  CHECK(c.release_manager == "Ana Costa");
  CHECK(c.summary == "The cart remembers what was in it.");
  CHECK(c.breaking == false);
  CHECK(c.window == "Tuesday 10:00 to 16:00 UTC");
  CHECK(c.environments == std::vector<std::string>{"development", "staging", "production"});
  CHECK(c.revision_digest == sha256(kWhole));
}

TEST_CASE("contract: changes, stages, rollback and lists have their values and places") {
  const Contract c = parse_contract(kWhole, "c.md");

  REQUIRE(c.changes.size() == 2);
  CHECK(c.changes[0].type == ChangeType::feature);
  CHECK(c.changes[0].flag == "kept-carts");
  CHECK(c.changes[1].flag == "");
  CHECK(c.changes[1].mission == "MISSION-2026-022");
  CHECK(c.changes[0].at.line == 17);
  REQUIRE(c.stages.size() == 3);
  CHECK(c.stages[0].share == Share(500));
  CHECK(c.stages[1].share == Share(2'500));
  CHECK(c.stages[1].soak_ms == 90 * kMinuteMs);
  CHECK(!c.stages[2].soak_ms);
  CHECK(c.rollback.present);
  CHECK(c.rollback.mechanism == "the share goes to 0 in HAProxy's map");
  CHECK(c.rollback.tested == Claim::yes);
  CHECK(c.rollback.estimate_ms == 5 * kMinuteMs);
  CHECK(c.rollback.data_rollback == "no");
  REQUIRE(c.pre_deployment.size() == 3);
  CHECK(c.pre_deployment[1].text == "Dashboard created");
  CHECK(!c.pre_deployment[2].ticked);
  CHECK(c.post_deployment.size() == 1);
  REQUIRE(c.approvals.size() == 1);
  CHECK(c.approvals[0].ticked);
  REQUIRE(c.artifacts.size() == 1);
  CHECK(c.artifacts[0].location == "build/storefront");
  CHECK(c.artifacts[0].digest_text.starts_with("sha256:0123"));
  REQUIRE(c.flags.size() == 1);
  CHECK(c.flags[0].name == "kept-carts");
  CHECK(c.migrations.empty());
}

TEST_CASE("contract: files of configuration have a section of their own, read as artifacts are") {
  const Contract c = with("## Flags",
                          "## Configuration\n\n| Name | Location |\n|---|---|\n"
                          "| limits | config/limits.conf |\n| limits | config/other.conf |\n\n"
                          "## Flags");
  REQUIRE(c.configuration.size() == 2);
  CHECK(c.configuration[0].location == "config/limits.conf");
  CHECK(c.artifacts.size() == 1);
  CHECK(complains(c, "`limits` is listed twice"));
}

TEST_CASE("contract: its authors are in the field and in the history of revisions") {
  const Contract c =
      with("## Flags",
           "## Revision History\n\n| Rev | Date | Author | Summary |\n|---|---|---|---|\n"
           "| 1 | 2026-03-18 | Ben Okafor | First |\n| 2 | 2026-03-19 | - | Second |\n\n## Flags");
  CHECK(c.revision_authors == std::vector<std::string>{"Ben Okafor"});
  CHECK(with("> **Release Manager:**", "> **Author:** Cleo Marsh\n> **Release Manager:**").author ==
        "Cleo Marsh");
}

TEST_CASE("contract: our own template is one, full of placeholders and with no other fault") {
  const Contract c = parse_contract(contract::contract_template(), "t.md");

  CHECK(c.is_contract);
  CHECK(c.placeholders.size() > 25);
  CHECK(c.stages.size() == 4);
  CHECK(c.environments.empty());
  CHECK(all(c.complaints).contains("nothing says whether there are breaking changes"));
  CHECK(c.complaints.size() == 1);
}

TEST_CASE("contract: fields in headings are read, and complained about") {
  const Contract c = with("> **Release ID:** REL-2026-014\n", "## Release ID: REL-2026-014\n");

  CHECK(c.release_id == "REL-2026-014");
  CHECK(complains(c, "c.md:3:16: `Release ID` stands in a heading"));
  CHECK(c.status == "approved");
}

TEST_CASE("contract: a field or section that is there twice is a complaint") {
  CHECK(complains(with("> **Created", "> **Release ID:** REL-2026-015\n> **Created"),
                  "`Release ID` is given twice"));
  CHECK(complains(with("## Approval", "> **Status:** deployed\n\n## Approval"),
                  "`Status` is given twice"));
  const Contract c = with("## Approval", "## Rollback Plan\n\n- Mechanism: none\n\n## Approval");
  CHECK(complains(c, "there is a second section `Rollback Plan`"));
  CHECK(c.rollback.mechanism.starts_with("the share"));
}

TEST_CASE("contract: a comment is not there, wherever it stands") {
  CHECK(with("Ana Costa", "<!-- Ana -->").release_manager == "");
  CHECK(with("REL-2026-014", "REL<!-- no -->-2026-014").release_id == "REL-2026-014");
  CHECK(with("- [x] Release Manager approval", "<!--\n- [x] Release Manager approval\n-->")
            .approvals.empty());
  const Contract open = with("## Rollback Plan", "<!-- todo\n## Rollback Plan");
  CHECK(!open.rollback.present);
  CHECK(complains(open, "the comment that starts here never ends"));
  CHECK(with("Ana Costa", "<!--> Ana -->").release_manager == "Ana -->");
}

TEST_CASE("contract: fenced and indented code is no part of the contract") {
  const Contract c = with("## Rollback Plan", "```\n## Rollback Plan");
  CHECK(!c.rollback.present);
  CHECK(complains(c, "the code block that starts here never ends"));
  CHECK(with("> **Release ID:** REL-2026-014\n", "\n    > **Release ID:** REL-2026-014\n\n")
            .release_id == "");
  CHECK(with("Ana Costa", "`<!--` Ana").release_manager == "<!-- Ana");
}

TEST_CASE("contract: a share is a plain percentage of all traffic") {
  const auto share = [](std::string_view cell) {
    return with("| 5% |", fmt::format("| {} |", cell)).stages.at(0).share;
  };
  CHECK(share("5 %") == Share(500));
  CHECK(share("**0.5%**") == Share(50));
  CHECK(share("5% of traffic") == Share(500));
  CHECK(!share("50% of new users"));
  CHECK(!share("5"));
  CHECK(!share("5-10%"));
  CHECK(!share("105%"));
  CHECK(complains(with("| 5% |", "| 50% of new users |"),
                  "c.md:52:12: `50% of new users` is no share of the traffic"));
}

TEST_CASE("contract: a duration is one time, and only the last stage is ongoing") {
  const auto soak = [](std::string_view cell) {
    return with("| 30 minutes |", fmt::format("| {} |", cell)).stages.at(0).soak_ms;
  };
  CHECK(soak("24h") == 24 * kHourMs);
  CHECK(soak("7 days") == 7 * kDayMs);
  CHECK(soak("1 week") == 7 * kDayMs);
  CHECK(soak("1.5 hours") == 90 * kMinuteMs);
  CHECK(soak("at least 2 hours (on weekdays)") == 2 * kHourMs);
  CHECK(!soak("24-48 hours"));
  CHECK(!soak("a while"));
  CHECK(complains(with("| 30 minutes |", "| a while |"), "`a while` is no duration"));
  CHECK(complains(with("| 30 minutes |", "| Ongoing |"), "never ends, and another follows it"));
}

TEST_CASE("contract: a rollback estimate is an upper limit") {
  const auto estimate = [](std::string_view text) {
    return with("< 5 minutes", text).rollback.estimate_ms;
  };
  CHECK(estimate("< 30 seconds (a toggle)") == 30 * kSecondMs);
  CHECK(estimate("5-10 minutes") == 10 * kMinuteMs);
  CHECK(estimate("30 s – 2 min") == 2 * kMinuteMs);
  CHECK(estimate("under 1 minute, by the map") == kMinuteMs);
  CHECK(!estimate("> 5 minutes"));
  CHECK(!estimate("5 minutes per instance"));
  CHECK(!estimate("instant"));
  CHECK(complains(with("< 5 minutes", "instant"), "`instant` is no time"));
}

TEST_CASE("contract: only a plain yes claims that the rollback was tested") {
  const auto tested = [](std::string_view text) {
    return with("yes (in staging)", text).rollback.tested;
  };
  CHECK(tested("Yes.") == Claim::yes);
  CHECK(tested("**no**") == Claim::no);
  CHECK(tested("not yet") == Claim::no);
  CHECK(tested("yes / no") == Claim::unclear);
  CHECK(tested("yes, will be done before launch") == Claim::planned);
  CHECK(tested("yesterday") == Claim::unclear);
  CHECK(tested("n/a") == Claim::not_applicable);
}

TEST_CASE("contract: synonyms and bare labels of the rollback plan are understood") {
  const Contract c = with("- **Rollback mechanism:** the share goes to 0 in HAProxy's map\n",
                          "- Mechanism:\n  1. shift\n  2. drain\n");
  CHECK(c.rollback.mechanism == "shift; drain");
  CHECK(with("**Estimated rollback time:**", "**Rollback time**:").rollback.estimate_ms ==
        5 * kMinuteMs);
  CHECK(complains(with("- **Data rollback needed:** no", "- Mechanism: pray"), "says this twice"));
}

TEST_CASE("contract: tables are read by the names of their columns, with escaped bars") {
  const Contract c = with(R"(| Change | Type | Mission | Quality Verdict | Flag |
|--------|------|---------|-----------------|------|
| Carts are kept for 30 days | feature | MISSION-2026-021 | PASS | `kept-carts` |)",
                          R"(| Type | Feature flag | Change |
|:--|:-:|--:|
| Feature | kept-carts | a \| b |)");
  CHECK(c.changes.at(0).text == "a | b");
  CHECK(c.changes.at(0).flag == "kept-carts");
  CHECK(complains(with("| fix | MISSION-2026-022 |", "| fix | MISSION | 2026 |"),
                  "this row has 6 cells under 5 columns"));
  CHECK(complains(with("|--------|------|---------|-----------------|------|\n", ""),
                  "looks like a row of a table"));
  CHECK(complains(with("| fix |", "| documentation |"), "`documentation` is no type of change"));
}

TEST_CASE("contract: breaking changes need exactly one ticked box") {
  const std::string_view box = "- [x] **No breaking changes** in this release";
  CHECK(!with(box, "- [ ] No breaking changes\n- [ ] Breaking changes listed below:").breaking);
  CHECK(!with(box, "- [x] No breaking changes\n- [x] Breaking changes listed below:").breaking);
  const Contract c =
      with(box, "- [ ] No breaking changes\n- [x] Breaking changes listed below:\n  - v1 is gone");
  CHECK(c.breaking == true);
  CHECK(c.breaking_changes == std::vector<std::string>{"v1 is gone"});
}

TEST_CASE("contract: placeholders are found where they stand") {
  const auto found = [](std::string_view by) { return all(with("Ana Costa", by).placeholders); };
  CHECK(found("[name]").contains("c.md:7:24: the placeholder `[name]` is left in"));
  CHECK(found("`[name]`").contains("`[name]`"));
  CHECK(found("{{MANAGER}}").contains("{{MANAGER}}"));
  CHECK(found("<release-manager>").contains("<release-manager>"));
  CHECK(found("REL-YYYY-NNN").contains("REL-YYYY-NNN"));
  CHECK(found("yes / no — [if yes, who]").contains("nothing was chosen"));
  CHECK(found("draft | approved | deploying").contains("nothing was chosen"));
  CHECK(found("TBD").contains("still to be written"));
  CHECK(found("(to be filled in)").contains("still to be written"));
  CHECK(found("To follow.").contains("still to be written"));
  CHECK(all(with("The cart remembers", "[One\nparagraph] The cart").placeholders).contains("[One"));
}

TEST_CASE("contract: links, identifiers, tick boxes and literal text are no placeholders") {
  const auto found = [](std::string_view by) {
    return all(with("The cart remembers", by).placeholders);
  };
  CHECK(found("[the cart](https://x.test/[a]) remembers") == "");
  CHECK(found("[the cart][1] remembers\n\n[1]: https://x.test\n\nwhat") == "");
  CHECK(found("the cart[^1] of [SHOP-12] remembers \\[sic\\]") == "");
  CHECK(found("`a[i]` and `{{user}}` and `YYYY-MM-DD`") == "");
  CHECK(found("x < 5 and y > 3, <https://x.test>, a<br>b") == "");
  CHECK(found("CSV / JSON, error rate / latency") == "");
}

TEST_CASE("contract: what is no contract is never one, and is named") {
  const auto parsed = [](std::string_view text) { return parse_contract(text, "x.md"); };
  const Contract postmortem = parsed(
      "# Postmortem: Checkout\n\n> **Status:** draft\n\n"
      "## Rollback Plan\n\n- Mechanism: none\n");
  CHECK(!postmortem.is_contract);
  CHECK(complains(postmortem, "it looks like a postmortem"));
  CHECK(!postmortem.rollback.present);
  CHECK(complains(parsed("# Quality Evaluation Report: Release Contract REL-2026-001\n"),
                  "an evaluation report"));
  CHECK(complains(parsed("# Delivery Policy\n\n## Release Notes\n"), "a policy"));
  CHECK(complains(parsed(""), "an empty file"));
  CHECK(complains(parsed("name: Release\nbody:\n  - type: input\n"), "a YAML file"));
  CHECK(!parsed("```\n" + std::string(kWhole) + "```\n").is_contract);
  CHECK(!parsed("a note that mentions a Release Contract: see REL-2026-001\n").is_contract);
}

TEST_CASE("contract: one with another title is known by its sections") {
  CHECK(with("# Release Contract: Storefront 1.4.0", "# Storefront 1.4.0").is_contract);
  CHECK(with("# Release Contract: Storefront 1.4.0", "Release Contract: A\n=====").title == "A");
  CHECK(complains(with("## Approval", "# Release Contract: Another\n\n## Approval"),
                  "more than one release contract"));
}

TEST_CASE("contract: too large is not read at all") {
  CHECK(complains(parse_contract(std::string(1'048'577, 'a'), "x.md"), "1048577 bytes"));
  CHECK(complains(parse_contract(std::string(20'001, '\n'), "x.md"), "more than 20000 lines"));
  const Contract c = with("The cart", std::string(10'001, 'a'));
  CHECK(complains(c, "c.md:11:1: this line has more than 10000 bytes"));
  CHECK(c.release_id == "");
  CHECK(!c.is_contract);
}

TEST_CASE("contract: CR LF, a byte order mark and bytes that are no text are dealt with") {
  std::string windows = "\xEF\xBB\xBF";
  for (const char c : kWhole) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Contract c = parse_contract(windows, "c.md");
  CHECK(all(c.complaints) == "");
  CHECK(c.release_id_at == Position{3, 19});
  CHECK(c.stages.size() == 3);

  const Contract broken = with("Ana Costa", std::string_view("Ana\xFF\0Costa", 10));
  CHECK(broken.release_manager == "Ana??Costa");
  CHECK(complains(broken, "c.md:7:27: there is a byte here that is no text"));
  CHECK(complains(with("Ana Costa", "Ana \u202E Costa"), "invisible character"));
}

TEST_CASE("contract: an answer that says that there is none is no answer") {
  for (const std::string none : {"-", "n/a", "None", "—"}) {
    INFO(none);
    const Contract c = parse_contract(
        "# Release Contract: x\n\n> **Release ID:** REL-2026-001\n> **Release Manager:** " + none +
            "\n\n## Release Summary\n\n" + none +
            "\n\n## Rollback Plan\n\n- **Rollback mechanism:** " + none +
            "\n- **Data rollback needed:** none\n",
        "c.md");
    CHECK(c.release_manager == "");
    CHECK(c.summary == "");
    CHECK(c.rollback.mechanism == "");
    CHECK(c.rollback.data_rollback == "none");
  }
}
