// Any bytes as JSON, as an event, as a status and as a problem: refused or understood, never a
// crash; and what is understood is written the same way every time.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "codec/event_json.h"
#include "codec/json.h"
#include "codec/problem_json.h"

namespace codec = sluice::codec;

namespace {

void check_json(std::string_view text) {
  const auto json = codec::parse_json(text);
  if (!json) return SLUICE_ASSERT(json.error().message.size() < 400);
  const std::string once = json->dump();
  const auto again = codec::parse_json(once);
  SLUICE_ASSERT(again && *again == *json && again->dump() == once);
}

void check_event(std::string_view text) {
  const auto event = codec::decode_event(text);
  if (!event) return;
  const std::string once = codec::encode(*event);
  const auto again = codec::decode_event(once);
  SLUICE_ASSERT(again && *again == *event && codec::encode(*again) == once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_json(text);
  check_event(text);
  if (const auto status = codec::decode_status(text)) (void)codec::encode(*status);
  if (const auto problem = codec::decode_problem(text)) (void)codec::encode(*problem);
  return 0;
}
