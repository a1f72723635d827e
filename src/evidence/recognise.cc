#include "evidence/recognise.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kNamesMax = 100;

// The names of the members at the top of a JSON object, as far as `text` goes. Text with a
// backslash in it is none of the names that are looked for.
class TopNames {
 public:
  std::vector<std::string_view> of(std::string_view text) {
    for (std::size_t at = 0; at < text.size() && names_.size() < kNamesMax; ++at) {
      const char one = text[at];
      if (one == '"') {
        at = past_text(text, at);
      } else if (one == '{' || one == '[') {
        ++depth_;
      } else if (one == '}' || one == ']') {
        --depth_;
      } else if (one == ':' && depth_ == 1 && !last_.empty()) {
        names_.push_back(std::exchange(last_, {}));
      }
    }
    return names_;
  }

 private:
  // The position of its closing quote.
  std::size_t past_text(std::string_view text, std::size_t open) {
    std::size_t at = open + 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    last_ = text.substr(open + 1, std::min(at, text.size()) - open - 1);
    return at;
  }

  std::vector<std::string_view> names_;
  std::string_view last_;
  int depth_ = 0;
};

struct Mark {
  std::string_view name;
  Format format;
};

constexpr std::array<Mark, 10> kMarks{{{"runs", Format::sarif},
                                       {"inlineExternalProperties", Format::sarif},
                                       {"payload", Format::envelope},
                                       {"payloadType", Format::envelope},
                                       {"dsseEnvelope", Format::envelope},
                                       {"verificationMaterial", Format::envelope},
                                       {"messageSignature", Format::envelope},
                                       {"bomFormat", Format::cyclonedx},
                                       {"specVersion", Format::cyclonedx},
                                       {"components", Format::cyclonedx}}};

std::optional<Format> format_named(std::string_view name) {
  const auto* found = std::ranges::find(kMarks, name, &Mark::name);
  if (found == kMarks.end()) return std::nullopt;
  return found->format;
}

Result<Format> recognise_json(std::string_view head) {
  std::optional<Format> format;
  for (const std::string_view name : TopNames().of(head)) {
    const auto named = format_named(name);
    if (!named) continue;
    if (format && *format != *named) {
      return fail(ErrorCode::invalid_input, "it has the members of two formats at once");
    }
    format = named;
  }
  if (format) return *format;
  return fail(ErrorCode::invalid_input,
              "it is JSON, and neither SARIF nor a DSSE envelope, a Sigstore bundle or CycloneDX");
}

// Markdown may begin with a comment or another tag, too.
bool begins_as_junit(std::string_view text) {
  return text.starts_with("<?xml") || text.starts_with("<testsuite");
}

}  // namespace

Result<Format> recognise(std::string_view head) {
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  const std::string_view text = trim(head);
  if (text.empty()) return fail(ErrorCode::invalid_input, "it is empty");
  if (text.starts_with('{')) return recognise_json(text);
  if (begins_as_junit(text)) return Format::junit;
  return Format::report;
}

}  // namespace sluice::evidence
