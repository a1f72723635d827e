#include "testing/scenario.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text.h"
#include "core/decide.h"
#include "gates/delivery_verdict.h"
#include "testing/scenario_world.h"

namespace sluice::testing {
namespace {

using Words = std::vector<std::string_view>;

std::string rest(const Words& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) {
    text += (text.empty() ? "" : " ") + std::string(words[i]);
  }
  return text;
}

// Healthy readings, enough evidence: what most situations start from.
void all_well(World& world, const Words&) {
  for (const Trigger trigger : kTriggers) {
    world.seen.readings.of(trigger) = {Reading::healthy, "well"};
  }
  world.seen.promotion = {true, "enough evidence"};
  decide(world);
}

void nothing_seen(World& world, const Words&) {
  world.seen.readings = {};
  world.seen.promotion = {};
  decide(world);
}

Release release_named(std::string_view id) {
  Release release{.id = std::string(id), .title = std::string(id)};
  release.artifacts.push_back({"program", "build/program", sha256(id)});
  release.digest = release_digest(release);
  return release;
}

void adopt(World& world, const Words& words) {
  std::vector<EnvironmentName> names;
  for (const EnvironmentPlan& environment : world.plan.environments) {
    names.push_back(environment.name);
  }
  fold(world,
       core::start_adoption(world.service, {"shop"}, release_named(words[1]), names, kMinuteMs));
  decide(world);
}

void deliver(World& world, const Words& words) {
  Plan plan = world.plan;
  plan.release = release_named(words[1]);
  fold(world, core::start_delivery(world.service, plan, world.clauses));
  decide(world);
}

// approved REL-2 [50s]: by evidence that the contract's clause of the next delivery rests on, for
// so long.
void approved(World& world, const Words& words) {
  Evidence evidence{.kind = EvidenceKind::approval,
                    .about = release_named(words[1]).digest,
                    .by = "ana",
                    .source = "ana (uid 1001)",
                    .observed = world.now,
                    .bytes = sha256("approved")};
  if (words.size() > 2) evidence.valid_until = world.now + *parse_duration_ms(words[2]);
  evidence.id = evidence_id(evidence);
  fold(world, {EvidenceRecorded{evidence}});
  world.clauses = {{.clause = Clause::pre_contract,
                    .verdict = Verdict::pass,
                    .code = "ok",
                    .why = "approved",
                    .looked_at = 1,
                    .evidence = {evidence.id}}};
}
// flags new-nav: of the next delivery; found to be off when it is let in. excepted_flags: nobody
// could say, and a person decided that it need not be known.
void flags(World& world, const Words& words) {
  world.plan.flags = {std::string(words[1])};
  world.clauses = {{.clause = Clause::pre_flags,
                    .verdict = Verdict::pass,
                    .code = words[0] == "flags" ? "ok" : "exception",
                    .why = "off",
                    .looked_at = 1}};
}
// flag_says off: what the service answers when it is asked again; `nothing` where it does not.
void flag_says(World& world, const Words& words) {
  const auto says = [&](Verdict verdict, std::string_view code) {
    world.seen.flags = ClauseVerdict{.clause = Clause::pre_flags,
                                     .verdict = verdict,
                                     .code = std::string(code),
                                     .why = "the flag is " + std::string(words[1]),
                                     .looked_at = 1};
  };
  if (words[1] == "nothing") world.seen.flags.reset();
  if (words[1] == "off") says(Verdict::pass, "ok");
  if (words[1] == "on") says(Verdict::fail, "flag_on");
  if (words[1] == "unknown") says(Verdict::inconclusive, "flag_unknown");
  decide(world);
}
// rehearsed [20s]: the rollback, in staging; so much is promised, a minute at first.
void rehearsed(World& world, const Words& words) {
  world.plan.environments[1].drill = true;
  world.plan.rollback_estimate_ms = kMinuteMs;
  if (words.size() > 1) world.plan.rollback_estimate_ms = *parse_duration_ms(words[1]);
  world.plan.rollback_claim = "planned";
  world.plan.drill_valid_ms = kHourMs;
}
// `sluice drill`.
void drill(World& world, const Words& words) {
  rehearsed(world, {});
  Plan plan = world.plan;
  plan.release = release_named(words[1]);
  plan.environments = {world.plan.environments[1]};
  plan.drill = true;
  fold(world, core::start_delivery(world.service, plan, {}));
  decide(world);
}
void revoked(World& world, const Words& words) {
  const Digest id = world.clauses.front().evidence.front();
  fold(world, {EvidenceRevoked{id, "ana", rest(words, 1)}});
  decide(world);
}

// observed [slow]: everything that is pending has happened; repeated until nothing new is pending
// (but not past a wait for time or evidence).
void observed(World& world, const Words& words) {
  const std::string only = rest(words, 1);
  for (int round = 0; round < 8; ++round) {
    world.seen.effects.clear();
    for (const PendingEffect& pending : world.service.pending) {
      if (!only.empty() && !to_text(pending.effect).starts_with(only)) continue;
      EffectReport report{pending.id, EffectProgress::observed};
      if (const auto* smoke = std::get_if<RunSmoke>(&pending.effect)) {
        report.smoke = SmokeReported{smoke->environment, true, 2, {}};
      }
      world.seen.effects.push_back(std::move(report));
    }
    if (world.seen.effects.empty()) break;
    decide(world);
    if (!only.empty()) break;
  }
}

void report(World& world, const Words& words, EffectProgress progress) {
  for (const PendingEffect& pending : world.service.pending) {
    if (!to_text(pending.effect).starts_with(words[1])) continue;
    EffectReport one{pending.id, progress, rest(words, 2)};
    world.seen.effects.push_back(std::move(one));
  }
  decide(world);
}
void resisted(World& world, const Words& words) { report(world, words, EffectProgress::resisted); }
void failed(World& world, const Words& words) { report(world, words, EffectProgress::failed); }

void smoke_fails(World& world, const Words& words) {
  for (const PendingEffect& pending : world.service.pending) {
    const auto* smoke = std::get_if<RunSmoke>(&pending.effect);
    if (smoke == nullptr) continue;
    EffectReport one{pending.id, EffectProgress::observed};
    one.smoke = SmokeReported{smoke->environment, false, 2, rest(words, 1)};
    world.seen.effects.push_back(std::move(one));
  }
  decide(world);
}

void advance(World& world, const Words& words) {
  const auto ms = parse_duration_ms(words[1]);
  SLUICE_ASSERT(ms);
  world.now = world.now + *ms;
  decide(world);
}

Reading reading_named(std::string_view word) {
  for (const Reading reading :
       {Reading::healthy, Reading::breached, Reading::no_data, Reading::error}) {
    if (to_text(reading) == word) return reading;
  }
  SLUICE_ASSERT(false);
  return Reading::error;
}

// reading error_rate breached 5 % errors …
void reading(World& world, const Words& words) {
  for (const Trigger trigger : kTriggers) {
    if (to_text(trigger) != words[1]) continue;
    world.seen.readings.of(trigger) = {reading_named(words[2]), rest(words, 3)};
  }
  decide(world);
}

void evidence(World& world, const Words& words) {
  world.seen.promotion = {words[1] == "enough", rest(words, 1)};
  decide(world);
}

Share share_named(std::string_view word) {
  const auto share = parse_share(word);
  SLUICE_ASSERT(share);
  return *share;
}

// pace 2% [0.5%]: what the evidence allows now, and what it allowed when nothing was known.
void pace(World& world, const Words& words) {
  world.seen.pace.allowed = share_named(words[1]);
  world.seen.pace.at_first = share_named(words.back());
  world.seen.pace.words = "the evidence allows " + to_text(world.seen.pace.allowed);
  decide(world);
}

// under_load 1000: staging is judged under a load of so many requests at least.
void under_load(World& world, const Words& words) {
  world.plan.environments[1].load_requests_min = *parse_integer(words[1]);
}
// load fails exited with status 1
void load(World& world, const Words& words) {
  world.seen.load_trouble = words[1] == "runs" ? std::string() : rest(words, 2);
  decide(world);
}
void canary_requests(World& world, const Words& words) {
  world.seen.canary.requests = *parse_integer(words[1]);
  decide(world);
}

// suspicion cut odds 61 : 1 …
void suspicion(World& world, const Words& words) {
  for (const Suspicion one : {Suspicion::none, Suspicion::stop, Suspicion::cut}) {
    if (to_text(one) == words[1]) world.seen.suspicion = one;
  }
  world.seen.suspicion_words = rest(words, 2);
  decide(world);
}
// burn too_fast 20 times over …; burn slow: burn rates of the service, by an objective of 99 %.
void burn(World& world, const Words& words) {
  Burn& seen = world.seen.burn;
  seen.objective = 0.99;
  seen.computed = words[1] != "unknown";
  seen.burning = words[1] == "too_fast";
  seen.service = seen.burning ? 20 : 0.5;
  seen.highest = std::max(seen.highest, seen.service);
  seen.highest_minutes = 5;
  seen.minutes = {{world.now.unix_ms / kMinuteMs, 1'000, seen.burning ? 200 : 5}};
  world.seen.burn_words = rest(words, 2);
  decide(world);
}
// flaky 12 of 40 …; flaky: none any more.
void flaky(World& world, const Words& words) {
  world.seen.flaky_probes = rest(words, 1);
  decide(world);
}
// gauges requests waiting: 38 …; gauges: none any more.
void gauges(World& world, const Words& words) {
  world.seen.worse_gauges = rest(words, 1);
  decide(world);
}
// verdict post.burn_rate: what the delivery's verdict says of it.
void verdict(World& world, const Words& words) {
  for (const ClauseVerdict& one : gates::verdict_of(*world.service.delivery).clauses) {
    if (to_text(one.clause) != words[1]) continue;
    world.say(
        fmt::format("{} {} {}: {}", to_text(one.clause), to_text(one.verdict), one.code, one.why));
  }
}
void not_paced(World& world, const Words&) { world.plan.parameters.evidence_paced = false; }

void command(World& world, CommandKind kind, const Words& words) {
  world.seen.command = Command{kind, words.size() > 1 ? std::string(words[1]) : "ana"};
  decide(world);
}
void pause(World& world, const Words& words) { command(world, CommandKind::pause, words); }
void resume(World& world, const Words& words) { command(world, CommandKind::resume, words); }
void rollback(World& world, const Words& words) { command(world, CommandKind::rollback, words); }
void abort(World& world, const Words& words) { command(world, CommandKind::abort, words); }
void supersede(World& world, const Words& words) {
  Plan plan = world.plan;
  plan.release = release_named(words[1]);
  fold(world, {DeliveryRequested{core::next_delivery_id(world.service), "ana", plan, {}}});
  decide(world);
}
// The request is taken back before it began.
void drop(World& world, const Words&) {
  fold(world, {RequestDropped{world.service.requested->delivery, "ana"}});
  decide(world);
}
// give_back [D-0001]: `rollback` when nothing is under way.
void give_back(World& world, const Words& words) {
  const auto plan = core::plan_of_return(world.service, {rest(words, 1)});
  if (!plan) return world.say(plan.error().message);
  fold(world, core::start_delivery(world.service, *plan, core::clauses_of_return(world.service)));
  decide(world);
}
// Somebody may be called.
void people(World& world, const Words&) { world.plan.notify = true; }

void router(World& world, const Words& words) {
  world.seen.router_reachable = words[1] == "reachable";
  decide(world);
}
void baseline(World& world, const Words& words) {
  world.seen.baseline_probes_failing = words[1] == "fails";
  world.seen.baseline_probes_passing = words[1] == "well";
  if (words[1] == "gone") world.seen.baseline_live_servers = 0;
  if (words[1] == "back") world.seen.baseline_live_servers = 1;
  decide(world);
}
void old_alert(World& world, const Words& words) {
  world.seen.preexisting_alert = rest(words, 1);
  decide(world);
}
void drift(World& world, const Words& words) {
  world.seen.drift = RoutingDrifted{{std::string(words[1])}, "share 5 %", rest(words, 2), 0};
  decide(world);
}
// generation_drift production 7: a stranger has set a generation that is so much above ours.
void generation_drift(World& world, const Words& words) {
  const auto above = static_cast<std::uint64_t>(*parse_integer(words[2]));
  world.seen.drift = RoutingDrifted{{std::string(words[1])},
                                    "share 5 %",
                                    "share 5 %, a foreign generation",
                                    world.service.generation + above};
  decide(world);
}
void guard(World& world, const Words& words) {
  world.seen.guard = GuardReport{world.service.generation + 1, world.now, rest(words, 1)};
  decide(world);
}
// away 60s: the engine is killed, and another one starts so much later.
void away(World& world, const Words& words) {
  world.now = world.now + *parse_duration_ms(words[1]);
  fold(world, {SupervisionResumed{}});
  decide(world);
}
void keep_on_missing(World& world, const Words&) { world.plan.keep_on_missing_validation = true; }

using Verb = void (*)(World&, const Words&);
const std::map<std::string_view, Verb>& verbs() {
  static const std::map<std::string_view, Verb> kVerbs{
      {"adopt", adopt},
      {"deliver", deliver},
      {"observed", observed},
      {"resisted", resisted},
      {"failed", failed},
      {"smoke_fails", smoke_fails},
      {"advance", advance},
      {"all_well", all_well},
      {"nothing_seen", nothing_seen},
      {"reading", reading},
      {"evidence", evidence},
      {"pace", pace},
      {"suspicion", suspicion},
      {"burn", burn},
      {"flaky", flaky},
      {"gauges", gauges},
      {"verdict", verdict},
      {"not_paced", not_paced},
      {"pause", pause},
      {"resume", resume},
      {"rollback", rollback},
      {"abort", abort},
      {"supersede", supersede},
      {"drop", drop},
      {"give_back", give_back},
      {"people", people},
      {"router", router},
      {"baseline", baseline},
      {"old_alert", old_alert},
      {"drift", drift},
      {"generation_drift", generation_drift},
      {"guard", guard},
      {"away", away},
      {"keep_on_missing", keep_on_missing},
      {"approved", approved},
      {"revoked", revoked},
      {"flags", flags},
      {"flag_says", flag_says},
      {"excepted_flags", flags},
      {"under_load", under_load},
      {"load", load},
      {"canary_requests", canary_requests},
      {"rehearsed", rehearsed},
      {"drill", drill},
  };
  return kVerbs;
}

// quiet VERB …: the answer is left out; for getting somewhere that another transcript shows.
void run_line(World& world, std::string_view line) {
  Words words;
  for (const std::string_view word : split(line, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  const bool quiet = words[0] == "quiet";
  if (quiet) words.erase(words.begin());
  const auto verb = verbs().find(words[0]);
  if (verb == verbs().end()) return world.say("unknown verb " + std::string(words[0]));
  const std::size_t before = world.out.size();
  verb->second(world, words);
  const bool broken = world.out.find("BROKEN", before) != std::string::npos;
  if (quiet && !broken) world.out.resize(before);
}

}  // namespace

std::string run_scenario(std::string_view script) {
  World world;
  see_nothing_yet(world);
  for (const std::string_view line : split(script, '\n')) {
    if (line.starts_with("=>")) continue;
    world.out += std::string(line) + "\n";
    if (!trim(line).empty() && !line.starts_with("#")) run_line(world, line);
  }
  while (world.out.ends_with("\n\n")) world.out.pop_back();
  return world.out;
}

}  // namespace sluice::testing
