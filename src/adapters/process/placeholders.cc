#include "adapters/process/placeholders.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sluice::process {
namespace {

// The length of the name in braces at the start of `text`, or 0.
std::size_t name_length(std::string_view text) {
  constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  const std::size_t end = text.find_first_not_of(kNameCharacters, 1);
  if (!text.starts_with('{') || end == std::string_view::npos || text[end] != '}') return 0;
  return end - 1;
}

}  // namespace

Result<std::string> fill_in(std::string_view text,
                            const std::map<std::string, std::string>& values) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = name_length(text);
    if (length == 0) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto found = values.find(std::string(text.substr(1, length)));
    if (found == values.end()) {
      return fail(ErrorCode::invalid_input, fmt::format("`{}` stands for nothing",
                                                        printable(text.substr(0, length + 2), 80)));
    }
    out += found->second;
    text.remove_prefix(length + 2);
  }
  return out;
}

}  // namespace sluice::process
