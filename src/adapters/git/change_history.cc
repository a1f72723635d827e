#include "adapters/git/change_history.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <git2.h>

#include "base/result.h"
#include "base/text.h"

// Stands before the function of that name in Mbed TLS, with which Debian builds libgit2: when the
// library starts, it parses every certificate authority of the machine, two thirds of what a whole
// `sluice check` costs. Here nothing but local repositories is read, so there is nobody to trust,
// and "the file cannot be read" is an answer that libgit2 starts with. It would have to go if a
// repository were ever fetched: every connection with TLS would be refused.
extern "C" int mbedtls_x509_crt_parse_file(void*, const char*);
extern "C" int mbedtls_x509_crt_parse_file(void* /*chain*/, const char* /*path*/) {
  constexpr int kFileIoError = -0x2900;
  return kFileIoError;
}

namespace sluice::git {
namespace {

constexpr std::size_t kCommitsMax = 2'000;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kMessageBytesMax = 16U << 10U;

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* thing) const { Free(thing); }
};
using Repository = std::unique_ptr<git_repository, Freed<git_repository, git_repository_free>>;
using Object = std::unique_ptr<git_object, Freed<git_object, git_object_free>>;
using Walk = std::unique_ptr<git_revwalk, Freed<git_revwalk, git_revwalk_free>>;
using CommitObject = std::unique_ptr<git_commit, Freed<git_commit, git_commit_free>>;

// For as long as anything of libgit2 is used.
struct Library {
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

std::string last_words() {
  const git_error* error = git_error_last();
  return error == nullptr || error->message == nullptr ? "no reason is given"
                                                       : printable(error->message);
}

std::string shown(std::string_view name) {
  std::string text = printable(name, 80);
  std::ranges::replace(text, '`', '\'');
  return "`" + text + "`";
}

// No searches by text and no walks through the history of references: a name costs what it says.
bool is_plain_name(std::string_view name) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-+~^";
  return !name.empty() && name.size() <= kNameBytesMax && !name.contains("..") &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

// The commit of that name, through tags. `not_found` where there is none.
Result<git_oid> commit_named(git_repository* repository, std::string_view name) {
  if (!is_plain_name(name)) {
    return fail(ErrorCode::invalid_input, shown(name) + " is no name of a commit");
  }
  git_object* found = nullptr;
  if (git_revparse_single(&found, repository, std::string(name).c_str()) != 0) {
    return fail(ErrorCode::not_found, shown(name) + " is not in the repository");
  }
  const Object object(found);
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, object.get(), GIT_OBJECT_COMMIT) != 0) {
    return fail(ErrorCode::not_found, shown(name) + " is no commit");
  }
  const Object commit(peeled);
  return *git_object_id(commit.get());
}

std::string text_of(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id);
  return text;
}

Result<Commit> read_commit(git_repository* repository, const git_oid& id) {
  git_commit* found = nullptr;
  if (git_commit_lookup(&found, repository, &id) != 0) {
    return fail(ErrorCode::corrupt,
                fmt::format("the commit {} cannot be read: {}", text_of(id), last_words()));
  }
  const CommitObject commit(found);
  const char* message = git_commit_message(commit.get());
  const char* summary = git_commit_summary(commit.get());
  return Commit{
      .id = text_of(id),
      .subject = printable(summary == nullptr ? "" : summary),
      .message = std::string(
          std::string_view(message == nullptr ? "" : message).substr(0, kMessageBytesMax)),
      .merge = git_commit_parentcount(commit.get()) > 1};
}

Result<std::vector<Commit>> walk(git_repository* repository, const git_oid& from,
                                 const git_oid& to) {
  git_revwalk* made = nullptr;
  if (git_revwalk_new(&made, repository) != 0) return fail(ErrorCode::corrupt, last_words());
  const Walk walk(made);
  if (git_revwalk_push(walk.get(), &to) != 0 || git_revwalk_hide(walk.get(), &from) != 0) {
    return fail(ErrorCode::corrupt, last_words());
  }
  std::vector<Commit> commits;
  git_oid id{};
  int next = 0;
  while ((next = git_revwalk_next(&id, walk.get())) == 0) {
    if (commits.size() == kCommitsMax) {
      return fail(ErrorCode::rejected, fmt::format("it has more than {} commits", kCommitsMax));
    }
    commits.push_back(SLUICE_TRY(read_commit(repository, id)));
  }
  if (next != GIT_ITEROVER) return fail(ErrorCode::corrupt, last_words());
  return commits;
}

Result<std::vector<Commit>> range_of(git_repository* repository, std::string_view range) {
  if (range.contains("...")) {
    return fail(ErrorCode::invalid_input, shown(range) + " is no range FROM..TO");
  }
  const std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) {
    const git_oid only = SLUICE_TRY(commit_named(repository, trim(range)));
    return std::vector<Commit>{SLUICE_TRY(read_commit(repository, only))};
  }
  const git_oid from = SLUICE_TRY(commit_named(repository, trim(range.substr(0, dots))));
  const git_oid to = SLUICE_TRY(commit_named(repository, trim(range.substr(dots + 2))));
  return walk(repository, from, to);
}

void read_named(git_repository* repository, const Contract& contract, ChangeHistory& history) {
  for (const Change& change : contract.changes) {
    for (const std::string& name : change.commits) {
      if (history.named.size() >= kCommitsMax || history.named.contains(name)) continue;
      const Result<git_oid> found = commit_named(repository, name);
      history.named.emplace(name, found ? text_of(*found) : std::string());
    }
  }
}

}  // namespace

std::optional<ChangeHistory> read_history(const std::string& folder, const Contract& contract) {
  const bool names_commits =
      !contract.commits.empty() ||
      std::ranges::any_of(contract.changes, [](const Change& one) { return !one.commits.empty(); });
  if (!names_commits) return std::nullopt;
  const Library library;
  git_repository* opened = nullptr;
  const int outcome = git_repository_open_ext(&opened, folder.c_str(), 0, nullptr);
  if (outcome == GIT_ENOTFOUND) return std::nullopt;
  ChangeHistory history;
  if (outcome != 0) {
    history.trouble = "the Git repository cannot be read: " + last_words();
    return history;
  }
  const Repository repository(opened);
  read_named(repository.get(), contract, history);
  if (contract.commits.empty()) return history;
  auto commits = range_of(repository.get(), contract.commits);
  if (commits) {
    history.commits = *std::move(commits);
  } else {
    history.trouble =
        fmt::format("the commits {}: {}", shown(contract.commits), commits.error().message);
  }
  return history;
}

}  // namespace sluice::git
