#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/figure.h"
#include "base/text.h"
#include "cli/figures.h"
#include "cli/simulation.h"

namespace sluice::cli {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 440;
constexpr double kLeft = 80;
constexpr double kRight = 24;
constexpr double kTop = 72;
constexpr double kBottom = 56;
constexpr std::string_view kSluice = "#1a7f5a";
constexpr std::string_view kPolling = "#b3541e";

// From a value to a place, by logarithms; what is below the least is drawn at the edge.
struct Scale {
  double least = 1;
  double most = 10;
  double from = 0;
  double to = 1;

  [[nodiscard]] double at(double value) const {
    const double part = (std::log10(std::max(value, least)) - std::log10(least)) /
                        (std::log10(most) - std::log10(least));
    return from + std::clamp(part, 0.0, 1.0) * (to - from);
  }
};

struct Frame {
  Scale x;
  Scale y;
};

double decade_below(double value) { return std::pow(10, std::floor(std::log10(value))); }
double decade_above(double value) { return std::pow(10, std::ceil(std::log10(value))); }

double tolerated(const Simulation& simulation) {
  return simulation.service.error_rate + simulation.plan.parameters.max_error_rate_increase;
}

// Releases that are worse than is tolerated: the others are not to be taken back.
std::vector<SimulatedRelease> worse(const Simulation& simulation) {
  std::vector<SimulatedRelease> out;
  for (const SimulatedRelease& release : simulation.releases) {
    if (release.error_rate > tolerated(simulation)) out.push_back(release);
  }
  return out;
}

Frame frame_of(const std::vector<SimulatedRelease>& releases) {
  double most = 10;
  for (const SimulatedRelease& release : releases) {
    most = std::max({most, release.sluice.failed.p95, release.polling.failed.p95});
  }
  return {.x = {.least = decade_below(0.999 * releases.front().error_rate),
                .most = 1,
                .from = kLeft,
                .to = kWidth - kRight},
          .y = {.least = 1, .most = decade_above(most), .from = kHeight - kBottom, .to = kTop}};
}

std::string text(double x, double y, std::string_view anchor, std::string_view words) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     words);
}

std::string line(double x1, double y1, double x2, double y2) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#ddd\"/>\n", x1, y1,
      x2, y2);
}

std::string grid_lines(const Frame& frame) {
  std::string out;
  for (double value = frame.y.least; value <= frame.y.most * 1.01; value *= 10) {
    const double y = frame.y.at(value);
    out += line(kLeft, y, kWidth - kRight, y);
    out += text(kLeft - 8, y + 4, "end", grouped(std::llround(value)));
  }
  for (double value = frame.x.least; value <= frame.x.most * 1.01; value *= 10) {
    const double x = frame.x.at(value);
    out += line(x, kTop, x, kHeight - kBottom);
    out += text(x, kHeight - kBottom + 18, "middle", percent_text(std::min(value, 1.0)));
  }
  return out;
}

// The medians as a line with points, and from each point up to the 95th percentile.
std::string curve(const Frame& frame, const std::vector<SimulatedRelease>& releases,
                  sim::Outcomes SimulatedRelease::* method, std::string_view colour) {
  std::string points;
  std::string marks;
  for (const SimulatedRelease& release : releases) {
    const sim::Figures& failed = (release.*method).failed;
    const double x = frame.x.at(release.error_rate);
    const double y = frame.y.at(failed.median);
    points += fmt::format("{:.1f},{:.1f} ", x, y);
    marks +=
        fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>\n", x, y, colour);
    marks += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x, y, x,
        frame.y.at(failed.p95), colour);
  }
  return fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n",
                     points, colour) +
         marks;
}

std::string escaped(std::string_view foreign) {
  std::string out;
  for (const char c : printable(foreign)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string captions(const Simulation& simulation, const Frame& frame) {
  const double x = frame.x.at(tolerated(simulation));
  std::string out = fmt::format(
      "<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\" stroke=\"#888\" "
      "stroke-dasharray=\"4 4\"/>\n",
      x, kTop, kHeight - kBottom);
  out += text(x + 4, kTop + 12, "start", "tolerated");
  out += text(kLeft, 24, "start",
              fmt::format("{}: requests that a bad release fails before it is taken back",
                          escaped(simulation.plan.service.text)));
  out += text(kLeft, 44, "start",
              fmt::format("{:g} requests a second, {} fail today; medians, and up to "
                          "the 95th percentile",
                          simulation.service.requests_per_second,
                          percent_text(simulation.service.error_rate)));
  out += text((kLeft + kWidth - kRight) / 2, kHeight - 14, "middle", "error rate of the release");
  out +=
      fmt::format("<g fill=\"{}\">{}</g>", kPolling,
                  text(kWidth - kRight, kTop - 8, "end",
                       fmt::format("polling every {} s, {} failed checks",
                                   simulation.polling.interval_s, simulation.polling.threshold)));
  return out +
         fmt::format("<g fill=\"{}\">{}</g>", kSluice, text(kLeft, kTop - 8, "start", "Sluice"));
}

}  // namespace

std::string simulation_plot(const Simulation& simulation) {
  const std::vector<SimulatedRelease> releases = worse(simulation);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
      kWidth, kHeight);
  if (releases.empty()) return out + text(kLeft, kTop, "start", "no release is worse") + "</svg>\n";
  const Frame frame = frame_of(releases);
  out += grid_lines(frame);
  out += curve(frame, releases, &SimulatedRelease::polling, kPolling);
  out += curve(frame, releases, &SimulatedRelease::sluice, kSluice);
  return out + captions(simulation, frame) + "</svg>\n";
}

}  // namespace sluice::cli
