#include "codec/statement.h"

#include "base/text.h"
#include "codec/archive.h"
#include "codec/evidence_fields.h"

namespace sluice::codec {

std::string statement_of(const Approval& approval, Tick at) {
  return Json(Json::Object{{"statement", "approval"},
                           {"at", to_text(at)},
                           {"at_unix_ms", at.unix_ms},
                           {"approval", JsonWriter::object_of(approval)}})
             .dump() +
         "\n";
}

std::string statement_of(const Exception& exception, Tick at, Tick until) {
  return Json(Json::Object{{"statement", "exception"},
                           {"at", to_text(at)},
                           {"at_unix_ms", at.unix_ms},
                           {"until_unix_ms", until.unix_ms},
                           {"exception", JsonWriter::object_of(exception)}})
             .dump() +
         "\n";
}

std::string statement_of(const FlagAnswers& answers, Tick at) {
  Json::Array flags;
  for (const FlagFinding& flag : answers.flags) {
    flags.emplace_back(
        Json::Object{{"name", flag.name}, {"standing", to_text(flag.standing)}, {"why", flag.why}});
  }
  return Json(Json::Object{{"statement", "flags"},
                           {"at", to_text(at)},
                           {"at_unix_ms", at.unix_ms},
                           {"source", answers.source},
                           {"flags", std::move(flags)}})
             .dump() +
         "\n";
}

}  // namespace sluice::codec
