#include "adapters/flags/flag_service.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "codec/flag_answers.h"
#include "net/http.h"
#include "net/regular_file.h"

namespace sluice::flags {
namespace {

constexpr std::size_t kFlagsMax = 200;
constexpr std::int64_t kPollIntervalMs = kSecondMs;
constexpr std::int64_t kPollTimeoutMs = 2 * kSecondMs;
constexpr std::int64_t kFreshMs = 5 * kSecondMs;

std::string_view name_of(FlagProtocol protocol) {
  switch (protocol) {
    case FlagProtocol::none: return "nobody";
    case FlagProtocol::ofrep: return "OFREP";
    case FlagProtocol::flagd: return "flagd's file";
    case FlagProtocol::unleash: return "Unleash";
  }
  return "?";
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// libcurl's words hold times, and what is said of a finding must stay the same while it does.
std::string why_silent(const Error& error) {
  switch (error.code) {
    case ErrorCode::unavailable: return "the service does not answer";
    case ErrorCode::rejected: return "the answer is too large";
    case ErrorCode::invalid_input: return "the service cannot be asked: " + error.message;
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::corrupt: return error.message;
  }
  return "?";
}

}  // namespace

FlagService::FlagService(FlagSpec spec)
    : spec_(std::move(spec)),
      source_(fmt::format("{} {}", name_of(spec_.protocol), printable(spec_.where))) {
  SLUICE_ASSERT(spec_.protocol != FlagProtocol::none);
  if (spec_.protocol != FlagProtocol::flagd) client_.emplace();
}

Result<std::string> FlagService::token() const {
  if (spec_.token_file.empty()) return std::string();
  auto secret = net::read_secret(spec_.token_file);
  if (!secret) return std::unexpected(secret.error().in("the token of the flag service"));
  return secret;
}

void FlagService::begin(const std::vector<std::string>& names, std::int64_t timeout_ms) {
  ++asked_;
  awaited_ = 0;
  answers_ = {.source = source_};
  for (const std::string& name : names) {
    answers_.flags.push_back({name, FlagStanding::unknown, "the service does not answer"});
  }
  if (names.size() > kFlagsMax) {
    answers_.trouble = fmt::format("there are more than {} flags to ask about", kFlagsMax);
    return;
  }
  if (spec_.protocol == FlagProtocol::flagd) return read_file(names);
  const Result<std::string> secret = token();
  if (!secret) {
    answers_.trouble = secret.error().message;
    return;
  }
  net::Call call{
      .bearer_token = *secret, .timeout_ms = timeout_ms, .body_bytes_max = codec::kFlagBytesMax};
  if (spec_.protocol == FlagProtocol::ofrep) return begin_ofrep(names, std::move(call));
  begin_unleash(names, std::move(call));
}

void FlagService::begin_ofrep(const std::vector<std::string>& names, net::Call call) {
  call.method = "POST";
  call.body = codec::ofrep_request({spec_.context.begin(), spec_.context.end()});
  for (std::size_t i = 0; i < names.size(); ++i) {
    call.url =
        without_slash(spec_.where) + "/ofrep/v1/evaluate/flags/" + net::percent_encoded(names[i]);
    ++awaited_;
    client_->start(call, [this, i, question = asked_](const Result<net::Response>& answer) {
      if (question != asked_) return;
      --awaited_;
      FlagFinding& flag = answers_.flags[i];
      if (answer) {
        flag = codec::read_ofrep(flag.name, answer->status, answer->body);
      } else {
        flag.why = printable(why_silent(answer.error()), 300);
      }
    });
  }
}

void FlagService::begin_unleash(const std::vector<std::string>& names, net::Call call) {
  const std::string base = without_slash(spec_.where);
  call.url = base + (base.ends_with("/api") ? "" : "/api") + "/client/features";
  ++awaited_;
  client_->start(call, [this, names, question = asked_](const Result<net::Response>& answer) {
    if (question != asked_) return;
    --awaited_;
    if (!answer) {
      answers_.trouble = printable(why_silent(answer.error()), 300);
    } else if (answer->status != 200) {
      answers_.trouble = fmt::format("the service answered HTTP {}", answer->status);
    } else {
      const auto environment = spec_.context.find("environment");
      take(codec::read_unleash(answer->body, names,
                               environment == spec_.context.end() ? "" : environment->second));
    }
  });
}

void FlagService::read_file(const std::vector<std::string>& names) {
  const Result<std::string> bytes = net::read_regular_file(spec_.where, codec::kFlagBytesMax);
  if (!bytes) {
    answers_.trouble = bytes.error().message;
    return;
  }
  take(codec::read_flagd(*bytes, names));
}

void FlagService::take(Result<std::vector<FlagFinding>> findings) {
  if (findings) {
    answers_.flags = *std::move(findings);
  } else {
    answers_.trouble = fmt::format("{}: {}", source_, findings.error().message);
  }
}

FlagAnswers FlagService::ask(const std::vector<std::string>& names, std::int64_t patience_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(patience_ms);
  polling_ = false;
  begin(names, patience_ms);
  if (client_) client_->step();
  while (awaited_ > 0 && Clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (client_) client_->step();
  }
  if (awaited_ > 0 && spec_.protocol == FlagProtocol::unleash) {
    answers_.trouble = "the service does not answer";
  }
  ++asked_;  // what comes later is dropped
  awaited_ = 0;
  return answers_;
}

std::optional<FlagAnswers> FlagService::poll(const std::vector<std::string>& names, Tick now) {
  if (names != polled_) {
    polled_ = names;
    polling_ = false;
    last_.reset();
    due_ = now;
  }
  if (!polling_ && now >= due_) {
    due_ = now + kPollIntervalMs;
    begun_ = now;
    polling_ = true;
    begin(names, kPollTimeoutMs);
  }
  if (client_) client_->step();
  if (polling_ && awaited_ == 0) {
    polling_ = false;
    last_ = answers_;
    last_at_ = begun_;
  }
  if (last_ && now - last_at_ > kFreshMs) last_.reset();
  return last_;
}

}  // namespace sluice::flags
