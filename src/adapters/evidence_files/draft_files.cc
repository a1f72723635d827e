#include "adapters/evidence_files/draft_files.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/evidence_files/evidence_files.h"
#include "net/system_error.h"
#include "net/write_all.h"

namespace sluice::evidence_files {
namespace {

constexpr std::string_view kPrefix = ".draft-";
constexpr auto kSyncEvery = std::chrono::seconds(1);
constexpr std::size_t kNameMost = 200;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMost && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

// What cannot be synced now is synced when it is sealed.
void sync_file(const std::string& path) {
  const net::Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.is_open()) (void)::fdatasync(file.number());
}

}  // namespace

DraftFiles::DraftFiles(std::string folder)
    : folder_(std::move(folder)), worker_([this] { work(); }) {}

DraftFiles::~DraftFiles() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wanted_.notify_one();
  worker_.join();
}

std::string DraftFiles::path_of(const std::string& name) const {
  return folder_ + "/" + std::string(kPrefix) + name;
}

Result<void> DraftFiles::append(const std::string& name, std::string_view bytes) {
  if (!is_name(name)) return fail(ErrorCode::invalid_input, "a draft cannot have this name");
  const std::string path = path_of(name);
  net::Descriptor& file = open_[name];
  if (!file.is_open()) {
    if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
      return net::system_error("creating", folder_);
    }
    constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    file = net::Descriptor(::open(path.c_str(), kFlags, 0600));
    if (!file.is_open()) return net::system_error("creating", path);
  }
  SLUICE_TRY(net::write_all(file.number(), bytes, path));
  const std::lock_guard lock(mutex_);
  unsynced_.insert(name);
  return {};
}

void DraftFiles::seal(const std::string& name) {
  open_.erase(name);
  {
    const std::lock_guard lock(mutex_);
    unsynced_.erase(name);
    to_seal_.push_back(name);
  }
  wanted_.notify_one();
}

std::vector<SealedDraft> DraftFiles::take_sealed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(sealed_, {});
}

void DraftFiles::forget(const std::string& name) {
  if (is_name(name)) ::unlink(path_of(name).c_str());
}

std::vector<std::string> DraftFiles::left() {
  std::vector<std::string> names;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, trouble)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix)) names.push_back(name.substr(kPrefix.size()));
  }
  std::ranges::sort(names);
  return names;
}

void DraftFiles::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait_for(lock, kSyncEvery, [this] { return ending_ || !to_seal_.empty(); });
    if (ending_) return;
    if (!to_seal_.empty()) {
      const std::string name = to_seal_.front();
      to_seal_.erase(to_seal_.begin());
      lock.unlock();
      Result<Digest> digest = make_evidence(name);
      lock.lock();
      sealed_.push_back({name, std::move(digest)});
      continue;
    }
    const std::set<std::string> names = std::exchange(unsynced_, {});
    lock.unlock();
    for (const std::string& name : names) sync_file(path_of(name));
    lock.lock();
  }
}

Result<Digest> DraftFiles::make_evidence(const std::string& name) const {
  if (!is_name(name)) return fail(ErrorCode::invalid_input, "a draft cannot have this name");
  const std::string path = path_of(name);
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(path, trouble))) {
    return fail(ErrorCode::not_found, path + " is no file");
  }
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && !file.eof()) return fail(ErrorCode::unavailable, "cannot read " + path);
  return EvidenceFiles(folder_).keep(bytes);
}

}  // namespace sluice::evidence_files
