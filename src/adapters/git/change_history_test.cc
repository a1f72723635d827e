// Against repositories that the real git makes.
#include "adapters/git/change_history.h"

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace sluice::git {
namespace {

namespace fs = std::filesystem;

class Repository {
 public:
  Repository() {
    std::string name = fs::temp_directory_path() / "sluice-git-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Repository() { fs::remove_all(path_); }
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;

  void git(const std::string& words) const {
    const std::string command = fmt::format(
        "git -C '{}' -c user.name=Ana -c user.email=ana@example.org -c init.defaultBranch=main {} "
        ">/dev/null 2>&1",
        path_.string(), words);
    REQUIRE_MESSAGE(std::system(command.c_str()) == 0, words);
  }
  void commit(const std::string& message) const {
    git("commit --allow-empty -m '" + message + "'");
  }
  [[nodiscard]] std::string folder() const { return path_; }

 private:
  fs::path path_;
};

// v1: one; then two, three on a branch, their merge, tagged v2.
void grow(const Repository& repository) {
  repository.git("init");
  repository.commit("one");
  repository.git("tag -a v1 -m v1");
  repository.commit("MIS-2: two");
  repository.git("checkout -b side v1");
  repository.commit("MIS-3: three");
  repository.git("checkout main");
  repository.git("merge --no-ff -m 'Merge side' side");
  repository.git("tag v2");
}

Contract contract(std::string commits) {
  Contract made;
  made.commits = std::move(commits);
  return made;
}

TEST_CASE("git: the commits of a range, through annotated tags, merges marked") {
  const Repository repository;
  grow(repository);
  const auto history = read_history(repository.folder(), contract("v1..v2"));

  REQUIRE(history);
  CHECK(history->trouble == "");
  REQUIRE(history->commits.size() == 3);
  CHECK(std::ranges::count(history->commits, true, &Commit::merge) == 1);
  CHECK(std::ranges::count(history->commits, "MIS-3: three", &Commit::subject) == 1);
  CHECK(history->commits[0].id.size() == 40);
}

TEST_CASE("git: one name is one commit, and an empty range is empty") {
  const Repository repository;
  grow(repository);

  CHECK(read_history(repository.folder(), contract("HEAD~1"))->commits.size() == 1);
  CHECK(read_history(repository.folder(), contract("v2..v2"))->commits.empty());
}

TEST_CASE("git: commits that changes name are looked up, also from a folder below") {
  const Repository repository;
  grow(repository);
  Contract names = contract("");
  names.changes.push_back({.text = "x", .commits = {"v1", "0123456789"}});
  fs::create_directory(repository.folder() + "/below");
  const auto history = read_history(repository.folder() + "/below", names);

  REQUIRE(history);
  CHECK(history->named.at("v1").size() == 40);
  CHECK(history->named.at("0123456789") == "");
}

TEST_CASE("git: what is not there is trouble, and says what it is") {
  const Repository repository;
  grow(repository);
  const auto trouble = [&](std::string range) {
    return read_history(repository.folder(), contract(std::move(range)))->trouble;
  };
  CHECK(trouble("v1..v9").contains("`v9` is not in the repository"));
  CHECK(trouble("v1..:/two").contains("is no name of a commit"));
  CHECK(trouble("v1..HEAD@{1}").contains("is no name of a commit"));
  CHECK(trouble("v1...v2").contains("is no range FROM..TO"));
  CHECK(trouble("..v2").contains("is no name"));
  CHECK(trouble("v2^{tree}").contains("is no name"));
}

TEST_CASE("git: no repository and no commits named are nothing") {
  const Repository nowhere;
  CHECK_FALSE(read_history(nowhere.folder(), contract("v1..v2")));

  const Repository repository;
  grow(repository);
  CHECK_FALSE(read_history(repository.folder(), contract("")));
}

TEST_CASE("git: a repository whose objects are gone is trouble") {
  const Repository repository;
  grow(repository);
  fs::remove_all(repository.folder() + "/.git/objects");
  fs::create_directory(repository.folder() + "/.git/objects");

  CHECK_FALSE(read_history(repository.folder(), contract("v1..v2"))->trouble.empty());
}

}  // namespace
}  // namespace sluice::git
