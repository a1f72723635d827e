#include "cli/stored_contract.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/complaints.h"

namespace sluice::cli {
namespace {

constexpr std::int64_t kMebibyte = 1LL << 20U;
constexpr std::int64_t kTellEvery = 256 * kMebibyte;

}  // namespace

Result<std::optional<LoadedContract>> store(const Context& context, const std::string& path) {
  std::int64_t told = 0;
  const auto tell = [&](const std::string& artifact, std::int64_t bytes) {
    if (bytes < told) told = 0;  // the next artifact
    if (bytes - told < kTellEvery) return;
    told = bytes;
    context.out(fmt::format("reading artifact `{}`: {} MiB so far\n", printable(artifact, 60),
                            bytes / kMebibyte));
  };
  LoadedContract loaded = SLUICE_TRY(context.store_contract(path, tell));
  if (print_complaints(context, loaded.complaints)) return std::optional<LoadedContract>{};
  return std::optional<LoadedContract>(std::move(loaded));
}

}  // namespace sluice::cli
