// Real programs for live tests: started in their own process group with their output in a file,
// and gone when the object is gone, also when the test itself is killed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace sluice::live {

class RealProcess {
 public:
  // Without a shell; argv[0] is looked up in PATH. Both outputs go to the end of `log_file`. When
  // the program cannot be executed the log says why, and running() soon becomes false.
  [[nodiscard]] static RealProcess start(std::vector<std::string> argv, std::string log_file);

  RealProcess() = default;  // nothing runs
  ~RealProcess();           // SIGKILL to the process group, then reaped
  RealProcess(RealProcess&& from) noexcept;
  RealProcess& operator=(RealProcess&& from) noexcept;

  void signal(int number);  // to the process alone, not to its children
  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& log_file() const { return log_file_; }
  // Kills and reaps now instead of at the end.
  void kill_now();

 private:
  pid_t pid_ = -1;
  bool reaped_ = true;
  std::string log_file_;
};

// A new empty folder below the system's folder for such things, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  // The path of a file in it; the file need not exist.
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A TCP port of 127.0.0.1 that nobody listened on a moment ago, and that this test process has not
// been given before.
[[nodiscard]] int free_port();

// Asks every 10 ms until `condition` is true; false when it was not within timeout_ms.
[[nodiscard]] bool wait_until(const std::function<bool()>& condition, int timeout_ms);

[[nodiscard]] bool is_installed(const std::string& program);   // an executable file of that path
[[nodiscard]] std::string read_text(const std::string& path);  // empty when it cannot be read
void write_text(const std::string& path, const std::string& text);

}  // namespace sluice::live
