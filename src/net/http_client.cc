#include "net/http_client.h"

#include <array>

#include <curl/curl.h>

#include "base/assert.h"
#include "base/text.h"
#include "net/address.h"

namespace sluice::net {
namespace {

constexpr std::size_t kHeaderBytesMax = 256U << 10U;
constexpr long kConnectionsKept = 16;

// The URL as an error may show it: without user, password and query.
std::string shown(const std::string& url) {
  std::string out = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = out.find("://");
  const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t at = out.rfind('@', out.find('/', host));
  if (at != std::string::npos && at >= host) out.erase(host, at + 1 - host);
  return printable(out);
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// One call on its way: what libcurl points at while it works, so it never moves.
class Transfer {
 public:
  explicit Transfer(const Call& call) : call_(call), easy_(curl_easy_init()) {
    SLUICE_ASSERT(easy_ != nullptr);
  }
  ~Transfer() {
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<Response> finish(CURLcode outcome);
  [[nodiscard]] CURL* easy() const { return easy_; }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) refused_ = true;
  }
  void set_limits();
  void set_method();
  void set_headers();
  void add_header(const std::string& line) {
    headers_ = curl_slist_append(headers_, line.c_str());
    SLUICE_ASSERT(headers_ != nullptr);
  }
  [[nodiscard]] std::unexpected<Error> failed(ErrorCode code, std::string_view why) const;

  static std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* self);
  static std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* self);

  Call call_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  Response response_{.status = 0, .content_type = "", .body = ""};
  std::size_t header_bytes_ = 0;
  bool too_long_ = false;
  bool refused_ = false;
  std::array<char, CURL_ERROR_SIZE> why_{};
};

std::unexpected<Error> Transfer::failed(ErrorCode code, std::string_view why) const {
  return fail(code, fmt::format("{} {}: {}", printable(call_.method), shown(call_.url), why));
}

std::size_t Transfer::on_body(char* bytes, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.too_long_ = transfer.response_.body.size() + count > transfer.call_.body_bytes_max;
  if (transfer.too_long_) return 0;
  transfer.response_.body.append(bytes, count);
  return count;
}

std::size_t Transfer::on_header(char*, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.header_bytes_ += count;
  transfer.too_long_ = transfer.header_bytes_ > kHeaderBytesMax;
  return transfer.too_long_ ? 0 : count;
}

void Transfer::set_limits() {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  const auto timeout_ms =
      static_cast<long>(std::max<std::int64_t>(call_.timeout_ms, 1));  // 0: never
  set(CURLOPT_TIMEOUT_MS, timeout_ms);
  set(CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(call_.body_bytes_max));
  // A name that is still being looked up when its time is over must not hold up the caller.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_FRESH_CONNECT, call_.fresh_connection ? 1L : 0L);
  set(CURLOPT_FORBID_REUSE, call_.fresh_connection ? 1L : 0L);
}

void Transfer::set_method() {
  if (call_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (call_.method != "GET" || !call_.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
    set(CURLOPT_POSTFIELDS, call_.body.c_str());  // not copied: call_ stays where it is
    set(CURLOPT_CUSTOMREQUEST, call_.method.c_str());
  }
}

void Transfer::set_headers() {
  add_header("Expect:");  // else libcurl waits a second before it sends a large body
  add_header(call_.body.empty() ? "Content-Type:" : "Content-Type: " + call_.content_type);
  if (!call_.bearer_token.empty()) add_header("Authorization: Bearer " + call_.bearer_token);
  set(CURLOPT_HTTPHEADER, headers_);
  set(CURLOPT_USERAGENT, "sluice");
  set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
}

Result<void> Transfer::prepare() {
  if (has_control(call_.url) || has_control(call_.method) || has_control(call_.content_type)) {
    return failed(ErrorCode::invalid_input, "control characters in the request");
  }
  if (has_control(call_.bearer_token)) {
    return failed(ErrorCode::invalid_input, "control characters in the token");
  }
  if (!call_.unix_socket.empty()) {
    SLUICE_TRY(unix_address(call_.unix_socket));
    set(CURLOPT_UNIX_SOCKET_PATH, call_.unix_socket.c_str());
  }
  set(CURLOPT_URL, call_.url.c_str());
  set_limits();
  set_method();
  set_headers();
  set(CURLOPT_ERRORBUFFER, why_.data());
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  if (refused_) return failed(ErrorCode::invalid_input, "libcurl does not take the request");
  return {};
}

Result<Response> Transfer::finish(CURLcode outcome) {
  if (too_long_ || outcome == CURLE_FILESIZE_EXCEEDED) {
    return failed(ErrorCode::rejected,
                  fmt::format("the answer exceeds {} bytes", call_.body_bytes_max));
  }
  if (outcome != CURLE_OK) {
    const bool ours = outcome == CURLE_URL_MALFORMAT || outcome == CURLE_UNSUPPORTED_PROTOCOL;
    const std::string why = why_[0] == '\0' ? curl_easy_strerror(outcome) : why_.data();
    return failed(ours ? ErrorCode::invalid_input : ErrorCode::unavailable, printable(why));
  }
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  const char* content_type = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &content_type);
  response_.status = static_cast<int>(status);
  response_.content_type = content_type == nullptr ? "" : content_type;
  return std::move(response_);
}

void initialise_curl() {
  static const CURLcode outcome = curl_global_init(CURL_GLOBAL_DEFAULT);
  SLUICE_ASSERT(outcome == CURLE_OK);
}

}  // namespace

Result<Response> call(const Call& call) {
  initialise_curl();
  Transfer transfer(call);
  SLUICE_TRY(transfer.prepare());
  return transfer.finish(curl_easy_perform(transfer.easy()));
}

struct HttpClient::Parts {
  struct Waiting {
    std::unique_ptr<Transfer> transfer;
    Done done;
  };
  struct Finished {
    Done done;
    Result<Response> response;
  };

  CURLM* multi = nullptr;
  std::map<CURL*, Waiting> waiting;
  std::vector<Finished> finished;  // call-backs that are still to be made

  void finish(CURL* easy, CURLcode outcome);
};

// Taken off libcurl before the call-back is made, which may start the next call.
void HttpClient::Parts::finish(CURL* easy, CURLcode outcome) {
  auto found = waiting.extract(easy);
  SLUICE_ASSERT(!found.empty());
  curl_multi_remove_handle(multi, easy);
  finished.push_back({std::move(found.mapped().done), found.mapped().transfer->finish(outcome)});
}

HttpClient::HttpClient() : parts_(std::make_unique<Parts>()) {
  initialise_curl();
  parts_->multi = curl_multi_init();
  SLUICE_ASSERT(parts_->multi != nullptr);
  curl_multi_setopt(parts_->multi, CURLMOPT_MAXCONNECTS, kConnectionsKept);
}

HttpClient::~HttpClient() {
  for (const auto& [easy, waiting] : parts_->waiting) curl_multi_remove_handle(parts_->multi, easy);
  parts_->waiting.clear();
  curl_multi_cleanup(parts_->multi);
}

void HttpClient::start(const Call& call, Done done) {
  auto transfer = std::make_unique<Transfer>(call);
  if (auto prepared = transfer->prepare(); !prepared) {
    parts_->finished.push_back({std::move(done), std::unexpected(prepared.error())});
    return;
  }
  CURL* const easy = transfer->easy();
  SLUICE_ASSERT(curl_multi_add_handle(parts_->multi, easy) == CURLM_OK);
  parts_->waiting.emplace(easy, Parts::Waiting{std::move(transfer), std::move(done)});
}

void HttpClient::step() {
  int running = 0;
  curl_multi_perform(parts_->multi, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(parts_->multi, &left)) {
    if (message->msg == CURLMSG_DONE) {
      parts_->finish(message->easy_handle, message->data.result);
    }
  }
  for (Parts::Finished& one : std::exchange(parts_->finished, {})) {
    one.done(std::move(one.response));
  }
}

int HttpClient::under_way() const {
  return static_cast<int>(parts_->waiting.size() + parts_->finished.size());
}

}  // namespace sluice::net
