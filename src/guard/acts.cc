#include "guard/acts.h"

#include "base/text.h"
#include "codec/json.h"
#include "guard/durable_file.h"

namespace sluice::guard {
namespace {

constexpr std::size_t kBytesMax = 1U << 20U;
constexpr std::size_t kDetailMax = 4'096;

std::string path_in(const std::string& state_folder) { return state_folder + "/guard-acts.json"; }

Result<GuardReport> act_from(const codec::Json& json, const std::string& path) {
  const codec::Json* generation = json.find("generation");
  const codec::Json* at = json.find("at_ms");
  const codec::Json* detail = json.find("detail");
  if (!generation || !generation->integer() || !at || !at->integer() || !detail ||
      !detail->string()) {
    return fail(ErrorCode::corrupt, path + ": an act lacks generation, at_ms or detail");
  }
  return GuardReport{.generation = static_cast<std::uint64_t>(*generation->integer()),
                     .at = Tick{*at->integer()},
                     .detail = printable(*detail->string(), kDetailMax)};
}

}  // namespace

Result<std::vector<GuardReport>> read_acts(const std::string& state_folder) {
  const std::string path = path_in(state_folder);
  const auto text = read_file(path, kBytesMax);
  if (!text && text.error().code == ErrorCode::not_found) return std::vector<GuardReport>{};
  if (!text) return std::unexpected(text.error());
  const auto json = codec::parse_json(*text, kBytesMax);
  if (!json || !json->array()) return fail(ErrorCode::corrupt, path + ": not a JSON array");
  std::vector<GuardReport> acts;
  for (const codec::Json& each : *json->array()) {
    GuardReport act = SLUICE_TRY(act_from(each, path));
    acts.push_back(std::move(act));
  }
  return acts;
}

Result<void> write_acts(const std::string& state_folder, const std::vector<GuardReport>& acts) {
  codec::Json::Array list;
  for (const GuardReport& act : acts) {
    codec::Json json(codec::Json::Object{});
    json.set("generation", static_cast<std::int64_t>(act.generation));
    json.set("at_ms", act.at.unix_ms);
    json.set("detail", printable(act.detail, kDetailMax));
    list.push_back(std::move(json));
  }
  return replace_file(path_in(state_folder), codec::Json(std::move(list)).dump(),
                      Durability::survives_power);
}

Result<void> forget_acts(const std::string& state_folder) {
  return remove_file(path_in(state_folder));
}

}  // namespace sluice::guard
