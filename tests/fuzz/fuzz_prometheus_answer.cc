// Any bytes as an answer of a Prometheus server: finite numbers of different series in order, or
// words that are safe to show.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "codec/prometheus_answer.h"

namespace codec = sluice::codec;

namespace {

constexpr std::size_t kMost = 32;

void examine(const sluice::Error& error) {
  SLUICE_ASSERT(!error.message.empty());
  SLUICE_ASSERT(error.message == sluice::printable(error.message, 600));
}

void examine(const std::vector<codec::PrometheusSeries>& all) {
  SLUICE_ASSERT(all.size() <= kMost);
  for (std::size_t i = 0; i < all.size(); ++i) {
    SLUICE_ASSERT(std::isfinite(all[i].value));
    SLUICE_ASSERT(all[i].labels.starts_with('{') && all[i].labels.ends_with('}'));
    SLUICE_ASSERT(i == 0 || all[i - 1].labels < all[i].labels);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const int status : {200, 400, 401}) {
    const auto series = codec::read_prometheus_vector(status, bytes, kMost);
    SLUICE_ASSERT(status == 200 || !series);
    series ? examine(*series) : examine(series.error());
    const auto time = codec::read_prometheus_time(status, bytes);
    if (!time) examine(time.error());
    SLUICE_ASSERT(!time || (time->size() <= 16 && time->contains('.')));
  }
  return 0;
}
