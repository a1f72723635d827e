#include "live/support/real_process.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::live {
namespace {

// Only what is safe between fork and exec.
[[noreturn]] void become(char* const* words, const char* log_file) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves nothing behind
  const int log = open(log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, 0);
  dup2(log, 1);
  dup2(log, 2);
  execvp(words[0], words);
  const char* why = strerrordesc_np(errno);
  if (write(2, why, std::strlen(why)) < 0) _exit(126);
  _exit(127);
}

int port_from_kernel() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  int port = -1;
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
      getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
    port = ntohs(address.sin_port);
  }
  close(descriptor);
  return port;
}

}  // namespace

RealProcess RealProcess::start(std::vector<std::string> argv, std::string log_file) {
  std::vector<char*> words;
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);

  RealProcess process;
  process.log_file_ = std::move(log_file);
  const pid_t pid = fork();
  if (pid == 0) become(words.data(), process.log_file_.c_str());
  if (pid > 0) setpgid(pid, pid);  // both sides, so that neither has to wait for the other
  process.pid_ = pid;
  process.reaped_ = pid < 0;
  return process;
}

RealProcess::~RealProcess() { kill_now(); }

RealProcess::RealProcess(RealProcess&& from) noexcept { *this = std::move(from); }

RealProcess& RealProcess::operator=(RealProcess&& from) noexcept {
  if (this == &from) return *this;
  kill_now();
  pid_ = std::exchange(from.pid_, -1);
  reaped_ = std::exchange(from.reaped_, true);
  log_file_ = std::move(from.log_file_);
  return *this;
}

void RealProcess::signal(int number) {
  if (running()) kill(pid_, number);
}

bool RealProcess::running() {
  if (reaped_) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  kill(-pid_, SIGKILL);  // children that it left behind
  reaped_ = true;
  return false;
}

void RealProcess::kill_now() {
  if (reaped_) return;
  kill(-pid_, SIGKILL);
  kill(pid_, SIGKILL);  // should the group not exist yet
  waitpid(pid_, nullptr, 0);
  reaped_ = true;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-XXXXXX").string();
  path_ = mkdtemp(pattern.data()) == nullptr ? "" : pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

int free_port() {
  static std::set<int> given;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int port = port_from_kernel();
    if (port > 0 && given.insert(port).second) return port;
  }
  return -1;
}

bool wait_until(const std::function<bool()>& condition, int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (!condition()) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

bool is_installed(const std::string& program) { return access(program.c_str(), X_OK) == 0; }

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace sluice::live
