#include "adapters/alertmanager/webhook_handler.h"

#include <fstream>

#include "base/assert.h"
#include "base/text.h"
#include "codec/json.h"

namespace sluice::alertmanager {
namespace {

using codec::Json;

constexpr std::size_t kBodyBytesMax = 1U << 20U;
constexpr std::size_t kTokenBytesMax = 4U << 10U;
constexpr std::string_view kScheme = "bearer ";

net::Response refusal(int status, std::string why) {
  Json body(Json::Object{});
  body.set("error", std::move(why));
  return {.status = status, .body = body.dump()};
}

// Takes the same time wherever they differ.
bool same(const Digest& one, const Digest& two) {
  SLUICE_ASSERT(one.hex.size() == two.hex.size());
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < one.hex.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (one.hex[i] ^ two.hex[i]));
  }
  return difference == 0;
}

Result<std::string> read_token(const std::string& file) {
  const auto refuse = [&](const char* why) {
    return fail(ErrorCode::invalid_input, fmt::format("token file `{}` {}", printable(file), why));
  };
  std::ifstream in(file, std::ios::binary);
  std::string text(kTokenBytesMax + 1, '\0');
  in.read(text.data(), std::ssize(text));
  if (!in.is_open() || in.bad()) return refuse("cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kTokenBytesMax) return refuse("is longer than 4096 bytes");
  const std::string token(trim(text));
  if (token.empty()) return refuse("is empty");
  const bool one_word = std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7F; });
  if (!one_word) return refuse("holds more than one word, or characters beyond ASCII");
  return token;
}

}  // namespace

Result<WebhookHandler> WebhookHandler::open(const std::string& token_file, Push push) {
  const std::string token = SLUICE_TRY(read_token(token_file));
  return WebhookHandler(sha256(token), std::move(push));
}

bool WebhookHandler::is_authorised(const net::Request& request) const {
  const auto found = request.headers.find("authorization");
  if (found == request.headers.end()) return false;
  const std::string_view given = found->second;
  if (to_lower_ascii(given.substr(0, kScheme.size())) != kScheme) return false;
  return same(sha256(trim(given.substr(kScheme.size()))), token_);
}

net::Response WebhookHandler::operator()(const net::Request& request) const {
  if (request.method != "POST" || request.target != "/alerts") return refusal(404, "not found");
  if (!is_authorised(request)) return refusal(401, "the bearer token is missing or wrong");
  if (request.body.size() > kBodyBytesMax) return refusal(413, "the body is too long");
  const auto alerts = parse_webhook(request.body);
  if (!alerts) return refusal(400, alerts.error().message);
  push_(*alerts);
  Json body(Json::Object{});
  body.set("accepted", std::ssize(*alerts));
  return {.body = body.dump()};
}

}  // namespace sluice::alertmanager
