#include "cli/follow.h"

#include <chrono>
#include <compare>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client.h"
#include "cli/live_view.h"
#include "cli/plain_progress.h"
#include "cli/screen.h"
#include "cli/styled_line.h"

namespace sluice::cli {
namespace {

constexpr std::int64_t kSilenceShownMs = 1'000;

std::int64_t steady_ms() {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
}

// "D-9999" comes before "D-10000".
std::strong_ordering in_order(const DeliveryId& one, const DeliveryId& other) {
  if (one.text.size() != other.text.size()) return one.text.size() <=> other.text.size();
  return one <=> other;
}

// What is shown while it goes on: a view that is drawn in place, or plain lines.
class View {
 public:
  explicit View(const Context& context) : context_(context) {}

  void show(const Status& status, std::int64_t silent_ms) {
    if (context_.terminal.interactive) {
      draw_in_place(status, silent_ms);
    } else {
      print_changes(status, silent_ms);
    }
  }

 private:
  [[nodiscard]] Terminal terminal() const {
    return context_.measure ? context_.measure() : context_.terminal;
  }

  void draw_in_place(const Status& status, std::int64_t silent_ms) {
    const Terminal now = terminal();
    std::vector<std::string> lines = draw(status, now.columns, now.colour);
    if (silent_ms >= kSilenceShownMs) {
      const std::string silence = silence_text(silent_ms);
      lines.push_back(StyledLine(silence, Tint::careful).render(now.columns, now.colour));
    }
    frame_ = repaint(frame_, std::move(lines), now);
    context_.out(frame_.bytes);
  }

  void print_changes(const Status& status, std::int64_t silent_ms) {
    const bool silent = silent_ms >= kSilenceShownMs;
    if (silent && !silence_told_) context_.out(silence_text(silent_ms) + "\n");
    silence_told_ = silent;
    if (silent_ms > 0) return;
    Telling telling = tell(told_, status);
    for (const std::string& line : telling.lines) context_.out(line + "\n");
    told_ = std::move(telling.told);
  }

  static std::string silence_text(std::int64_t silent_ms) {
    return fmt::format("no answer from the engine for {}; asking again", duration_text(silent_ms));
  }

  const Context& context_;
  Frame frame_;
  Told told_;
  bool silence_told_ = false;
};

// What a status means for whoever follows `delivery`; nothing: go on.
std::optional<Farewell> farewell_of(const Status& status, const DeliveryId& delivery) {
  const auto order = in_order(status.delivery, delivery);
  if (order > 0) return Farewell::replaced;
  // An earlier one that is being superseded: ours starts when that is back, unless it was dropped.
  if (order < 0) {
    return status.requested == delivery ? std::nullopt : std::optional(Farewell::dropped);
  }
  return status.delivering ? std::nullopt : std::optional(Farewell::ended);
}

}  // namespace

Followed follow(const Context& context, const DeliveryId& delivery) {
  const Client client(context);
  View view(context);
  Followed followed;
  std::int64_t silent_ms = 0;
  while (true) {
    const std::int64_t asked = steady_ms();
    auto status = client.status();
    if (status) {
      silent_ms = 0;
      followed.last = std::move(*status);
    } else {
      silent_ms += kPollMs + (steady_ms() - asked);
    }
    view.show(followed.last, silent_ms);
    if (const auto end = farewell_of(followed.last, delivery); status && end) {
      followed.farewell = *end;
      return followed;
    }
    if (silent_ms > kLostMs || context.interrupted()) {
      followed.farewell = silent_ms > kLostMs ? Farewell::lost : Farewell::left;
      return followed;
    }
    context.sleep(kPollMs);
  }
}

Exit say_left(const Context& context, const DeliveryId& delivery, std::string_view does) {
  context.out(fmt::format("\n{0} goes on; `sluice status` shows it, `sluice abort {0}` {1}\n",
                          printable(delivery.text), does));
  return Exit::allowed;
}

Exit say_lost(const Context& context) {
  const std::string_view watched =
      context.guard_answers()
          ? "the guard starts it again, or takes the traffic back"
          : "no guard answers either, so nobody watches the traffic; `sluice pause`, `sluice "
            "resume` or `sluice rollback` starts both";
  context.err(
      fmt::format("sluice: lost contact with the engine for more than {}; {}; `sluice "
                  "status` shows what the ledger says\n",
                  duration_text(kLostMs), watched));
  return Exit::undecided;
}

}  // namespace sluice::cli
