#include "contract/prometheus_yaml.h"

#include <fmt/format.h>

#include "base/text.h"
#include "contract/contains.h"
#include "contract/value_rules.h"
#include "model/gauge.h"

namespace sluice::contract {
namespace {

constexpr DurationRange kInterval{kSecondMs, 10 * kMinuteMs};
constexpr std::size_t kNameBytesMax = 60;
constexpr std::size_t kQueryBytesMax = 4'096;
constexpr std::string_view kSlotPlace = "{slot}";

void read_name(MapReader& map, std::string& name) {
  map.require("name");
  if (!map.text("name", name)) return;
  const bool right = !trim(name).empty() && trim(name) == name && name.size() <= kNameBytesMax &&
                     printable(name) == name && !name.contains('`');
  if (right) return;
  map.complain(*map.take("name"),
               fmt::format("`{}` is `{}`", map.path("name"), printable(name, 80)),
               fmt::format("write what people call it, such as `requests waiting`, in at most {} "
                           "bytes",
                           kNameBytesMax));
}

void read_query(MapReader& map, std::string& query) {
  map.require("query");
  if (!map.text("query", query)) return;
  if (query.size() > kQueryBytesMax) {
    map.complain(*map.take("query"),
                 fmt::format("`{}` has more than {} bytes", map.path("query"), kQueryBytesMax),
                 "let Prometheus compute it by a recording rule, and ask for that");
  }
  if (query.contains(kSlotPlace)) return;
  map.complain(*map.take("query"),
               fmt::format("`{}` does not say {}, so that both slots would be the same processes",
                           map.path("query"), kSlotPlace),
               "write {slot} where the slots differ, such as proxy=\"storefront_{slot}\": it is "
               "replaced by a or b");
}

GaugeSpec read_gauge(const YamlNode& node, const std::vector<GaugeSpec>& before,
                     ComplaintList& list) {
  MapReader map(&node, fmt::format("prometheus.gauges[{}]", before.size() + 1), list);
  GaugeSpec gauge;
  read_name(map, gauge.name);
  read_query(map, gauge.query);
  map.finish();
  if (!gauge.name.empty() && contains(before, gauge.name, &GaugeSpec::name)) {
    map.complain(node, fmt::format("there are two gauges `{}`", printable(gauge.name, 80)),
                 "give each gauge of an environment a name of its own");
  }
  return gauge;
}

void read_gauges(MapReader& map, std::vector<GaugeSpec>& gauges, ComplaintList& list) {
  map.require("gauges");
  const YamlNode* node = map.take("gauges");
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::sequence || node->items.empty() ||
      node->items.size() > kGaugesMost) {
    return map.complain(
        *node, fmt::format("`prometheus.gauges` is no list of 1 to {} gauges", kGaugesMost),
        "write entries such as `{name: requests waiting, query: '…{slot}…'}`");
  }
  for (const YamlNode& item : node->items) gauges.push_back(read_gauge(item, gauges, list));
}

std::string plain_url(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return to_lower_ascii(url);
}

// A query that both ask of the same server; nothing where there is none.
const GaugeSpec* shared_gauge(const EnvironmentSpec& one, const EnvironmentSpec& two) {
  if (!one.prometheus || !two.prometheus) return nullptr;
  if (plain_url(one.prometheus->url) != plain_url(two.prometheus->url)) return nullptr;
  for (const GaugeSpec& gauge : two.prometheus->gauges) {
    if (gauge.query.empty()) continue;
    if (contains(one.prometheus->gauges, gauge.query, &GaugeSpec::query)) return &gauge;
  }
  return nullptr;
}

}  // namespace

void read_prometheus(MapReader& environment, EnvironmentSpec& spec, ComplaintList& list) {
  const YamlNode* node = environment.take("prometheus");
  if (node == nullptr) return;
  MapReader map(node, "prometheus", list);
  PrometheusSpec prometheus;
  map.require("url");
  if (map.text("url", prometheus.url) && !is_http_url(prometheus.url)) {
    map.complain(*map.take("url"),
                 fmt::format("`prometheus.url` is `{}`", printable(prometheus.url, 80)),
                 "write http://HOST:PORT or https://HOST:PORT, without a user");
  }
  map.text("token_file", prometheus.token_file);
  map.duration("interval", prometheus.interval_ms, kInterval);
  read_gauges(map, prometheus.gauges, list);
  map.finish();
  if (!spec.judged) {
    map.complain(*node, "there are gauges, but the environment is not judged",
                 "add `judged: true`, so that they are looked at");
  }
  spec.prometheus = std::move(prometheus);
}

void complain_of_shared_gauges(const std::vector<EnvironmentSpec>& environments,
                               const std::vector<Position>& at, ComplaintList& list) {
  for (std::size_t i = 1; i < environments.size() && i < at.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const GaugeSpec* gauge = shared_gauge(environments[j], environments[i]);
      if (gauge == nullptr) continue;
      list.add(at[i],
               fmt::format("`{}` and `{}` ask the same Prometheus the same for gauge `{}`, so that "
                           "both would see the same processes",
                           printable(environments[j].name.text, 80),
                           printable(environments[i].name.text, 80), printable(gauge->name, 80)),
               "let each query choose the processes of its own environment, by a label");
      break;
    }
  }
}

}  // namespace sluice::contract
