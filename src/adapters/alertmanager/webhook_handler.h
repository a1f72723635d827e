// WebhookHandler: what Sluice's own listener answers to Alertmanager's webhook.
//
// POST /alerts with the right bearer token, and nothing else: 401 without the token, 404 for every
// other path or method, 413 beyond 1 MiB, 400 for what is no payload. What it accepts can only hold
// a delivery or take it back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/alertmanager/received_alert.h"
#include "base/digest.h"
#include "net/http.h"

namespace sluice::alertmanager {

class WebhookHandler {
 public:
  using Push = std::function<void(const std::vector<ReceivedAlert>&)>;

  // The token is the file's text without white space around it. A file that is missing, empty,
  // longer than 4 KiB or of more than one word is an error, which never shows what is in it.
  [[nodiscard]] static Result<WebhookHandler> open(const std::string& token_file, Push push);

  [[nodiscard]] net::Response operator()(const net::Request& request) const;

 private:
  WebhookHandler(Digest token, Push push) : token_(std::move(token)), push_(std::move(push)) {}
  [[nodiscard]] bool is_authorised(const net::Request& request) const;

  Digest token_;  // of the token: comparing digests tells nothing of its length
  Push push_;
};

}  // namespace sluice::alertmanager
