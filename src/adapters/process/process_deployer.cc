#include "adapters/process/process_deployer.h"

#include <fmt/format.h>

#include "adapters/process/artifact_store.h"
#include "adapters/process/digested_file.h"
#include "adapters/process/guard_call.h"
#include "adapters/process/placeholders.h"
#include "base/text.h"
#include "codec/json.h"

namespace sluice::process {
namespace {

using codec::Json;
using Values = std::map<std::string, std::string>;

// What one call of start() reads at most: a few hundredths of a second, in which the engine looks
// at nothing else.
constexpr std::size_t kPartsPerCall = 16;

Values values_of(const EnvironmentSpec& environment, Slot slot, const Release& release,
                 const std::string& artifacts_folder) {
  Values values{{"slot", std::string(to_text(slot))},
                {"environment", environment.name.text},
                {"release", release.id}};
  for (const Artifact& artifact : release.artifacts) {
    values["artifact." + artifact.name] = artifact_path(artifacts_folder, artifact.digest);
  }
  for (const Artifact& file : release.configuration) {
    values["configuration." + file.name] = artifact_path(artifacts_folder, file.digest);
  }
  return values;
}

Result<Json> instance_json(const ProcessSpec& process, const Values& values, int port) {
  Json::Array argv;
  for (const std::string& word : process.command) {
    std::string filled = SLUICE_TRY(fill_in(word, values));
    argv.emplace_back(std::move(filled));
  }
  Json variables(Json::Object{});
  for (const auto& [name, value] : process.variables) {
    std::string filled = SLUICE_TRY(fill_in(value, values));
    variables.set(name, std::move(filled));
  }
  Json json(Json::Object{});
  json.set("argv", std::move(argv));
  json.set("variables", std::move(variables));
  json.set("port", port);
  return json;
}

SlotState slot_state_from(const Json& json) {
  SlotState state;
  state.release.hex = json.string_or("release", "");
  state.wanted = static_cast<int>(json.integer_or("wanted", 0));
  state.running = static_cast<int>(json.integer_or("running", 0));
  state.ready = static_cast<int>(json.integer_or("ready", 0));
  state.restarts = static_cast<std::uint64_t>(json.integer_or("restarts", 0));
  state.gave_up = json.boolean_or("gave_up", false);
  state.detail = printable(json.string_or("detail", ""), 400);
  return state;
}

}  // namespace

// What is known of stored artifacts: read once, good for as long as the file is the same.
class ProcessDeployer::Checked {
 public:
  // All files that a command may name; migrations are run by nobody's command. `preparing` while
  // there is more to read than one call may.
  Result<Asked> check(const std::string& folder, const Release& release) {
    std::size_t parts = kPartsPerCall;
    for (const auto* files : {&release.artifacts, &release.configuration}) {
      for (const Artifact& file : *files) {
        const Asked checked = SLUICE_TRY(check(folder, file, parts));
        if (checked == Asked::preparing) return checked;
      }
    }
    return Asked::accepted;
  }

 private:
  Result<Asked> check(const std::string& folder, const Artifact& artifact, std::size_t& parts) {
    const std::string path = artifact_path(folder, artifact.digest);
    const FileIdentity identity = SLUICE_TRY(identify_file(path));
    const auto known = good_.find(artifact.digest);
    if (known != good_.end() && known->second == identity) return Asked::accepted;
    if (!reading_ || reading_->identity() != identity) {
      reading_ = SLUICE_TRY(DigestedFile::open(path, kArtifactBytesMax));
    }
    for (; parts > 0; --parts) {
      const std::string_view part = SLUICE_TRY(reading_->next());
      if (part.empty()) return conclude(artifact, path);
    }
    return Asked::preparing;
  }

  Result<Asked> conclude(const Artifact& artifact, const std::string& path) {
    const Digest found = reading_->digest();
    const FileIdentity identity = reading_->identity();
    reading_.reset();
    if (found == artifact.digest) {
      good_[artifact.digest] = identity;
      return Asked::accepted;
    }
    return fail(ErrorCode::corrupt, fmt::format("artifact `{}`: its stored bytes were changed: {}",
                                                printable(artifact.name, 60), path));
  }

  std::map<Digest, FileIdentity> good_;
  std::optional<DigestedFile> reading_;
};

ProcessDeployer::ProcessDeployer(std::string guard_socket, EnvironmentSpec environment,
                                 ServiceName service, std::string artifacts_folder)
    : socket_(std::move(guard_socket)),
      environment_(std::move(environment)),
      service_(std::move(service)),
      artifacts_folder_(std::move(artifacts_folder)),
      checked_(std::make_unique<Checked>()) {}

ProcessDeployer::~ProcessDeployer() = default;

Result<Asked> ProcessDeployer::start(Slot slot, const Release& release, std::uint64_t generation) {
  const auto checked = checked_->check(artifacts_folder_, release);
  if (!checked) return std::unexpected(checked.error().in(words(slot)));
  if (*checked == Asked::preparing) return Asked::preparing;
  const auto body = request(slot, release, generation);
  if (!body) return std::unexpected(body.error().in(words(slot)));
  const auto answer =
      ask_guard({.socket = socket_, .method = "PUT", .target = target(slot), .body = *body});
  if (!answer) return std::unexpected(answer.error().in(words(slot)));
  return Asked::accepted;
}

Result<void> ProcessDeployer::stop(Slot slot, std::uint64_t generation) {
  const auto answer =
      ask_guard({.socket = socket_,
                 .method = "DELETE",
                 .target = fmt::format("{}?generation={}", target(slot), generation),
                 .body = ""});
  if (!answer) return std::unexpected(answer.error().in(words(slot)));
  return {};
}

Result<SlotState> ProcessDeployer::observe(Slot slot) {
  const auto answer =
      ask_guard({.socket = socket_, .method = "GET", .target = target(slot), .body = ""});
  if (!answer) return std::unexpected(answer.error().in(words(slot)));
  return slot_state_from(*answer);
}

Result<std::string> ProcessDeployer::request(Slot slot, const Release& release,
                                             std::uint64_t generation) const {
  const ProcessSpec& process = environment_.process;
  Values values = values_of(environment_, slot, release, artifacts_folder_);
  Json::Array instances;
  for (const int port : slot == Slot::a ? process.ports_a : process.ports_b) {
    values["port"] = std::to_string(port);
    values["instance"] = std::to_string(instances.size() + 1);
    Json instance = SLUICE_TRY(instance_json(process, values, port));
    instances.push_back(std::move(instance));
  }
  Json json(Json::Object{});
  json.set("release", release.digest.hex);
  json.set("generation", static_cast<std::int64_t>(generation));
  json.set("instances", std::move(instances));
  json.set("ready_path", process.ready_path);
  json.set("stop_grace_ms", process.stop_grace_ms);
  return json.dump();
}

std::string ProcessDeployer::target(Slot slot) const {
  return fmt::format("/v1/slots/{}/{}", environment_.name.text, to_text(slot));
}

std::string ProcessDeployer::words(Slot slot) const {
  return fmt::format("{} in {} slot {}", service_.text, environment_.name.text, to_text(slot));
}

}  // namespace sluice::process
