// The sections Progressive Rollout Plan and Rollback Plan.
#include "base/text.h"
#include "contract/contains.h"
#include "contract/inline_text.h"
#include "contract/placeholder.h"
#include "contract/quantity.h"
#include "contract/rollback_claim.h"
#include "contract/section_reader.h"
#include "contract/section_table.h"

namespace sluice::contract {
namespace {

struct StageColumns {
  std::optional<std::size_t> name;
  std::optional<std::size_t> share;
  std::optional<std::size_t> soak;
  std::optional<std::size_t> health;
  std::optional<std::size_t> trigger;
};

StageColumns stage_columns(const SectionTable& table) {
  return {.name = table.column({"stage", "name", "phase", "step"}),
          .share = table.column({"target", "share", "traffic", "percentage", "traffic share",
                                 "traffic %", "target %", "rollout", "rollout %", "%"}),
          .soak = table.column({"duration", "soak", "soak time", "bake time", "time", "hold"}),
          .health = table.column({"health criteria", "health", "criteria", "success criteria",
                                  "health checks", "health check"}),
          .trigger = table.column({"rollback trigger", "rollback triggers", "trigger", "triggers",
                                   "rollback", "rollback criteria"})};
}

void read_share(const SectionReader& reader, const Block& row, const StageColumns& columns,
                PlannedStage& stage) {
  stage.share = stated_share(stage.share_text);
  if (stage.share || !columns.share || holds_placeholder(stage.share_text)) return;
  reader.complain(row.cells[*columns.share].at,
                  stage.share_text.empty()
                      ? "this stage has no share"
                      : fmt::format("`{}` is no share of the traffic", printable(stage.share_text)),
                  "write a percentage of all traffic, such as `5%`");
}

void read_soak(const SectionReader& reader, const Block& row, const StageColumns& columns,
               PlannedStage& stage) {
  stage.soak_ms = stated_duration_ms(stage.soak_text);
  if (stage.soak_ms || !columns.soak || is_ongoing(stage.soak_text) ||
      holds_placeholder(stage.soak_text)) {
    return;
  }
  reader.complain(row.cells[*columns.soak].at,
                  stage.soak_text.empty()
                      ? "this stage has no duration"
                      : fmt::format("`{}` is no duration", printable(stage.soak_text)),
                  "write one time, such as `30 minutes` or `24 hours`; the last stage may say "
                  "`Ongoing`");
}

void read_stage(const SectionReader& reader, const Block& row, const StageColumns& columns) {
  PlannedStage stage{.name = cell_text(row, columns.name),
                     .share = {},
                     .share_text = cell_text(row, columns.share),
                     .soak_ms = {},
                     .soak_text = cell_text(row, columns.soak),
                     .health_criteria = cell_text(row, columns.health),
                     .rollback_trigger = cell_text(row, columns.trigger),
                     .at = row.at};
  read_share(reader, row, columns, stage);
  read_soak(reader, row, columns, stage);
  reader.contract.stages.push_back(std::move(stage));
}

void complain_about_ongoing(const SectionReader& reader) {
  const std::vector<PlannedStage>& stages = reader.contract.stages;
  for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
    if (!is_ongoing(stages[i].soak_text)) continue;
    reader.complain(
        stages[i].at,
        fmt::format("stage `{}` never ends, and another follows it", printable(stages[i].name)),
        "give it a duration; only the last stage may say `Ongoing`");
  }
}

enum class Answer : std::uint8_t { mechanism, tested, estimate, data };

std::optional<Answer> answer_of(std::string_view label) {
  using Names = std::vector<std::string_view>;
  static const std::vector<std::pair<Answer, Names>> kAnswers{
      {Answer::mechanism,
       {"rollback mechanism", "mechanism", "rollback method", "method", "rollback procedure",
        "procedure", "how", "how to roll back", "rollback steps"}},
      {Answer::tested, {"rollback tested", "tested", "rollback plan tested"}},
      {Answer::estimate,
       {"estimated rollback time", "rollback time", "estimated time", "time to roll back",
        "time to rollback", "estimated time to roll back", "rollback duration",
        "expected rollback time", "rollback time estimate"}},
      {Answer::data,
       {"data rollback needed", "data rollback", "data impact", "data", "data rollback required"}},
  };
  for (const auto& [answer, names] : kAnswers) {
    if (contains(names, label)) return answer;
  }
  return std::nullopt;
}

class RollbackReader {
 public:
  explicit RollbackReader(const SectionReader& reader)
      : reader_(reader), rollback_(reader.contract.rollback) {}

  void run() {
    for (const Block& block : reader_.section.body) {
      if (block.kind == BlockKind::row) {
        read_row(block);
      } else if (block.kind != BlockKind::heading) {
        read_text(block);
      }
    }
    if (says_nothing(rollback_.mechanism)) rollback_.mechanism.clear();
    conclude();
  }

 private:
  std::string& target(Answer answer) {
    switch (answer) {
      case Answer::mechanism: return rollback_.mechanism;
      case Answer::tested: return rollback_.tested_text;
      case Answer::estimate: return rollback_.estimate_text;
      case Answer::data: return rollback_.data_rollback;
    }
    std::unreachable();
  }

  void read_row(const Block& row) {
    if (row.cells.size() != 2) return;
    std::string label = to_lower_ascii(plain(row.cells[0].text));
    while (label.ends_with(':')) label.pop_back();
    if (const auto answer = answer_of(label)) take(*answer, row.cells[1].text, row.cells[1].at);
  }

  void read_text(const Block& block) {
    const auto field = leading_field(block.text, block.at);
    if (field) {
      const auto answer = answer_of(field->label);
      last_ = answer;
      last_level_ = block.level;
      if (answer) take(*answer, field->value, field->at);
    } else if (last_ && block.kind == BlockKind::item && block.level > last_level_) {
      std::string& text = target(*last_);
      text += (text.empty() ? "" : "; ") + plain(block.text);
    }
  }

  void take(Answer answer, std::string_view raw, Position at) {
    if (contains(taken_, answer)) {
      return reader_.complain(at, "the rollback plan says this twice", "keep one");
    }
    taken_.push_back(answer);
    target(answer) = plain(raw);
    if (answer == Answer::estimate) estimate_at_ = at;
  }

  void conclude() {
    rollback_.tested = rollback_claim(rollback_.tested_text);
    rollback_.estimate_ms = upper_duration_ms(rollback_.estimate_text);
    if (rollback_.estimate_ms || rollback_.estimate_text.empty() ||
        holds_placeholder(rollback_.estimate_text)) {
      return;
    }
    reader_.complain(estimate_at_,
                     fmt::format("`{}` is no time that a rollback could be measured against",
                                 printable(rollback_.estimate_text)),
                     "write an upper limit, such as `< 5 minutes`");
  }

  const SectionReader& reader_;
  RollbackSection& rollback_;
  std::vector<Answer> taken_;
  std::optional<Answer> last_;
  int last_level_ = 0;
  Position estimate_at_;
};

}  // namespace

void read_rollout(const SectionReader& reader) {
  bool any = false;
  for (const SectionTable& table : tables_of(reader.section.body)) {
    const StageColumns columns = stage_columns(table);
    if (!columns.name && !columns.share) continue;
    if (!columns.share || !columns.soak) {
      reader.complain(table.at(), "the table of stages lacks a column `Target` or `Duration`",
                      "use the columns Stage, Target, Duration, Health Criteria and Rollback "
                      "Trigger");
    }
    any = true;
    for (const Block* row : table.rows()) read_stage(reader, *row, columns);
  }
  if (!any) {
    reader.complain(
        reader.section.at, "there is no table of stages in this section",
        "use the columns Stage, Target, Duration, Health Criteria and Rollback Trigger");
  }
  complain_about_ongoing(reader);
}

void read_rollback(const SectionReader& reader) {
  reader.contract.rollback.present = true;
  reader.contract.rollback.at = reader.section.at;
  RollbackReader(reader).run();
}

}  // namespace sluice::contract
