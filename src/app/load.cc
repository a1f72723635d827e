#include "app/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/process/artifact_store.h"
#include "adapters/process/digested_file.h"
#include "base/text.h"
#include "contract/markdown_contract.h"
#include "contract/policy_yaml.h"
#include "net/descriptor.h"

namespace sluice::app {
namespace {

constexpr std::size_t kDocumentBytesMax = std::size_t{2} << 20;

std::string relative_to(const std::string& folder, const std::string& path) {
  return path.starts_with(folder + "/") ? path.substr(folder.size() + 1) : path;
}

void make_absolute(const std::string& folder, std::string& path) {
  if (!path.empty()) path = below(folder, path);
}

using DigestOf = std::function<Result<Artifact>(const std::string& path, const std::string& name)>;

Result<Artifact> digest_only(const std::string& path, const std::string& name) {
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

void add_artifact(cli::LoadedContract& loaded, const ContractArtifact& artifact,
                  const std::string& folder, const DigestOf& digest_of) {
  const auto complain = [&](std::string wrong, std::string right) {
    loaded.complaints.push_back(
        {loaded.contract.file, artifact.at, std::move(wrong), std::move(right)});
  };
  const std::string name = "artifact `" + printable(artifact.name) + "`";
  Result<Artifact> digested = digest_of(below(folder, artifact.location), artifact.name);
  if (!digested) {
    complain(name + ": " + digested.error().message, "name a file that exists and can be read");
    return;
  }
  if (const std::string problem = pin_problem(artifact, digested->digest); !problem.empty()) {
    complain(name + ": the digest `" + printable(artifact.digest_text) + "` " + problem,
             "build the release once and name the digest of that build");
  }
  digested->location = artifact.location;
  loaded.release.artifacts.push_back(*std::move(digested));
}

Result<cli::LoadedContract> load(const std::string& folder, const std::string& path,
                                 const DigestOf& digest_of) {
  const std::string absolute = below(folder, path);
  const std::string bytes = SLUICE_TRY(read_file(absolute, kDocumentBytesMax));
  cli::LoadedContract loaded;
  loaded.contract = contract::parse_contract(bytes, relative_to(folder, absolute));
  for (const ContractArtifact& artifact : loaded.contract.artifacts) {
    add_artifact(loaded, artifact, folder, digest_of);
  }
  loaded.release.id = loaded.contract.release_id;
  loaded.release.title = loaded.contract.title;
  loaded.release.digest = release_digest(loaded.release.artifacts);
  return loaded;
}

Result<Artifact> ordered_artifact(const std::string& folder, const api::DeliverOrder& order,
                                  const std::string& name) {
  const auto found = std::ranges::find(order.artifacts, name, &Artifact::name);
  if (found != order.artifacts.end()) {
    return process::stored_artifact(folder + "/.sluice/artifacts", name, found->digest);
  }
  return fail(ErrorCode::not_found, "the request does not say which bytes it is");
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
  std::string bytes(bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(file.number(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return fail(ErrorCode::rejected,
                  "cannot read " + printable(path) + ": " + std::strerror(errno));
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > bytes_max) return fail(ErrorCode::rejected, printable(path) + " is too large");
  bytes.resize(size);
  return bytes;
}

std::string below(const std::string& folder, const std::string& path) {
  return path.starts_with('/') ? path : folder + "/" + path;
}

Result<cli::LoadedPolicy> load_policy(const std::string& folder) {
  const std::string path = folder + "/sluice.yaml";
  const std::string bytes = SLUICE_TRY(read_file(path, kDocumentBytesMax));
  contract::PolicyReading reading = contract::parse_policy(bytes, "sluice.yaml");
  Policy& policy = reading.policy;
  policy.file = path;
  make_absolute(folder, policy.change_log);
  make_absolute(folder, policy.webhook.token_file);
  for (EnvironmentSpec& environment : policy.environments) {
    make_absolute(folder, environment.haproxy.socket);
    make_absolute(folder, environment.haproxy.map);
  }
  return cli::LoadedPolicy{std::move(policy), std::move(reading.complaints)};
}

Result<cli::LoadedContract> load_contract(const std::string& folder, const std::string& path) {
  return load(folder, path, digest_only);
}

Result<cli::LoadedContract> store_contract(const std::string& folder, const std::string& path,
                                           const cli::ReadSoFar& read_so_far) {
  const std::string store = folder + "/.sluice/artifacts";
  return load(folder, path, [&](const std::string& source, const std::string& name) {
    return process::store_artifact(store, source, name,
                                   [&](std::int64_t bytes) { read_so_far(name, bytes); });
  });
}

Result<cli::LoadedContract> load_for_delivery(const std::string& folder,
                                              const api::DeliverOrder& order) {
  const DigestOf as_ordered = [&](const std::string&, const std::string& name) {
    return ordered_artifact(folder, order, name);
  };
  cli::LoadedContract loaded = SLUICE_TRY(load(folder, order.contract, as_ordered));
  if (loaded.contract.revision_digest != order.revision) {
    return fail(ErrorCode::conflict, printable(order.contract) +
                                         " was changed while its artifacts were read; try again");
  }
  if (loaded.complaints.empty()) return loaded;
  return fail(ErrorCode::invalid_input, to_text(loaded.complaints.front()));
}

}  // namespace sluice::app
