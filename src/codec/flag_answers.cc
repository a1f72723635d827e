#include "codec/flag_answers.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "codec/json.h"

namespace sluice::codec {
namespace {

std::string shown(std::string_view foreign) {
  std::string text = printable(foreign, 80);
  std::ranges::replace(text, '`', '\'');
  return "`" + text + "`";
}

FlagFinding found(const std::string& name, FlagStanding standing, std::string why) {
  return {name, standing, std::move(why)};
}

// What a value of another kind is called.
std::string_view kind_of(const Json& value) {
  if (value.boolean() != nullptr) return "yes or no";
  if (value.string() != nullptr) return "a text";
  if (value.integer() != nullptr || value.real() != nullptr) return "a number";
  if (value.object() != nullptr) return "an object";
  if (value.array() != nullptr) return "a list";
  return "nothing";
}

// Why an answer about one user tells nothing about others (OpenFeature's specification, types.md).
std::string what_reason_leaves_open(std::string_view reason) {
  if (reason.empty()) return "without a reason, so that others may get another value by rules";
  if (reason == "DEFAULT") {
    return "by default (DEFAULT): either there are no rules, or this user meets none of them";
  }
  if (reason == "CACHED" || reason == "STALE") {
    return fmt::format("from an earlier answer ({}), and not by which rule", reason);
  }
  if (reason == "UNKNOWN" || reason == "ERROR") {
    return fmt::format("and the service does not know why ({})", reason);
  }
  return fmt::format("with the reason {}, which does not exclude rules for others", shown(reason));
}

FlagFinding ofrep_value(const std::string& name, const Json& answer) {
  const std::string reason = answer.string_or("reason", "");
  const Json* value = answer.find("value");
  if (value == nullptr || value->is_null()) {
    return found(
        name, FlagStanding::unknown,
        fmt::format("the service gives no value{}, so that each program takes its own default",
                    reason == "DISABLED" ? " because it is disabled" : ""));
  }
  if (value->boolean() == nullptr) {
    return found(name, FlagStanding::wrong_type,
                 fmt::format("its value is {}, not yes or no", kind_of(*value)));
  }
  const std::string_view word = *value->boolean() ? "on" : "off";
  if (reason == "TARGETING_MATCH" || reason == "SPLIT") {
    return found(name, FlagStanding::varies,
                 fmt::format("{} for this user by a rule ({})", word, reason));
  }
  if (*value->boolean()) return found(name, FlagStanding::on, "on");
  if (reason == "STATIC") return found(name, FlagStanding::off, "off, without rules (STATIC)");
  if (reason == "DISABLED") return found(name, FlagStanding::off, "off, disabled (DISABLED)");
  return found(name, FlagStanding::unknown,
               fmt::format("off for this user {}", what_reason_leaves_open(reason)));
}

FlagFinding ofrep_refusal(const std::string& name, int status, const Json* answer) {
  const std::string code = answer == nullptr ? "" : answer->string_or("errorCode", "");
  if (status == 404 && code == "FLAG_NOT_FOUND") {
    return found(name, FlagStanding::missing, "the service has no such flag");
  }
  if (status == 401 || status == 403) {
    return found(name, FlagStanding::unknown,
                 fmt::format("the service does not let us ask (HTTP {})", status));
  }
  return found(name, FlagStanding::unknown,
               fmt::format("the service answered HTTP {}{}{}", status, code.empty() ? "" : ": ",
                           code.empty() ? "" : shown(code)));
}

// --- flagd

bool has_rules(const Json& flag) {
  const Json* targeting = flag.find("targeting");
  if (targeting == nullptr || targeting->is_null()) return false;
  return targeting->object() == nullptr || !targeting->object()->empty();
}

// All variants are booleans; an absent list is flagd's own true and false.
bool is_yes_or_no(const Json* variants) {
  if (variants == nullptr) return true;
  if (variants->object() == nullptr || variants->object()->empty()) return false;
  return std::ranges::all_of(*variants->object(),
                             [](const auto& one) { return one.second.boolean() != nullptr; });
}

FlagFinding flagd_default(const std::string& name, const Json& flag) {
  const std::string chosen = flag.string_or("defaultVariant", "");
  if (chosen.empty()) {
    return found(name, FlagStanding::unknown,
                 "it has no default variant, so that each program decides by itself");
  }
  const Json* variants = flag.find("variants");
  const Json* value = variants == nullptr ? nullptr : variants->find(chosen);
  const bool known = variants == nullptr ? chosen == "true" || chosen == "false" : value != nullptr;
  if (!known) {
    return found(name, FlagStanding::unknown,
                 fmt::format("its default variant {} is none of its variants", shown(chosen)));
  }
  const bool on = value == nullptr ? chosen == "true" : *value->boolean();
  return found(name, on ? FlagStanding::on : FlagStanding::off, on ? "on" : "off, without rules");
}

FlagFinding flagd_flag(const std::string& name, const Json& flag) {
  if (flag.object() == nullptr) {
    return found(name, FlagStanding::unknown, "its definition is no object");
  }
  const std::string state = flag.string_or("state", "");
  if (state == "DISABLED") {
    return found(name, FlagStanding::unknown,
                 "it is DISABLED, which is to flagd as if it were not there: each program decides "
                 "by itself");
  }
  if (state != "ENABLED") {
    return found(name, FlagStanding::unknown,
                 fmt::format("its state is {}, neither ENABLED nor DISABLED", shown(state)));
  }
  if (!is_yes_or_no(flag.find("variants"))) {
    return found(name, FlagStanding::wrong_type, "its variants are not all true or false");
  }
  if (has_rules(flag)) {
    return found(name, FlagStanding::varies, "it has targeting rules, so that users differ");
  }
  return flagd_default(name, flag);
}

// --- Unleash

// Nobody gets through: a rollout of 0 %.
bool lets_nobody_in(const Json& strategy) {
  if (strategy.string_or("name", "") != "flexibleRollout") return false;
  const Json* parameters = strategy.find("parameters");
  return parameters != nullptr && parameters->string_or("rollout", "") == "0";
}

// Everybody gets through: no condition, or 100 %.
bool lets_everybody_in(const Json& strategy) {
  for (const std::string_view condition : {"constraints", "segments"}) {
    const Json* list = strategy.find(condition);
    if (list != nullptr && (list->array() == nullptr || !list->array()->empty())) return false;
  }
  if (strategy.string_or("name", "") == "default") return true;
  const Json* parameters = strategy.find("parameters");
  return strategy.string_or("name", "") == "flexibleRollout" && parameters != nullptr &&
         parameters->string_or("rollout", "") == "100";
}

FlagFinding unleash_flag(const std::string& name, const Json& feature) {
  const Json* enabled = feature.find("enabled");
  if (enabled == nullptr || enabled->boolean() == nullptr) {
    return found(name, FlagStanding::unknown, "the answer does not say whether it is enabled");
  }
  if (!*enabled->boolean()) return found(name, FlagStanding::off, "off in this environment");
  const Json* strategies = feature.find("strategies");
  if (strategies == nullptr || strategies->array() == nullptr) {
    return found(name, FlagStanding::unknown, "it is enabled, and its strategies cannot be read");
  }
  const Json::Array& all = *strategies->array();
  if (all.empty() || std::ranges::any_of(all, lets_everybody_in)) {
    return found(name, FlagStanding::on, "on for everybody");
  }
  if (std::ranges::all_of(all, lets_nobody_in)) {
    return found(name, FlagStanding::off, "enabled at 0 %");
  }
  return found(name, FlagStanding::varies, "enabled for some users");
}

}  // namespace

std::string ofrep_request(const std::vector<std::pair<std::string, std::string>>& context) {
  Json::Object members;
  bool keyed = false;
  for (const auto& [key, value] : context) {
    keyed = keyed || key == "targetingKey";
    members.emplace_back(key, value);
  }
  if (!keyed) members.emplace_back("targetingKey", "sluice");
  return Json(Json::Object{{"context", std::move(members)}}).dump();
}

FlagFinding read_ofrep(const std::string& name, int status, std::string_view body) {
  const Result<Json> answer = parse_json(body, kFlagBytesMax);
  const bool is_object = answer && answer->object() != nullptr;
  if (status != 200) return ofrep_refusal(name, status, is_object ? &*answer : nullptr);
  if (!is_object) {
    return found(name, FlagStanding::unknown, "the answer is no JSON object, as OFREP's are");
  }
  const Json* key = answer->find("key");
  if (key == nullptr || key->string() == nullptr || *key->string() != name) {
    return found(name, FlagStanding::unknown, "the answer is not about this flag");
  }
  if (answer->find("errorCode") != nullptr) return ofrep_refusal(name, status, &*answer);
  return ofrep_value(name, *answer);
}

Result<std::vector<FlagFinding>> read_flagd(std::string_view bytes,
                                            const std::vector<std::string>& names) {
  const Json file = SLUICE_TRY(parse_json(bytes, kFlagBytesMax));
  const Json* flags = file.find("flags");
  if (flags == nullptr || flags->object() == nullptr) {
    return fail(ErrorCode::invalid_input, "it has no object `flags`, as flagd's files have");
  }
  if (flags->object()->empty()) {
    return fail(ErrorCode::invalid_input, "it defines no flag at all");
  }
  std::vector<FlagFinding> findings;
  for (const std::string& name : names) {
    const Json* flag = flags->find(name);
    findings.push_back(flag == nullptr
                           ? found(name, FlagStanding::missing, "the file has no such flag")
                           : flagd_flag(name, *flag));
  }
  return findings;
}

Result<std::vector<FlagFinding>> read_unleash(std::string_view body,
                                              const std::vector<std::string>& names,
                                              std::string_view environment) {
  const Json answer = SLUICE_TRY(parse_json(body, kFlagBytesMax));
  const Json* features = answer.find("features");
  if (features == nullptr || features->array() == nullptr) {
    return fail(ErrorCode::invalid_input, "it has no list `features`, as Unleash's answers have");
  }
  if (features->array()->empty()) return fail(ErrorCode::invalid_input, "it lists no flag at all");
  const Json* query = answer.find("query");
  const std::string about = query == nullptr ? "" : query->string_or("environment", "");
  if (!environment.empty() && about != environment) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("it is about the environment {}, not {}",
                    about.empty() ? "that is not named" : shown(about), shown(environment)));
  }
  std::vector<FlagFinding> findings;
  for (const std::string& name : names) {
    const auto is_it = [&](const Json& one) { return one.string_or("name", "") == name; };
    const auto matching = std::ranges::count_if(*features->array(), is_it);
    if (matching == 0) {
      findings.push_back(found(name, FlagStanding::missing, "the service has no such flag"));
    } else if (matching > 1) {
      findings.push_back(found(name, FlagStanding::unknown, "the answer lists it twice"));
    } else {
      findings.push_back(unleash_flag(name, *std::ranges::find_if(*features->array(), is_it)));
    }
  }
  return findings;
}

}  // namespace sluice::codec
