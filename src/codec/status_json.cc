#include "codec/archive.h"
#include "codec/event_json.h"
#include "codec/status_fields.h"

namespace sluice::codec {

std::string encode(const Status& status) { return JsonWriter::object_of(status).dump(); }

Result<Status> decode_status(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return std::unexpected(json.error().in("status"));
  auto status = struct_from_json<Status>(*json);
  if (!status) return std::unexpected(status.error().in("status"));
  return status;
}

}  // namespace sluice::codec
