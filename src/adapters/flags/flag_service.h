// FlagService: a flag store behind OFREP or Unleash (HTTP), or a flagd file.
//
// The token is read anew for each question, so that it may be changed, and never shown. No more is
// asked about than 200 flags.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/policy.h"
#include "net/http_client.h"
#include "ports/flag_store.h"

namespace sluice::flags {

class FlagService final : public FlagStore {
 public:
  // `spec.protocol` is not none; its paths are absolute.
  explicit FlagService(FlagSpec spec);

  [[nodiscard]] FlagAnswers ask(const std::vector<std::string>& names,
                                std::int64_t patience_ms) override;
  [[nodiscard]] std::optional<FlagAnswers> poll(const std::vector<std::string>& names,
                                                Tick now) override;

 private:
  void begin(const std::vector<std::string>& names, std::int64_t timeout_ms);
  void begin_ofrep(const std::vector<std::string>& names, net::Call call);
  void begin_unleash(const std::vector<std::string>& names, net::Call call);
  void read_file(const std::vector<std::string>& names);
  void take(Result<std::vector<FlagFinding>> findings);
  [[nodiscard]] Result<std::string> token() const;

  FlagSpec spec_;
  std::string source_;
  FlagAnswers answers_;      // of the question under way, or of the last one
  int awaited_ = 0;          // answers that are missing
  std::uint64_t asked_ = 0;  // questions so far: an answer to an older one is dropped

  std::vector<std::string> polled_;  // the names that poll() asks about
  bool polling_ = false;
  Tick due_;
  Tick begun_;
  std::optional<FlagAnswers> last_;
  Tick last_at_;  // when the last complete one was begun
  // None for a file: it costs time to begin with. Last: its call-backs point into the rest.
  std::optional<net::HttpClient> client_;
};

}  // namespace sluice::flags
