#include "evidence/statement.h"

#include "base/text.h"
#include "codec/json.h"
#include "evidence/predicate.h"

namespace sluice::evidence {
namespace {

using codec::Json;

constexpr std::size_t kSubjectsMax = 10'000;

std::unexpected<Error> no_statement(std::string_view what) {
  return fail(ErrorCode::invalid_input, fmt::format("no in-toto Statement: {}", what));
}

Result<void> check_members(const Json::Object& members) {
  constexpr std::array<std::string_view, 4> kKnown{"_type", "subject", "predicateType",
                                                   "predicate"};
  for (const auto& [name, value] : members) {
    if (std::ranges::find(kKnown, name) == kKnown.end()) {
      return no_statement(fmt::format("the member `{}` is not known", printable(name, 60)));
    }
  }
  return {};
}

Result<std::vector<DigestSet>> subjects_of(const Json& statement) {
  const Json* list = statement.find("subject");
  if (list == nullptr || list->array() == nullptr || list->array()->empty()) {
    return no_statement("it has no subject");
  }
  if (list->array()->size() > kSubjectsMax) return no_statement("it has too many subjects");
  std::vector<DigestSet> subjects;
  for (const Json& one : *list->array()) {
    DigestSet digests = SLUICE_TRY(read_digest_set(one));
    if (digests.empty()) return no_statement("a subject has no digest");
    subjects.push_back(std::move(digests));
  }
  return subjects;
}

}  // namespace

Result<Statement> read_statement(std::string_view bytes) {
  const Json json = SLUICE_TRY(codec::parse_json(bytes));
  if (json.object() == nullptr) return no_statement("no JSON object");
  const std::string type = json.string_or("_type", "");
  if (type != "https://in-toto.io/Statement/v1" && type != "https://in-toto.io/Statement/v0.1") {
    return no_statement(fmt::format("`_type` is `{}`", printable(type, 80)));
  }
  SLUICE_TRY(check_members(*json.object()));
  Statement statement;
  statement.subjects = SLUICE_TRY(subjects_of(json));
  statement.predicate_type = json.string_or("predicateType", "");
  if (statement.predicate_type.empty()) return no_statement("`predicateType` is missing");
  const Json* said = json.find("predicate");
  DatedPredicate read =
      SLUICE_TRY(read_predicate(statement.predicate_type, said == nullptr ? Json() : *said));
  statement.predicate = std::move(read.predicate);
  statement.made_at = read.made_at;
  return statement;
}

}  // namespace sluice::evidence
