#include "app/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <set>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/git/change_history.h"
#include "adapters/process/artifact_store.h"
#include "adapters/process/digested_file.h"
#include "app/evidence_intake.h"
#include "base/text.h"
#include "contract/markdown_contract.h"
#include "contract/policy_yaml.h"
#include "net/descriptor.h"
#include "net/read_all.h"

namespace sluice::app {
namespace {

constexpr std::size_t kDocumentBytesMax = std::size_t{2} << 20;

std::string relative_to(const std::string& folder, const std::string& path) {
  return path.starts_with(folder + "/") ? path.substr(folder.size() + 1) : path;
}

void make_absolute(const std::string& folder, std::string& path) {
  if (!path.empty()) path = below(folder, path);
}

// What it is once symbolic links are followed: of what does not exist yet, its folder. Empty: that
// neither exists.
std::string real_path(const std::string& path) {
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(path, failed);
  return failed || path.empty() ? std::string() : whole.string();
}

// One of the lists of files in a release.
using Files = std::vector<Artifact> Release::*;
using DigestOf =
    std::function<Result<Artifact>(Files list, const std::string& path, const std::string& name)>;

Result<Artifact> digest_only(Files, const std::string& path, const std::string& name) {
  process::DigestedFile file =
      SLUICE_TRY(process::DigestedFile::open(path, process::kArtifactBytesMax));
  for (;;) {
    const std::string_view part = SLUICE_TRY(file.next());
    if (part.empty()) break;
  }
  return Artifact{name, path, file.digest()};
}

// The digest that a contract pins must be that of the file.
std::string pin_problem(const ContractArtifact& artifact, const Digest& found) {
  if (artifact.digest_text.empty()) return {};
  const auto pinned = parse_digest(artifact.digest_text);
  if (!pinned) return "is no SHA-256 digest";
  return *pinned == found ? "" : "is not that of the file, sha256:" + found.hex;
}

void add_file(cli::LoadedContract& loaded, Files list, const ContractArtifact& artifact,
              const std::string& folder, const DigestOf& digest_of) {
  const auto complain = [&](std::string wrong, std::string right) {
    loaded.complaints.push_back(
        {loaded.contract.file, artifact.at, std::move(wrong), std::move(right)});
  };
  const std::string name = "file `" + printable(artifact.name) + "`";
  Result<Artifact> digested = digest_of(list, below(folder, artifact.location), artifact.name);
  if (!digested) {
    complain(name + ": " + digested.error().message, "name a file that exists and can be read");
    return;
  }
  if (const std::string problem = pin_problem(artifact, digested->digest); !problem.empty()) {
    complain(name + ": the digest `" + printable(artifact.digest_text) + "` " + problem,
             "build the release once and name the digest of that build");
  }
  digested->location = artifact.location;
  (loaded.release.*list).push_back(*std::move(digested));
}

// What somebody copied and did not number anew. Of more files than that the first ones are looked
// at; one that cannot be read is no contract of anybody.
std::vector<std::string> contracts_with_id(const std::string& folder, const std::string& path,
                                           const std::string& id) {
  constexpr int kFilesMax = 2'000;
  std::vector<std::string> found;
  if (id.empty()) return found;
  std::error_code failed;
  int looked_at = 0;
  const std::filesystem::path own(path);
  for (std::filesystem::directory_iterator at(own.parent_path(), failed), end;
       !failed && at != end && looked_at < kFilesMax; at.increment(failed), ++looked_at) {
    const std::filesystem::path& other = at->path();
    std::error_code ignored;
    if (other.extension() != ".md" || std::filesystem::equivalent(other, own, ignored)) continue;
    const auto bytes = read_file(other, kDocumentBytesMax);
    if (!bytes || !bytes->contains(id)) continue;
    const std::string name = relative_to(folder, other);
    const Contract contract = contract::parse_contract(*bytes, name);
    if (contract.is_contract && contract.release_id == id) found.push_back(name);
  }
  std::ranges::sort(found);
  return found;
}

// Every flag that the contract names, in its section or beside a change.
std::vector<std::string> flags_of(const Contract& contract) {
  std::set<std::string> names;
  for (const NamedItem& flag : contract.flags) names.insert(flag.name);
  for (const Change& change : contract.changes) {
    if (!change.flag.empty()) names.insert(change.flag);
  }
  return {names.begin(), names.end()};
}

Result<cli::LoadedContract> load(const std::string& folder, const std::string& path,
                                 const DigestOf& digest_of) {
  const std::string absolute = below(folder, path);
  const std::string bytes = SLUICE_TRY(read_file(absolute, kDocumentBytesMax));
  cli::LoadedContract loaded;
  loaded.contract = contract::parse_contract(bytes, relative_to(folder, absolute));
  for (const std::string& other : contracts_with_id(folder, absolute, loaded.contract.release_id)) {
    loaded.contract.complaints.push_back(
        {loaded.contract.file, loaded.contract.release_id_at,
         fmt::format("the id `{}` is that of `{}`, too", printable(loaded.contract.release_id, 60),
                     printable(other)),
         "give each release an id of its own"});
  }
  Release& release = loaded.release;
  for (const ContractArtifact& artifact : loaded.contract.artifacts) {
    add_file(loaded, &Release::artifacts, artifact, folder, digest_of);
  }
  for (const ContractArtifact& file : loaded.contract.configuration) {
    add_file(loaded, &Release::configuration, file, folder, digest_of);
  }
  for (const NamedItem& migration : loaded.contract.migrations) {
    add_file(
        loaded, &Release::migrations,
        {.name = migration.name, .location = migration.name, .digest_text = {}, .at = migration.at},
        folder, digest_of);
  }
  loaded.contract.history = git::read_history(folder, loaded.contract);
  release.flags = flags_of(loaded.contract);
  release.id = loaded.contract.release_id;
  release.title = loaded.contract.title;
  release.digest = release_digest(release);
  return loaded;
}

Result<Artifact> file_as_read(const std::vector<Artifact>& files, const std::string& name) {
  const auto found = std::ranges::find(files, name, &Artifact::name);
  if (found != files.end()) return *found;
  return fail(ErrorCode::not_found, "the request does not say which bytes it is");
}

// A usable contract, and still the one that was read.
Result<cli::LoadedContract> load_unchanged(const std::string& folder, const api::ReadContract& read,
                                           const DigestOf& digest_of) {
  cli::LoadedContract loaded = SLUICE_TRY(load(folder, read.path, digest_of));
  if (loaded.contract.revision_digest != read.revision) {
    return fail(ErrorCode::conflict,
                printable(read.path) + " was changed while its artifacts were read; try again");
  }
  if (loaded.complaints.empty()) return loaded;
  return fail(ErrorCode::invalid_input, to_text(loaded.complaints.front()));
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const net::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (file.number() < 0 || fstat(file.number(), &status) != 0) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::rejected;
    return fail(code, "cannot read " + printable(path) + ": " + std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::rejected, printable(path) + " is no file");
  std::optional<std::string> bytes = net::read_all(file.number(), bytes_max);
  if (!bytes) {
    return fail(ErrorCode::rejected,
                "cannot read " + printable(path) + ": " + std::strerror(errno));
  }
  if (bytes->size() > bytes_max) {
    return fail(ErrorCode::rejected,
                printable(path) + " is larger than " + std::to_string(bytes_max >> 20U) + " MiB");
  }
  return *std::move(bytes);
}

std::string below(const std::string& folder, const std::string& path) {
  return path.starts_with('/') ? path : folder + "/" + path;
}

Result<cli::LoadedPolicy> load_policy(const std::string& folder) {
  const std::string path = folder + "/sluice.yaml";
  Result<std::string> read = read_file(path, kDocumentBytesMax);
  if (!read && read.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found, "there is no sluice.yaml in " + printable(folder) +
                                          "; `sluice init` writes one, `--folder DIR` names "
                                          "another folder");
  }
  const std::string bytes = SLUICE_TRY(std::move(read));
  contract::PolicyReading reading = contract::parse_policy(bytes, "sluice.yaml");
  Policy& policy = reading.policy;
  policy.file = path;
  make_absolute(folder, policy.change_log);
  make_absolute(folder, policy.webhook.token_file);
  make_absolute(folder, policy.people_socket);
  make_absolute(folder, policy.flags.token_file);
  if (policy.flags.protocol == FlagProtocol::flagd) make_absolute(folder, policy.flags.where);
  for (EnvironmentSpec& environment : policy.environments) {
    make_absolute(folder, environment.haproxy.socket);
    make_absolute(folder, environment.haproxy.map);
    if (environment.prometheus) make_absolute(folder, environment.prometheus->token_file);
    for (const std::string& file : {environment.haproxy.socket, environment.haproxy.map}) {
      if (std::string real = real_path(file); !real.empty()) environment.real_paths[file] = real;
    }
  }
  cli::LoadedPolicy loaded{std::move(policy), std::move(reading.complaints)};
  load_keys(folder, loaded);
  return loaded;
}

Result<cli::LoadedContract> load_contract(const std::string& folder, const std::string& path) {
  return load(folder, path, digest_only);
}

Result<cli::LoadedContract> store_contract(const std::string& folder, const std::string& path,
                                           const cli::ReadSoFar& read_so_far) {
  const std::string store = folder + "/.sluice/artifacts";
  return load(folder, path, [&](Files, const std::string& source, const std::string& name) {
    return process::store_artifact(store, source, name,
                                   [&](std::int64_t bytes) { read_so_far(name, bytes); });
  });
}

Result<cli::LoadedContract> load_for_delivery(const std::string& folder,
                                              const api::ReadContract& read) {
  const std::string store = folder + "/.sluice/artifacts";
  const DigestOf stored = [&](Files list, const std::string&,
                              const std::string& name) -> Result<Artifact> {
    const Artifact file = SLUICE_TRY(file_as_read(read.files.*list, name));
    return process::stored_artifact(store, name, file.digest);
  };
  return load_unchanged(folder, read, stored);
}

Result<cli::LoadedContract> load_for_decision(const std::string& folder,
                                              const api::ReadContract& read) {
  return load_unchanged(folder, read, [&](Files list, const std::string&, const std::string& name) {
    return file_as_read(read.files.*list, name);
  });
}

}  // namespace sluice::app
