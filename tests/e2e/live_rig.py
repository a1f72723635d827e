"""What the end-to-end tests of kills and disturbances share: the demo's world with shorter times, a
place to stop between Sluice and HAProxy, and the facts that every delivery must leave behind."""
import collections
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import demo_world
from demo_world import ENVIRONMENTS, Trouble, World, end_with_parent, wait_for

ENDS = ("done", "rolled_back", "aborted")
INSTANCES = {"development": 1, "staging": 3, "production": 5}
FIRST_SHARE = 1000  # basis points
SHORTER = [("[ { share: 100%, soak: 2s } ]", "[ { share: 100%, soak: 300ms } ]"),
           ("[ { share: 50%, soak: 3s }, { share: 100%, soak: 2s } ]", "[ { share: 100%, soak: 500ms } ]"),
           ("post_deploy_validation_window: 8s", "post_deploy_validation_window: 4s"),
           # None of these rows is about latency, and a busy machine may stand still for a moment.
           ("p99_target: 250ms", "p99_target: 2s")]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=5)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(5)
        self.sock.connect(self.path)


def ask(path, target, body=None):
    """The JSON that a socket answers with; nothing where nobody answers. With a body it is a POST."""
    connection = UnixConnection(path)
    try:
        connection.request("POST" if body else "GET", target, body and json.dumps(body),
                           {"Content-Type": "application/json"} if body else {})
        return json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def is_alive(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


def kill(pid):
    """kill -9, and gone when it returns."""
    os.kill(pid, signal.SIGKILL)
    wait_for(f"the end of {pid}", lambda: not is_alive(pid), 5)


class Relay:
    """Between Sluice and HAProxy's runtime socket. `hook(command)` runs before a command is passed on;
    when it says False, the command never arrives. What it raises is kept in `wrong`."""

    def __init__(self, path, target):
        self.target = str(target)
        self.hook = None
        self.wrong = None
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                one, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(one,), daemon=True).start()

    def _carry(self, client):
        with client, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            try:
                server.connect(self.target)
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()
                while part := client.recv(65_536):
                    if not self._passes(part.decode()):
                        return
                    server.sendall(part)
            except OSError:
                return

    def _answer(self, server, client):
        try:
            while part := server.recv(65_536):
                client.sendall(part)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _passes(self, command):
        with self.lock:
            if not self.hook:
                return True
            try:
                return self.hook(command)
            except Exception as wrong:  # of a thread: the row fails with it
                self.wrong = wrong
                return True


class LiveWorld(World):
    """The demo's world, on shorter times; `changes` are further replacements in sluice.yaml."""

    def __init__(self, build, folder, changes=(), relayed=()):
        super().__init__(build, ROOT / "examples/storefront", folder)
        self.changes = [*SHORTER, *changes]
        self.relayed = relayed
        self.relays = {}
        self.number = 0

    def _copy_example(self):
        super()._copy_example()
        path = self.folder / "sluice.yaml"
        text = path.read_text()
        for old, new in self.changes:
            if old not in text:
                raise Trouble(f"sluice.yaml of the example has no `{old}` any more")
            text = text.replace(old, new)
        path.write_text(text)

    def _start_haproxy(self, name):
        if name in self.relayed:
            path = self.folder / "haproxy" / f"{name}.cfg"
            path.write_text(path.read_text().replace(f"run/{name}.sock", f"run/{name}.real.sock"))
            run = self.folder / "run"
            self.relays[name] = Relay(run / f"{name}.sock", run / f"{name}.real.sock")
        super()._start_haproxy(name)

    def tear_down(self):
        trouble = super().tear_down()
        for relay in self.relays.values():
            relay.close()
        return trouble

    # --- what there is

    def state_path(self, name):
        return self.folder / ".sluice" / name

    def guard(self):
        return ask(self.state_path("guard.sock"), "/v1/state") or {}

    def engine_pid(self):
        return self.guard().get("engine", {}).get("pid", 0)

    def now(self):
        """The status as the engine has it; nothing while there is no engine."""
        return ask(self.state_path("api.sock"), "/v1/status") or {}

    def slot(self, environment, slot):
        for one in self.guard().get("slots", []):
            if (one["environment"], one["slot"]) == (environment, slot):
                return one["state"]
        return {"running": 0, "wanted": 0, "restarts": 0}

    def share(self, environment, slot):
        """In basis points, from HAProxy's memory."""
        values = self.runtime_map(environment)
        share_b = int(values.get("share_b", 0))
        return share_b if slot == "b" else 10_000 - share_b

    def runtime_map(self, environment):
        reply = self.runtime(environment, f"show map {self.folder}/run/{environment}.map")
        return {words[1]: words[2] for words in map(str.split, reply.splitlines()) if len(words) == 3}

    def runtime(self, environment, command):
        real = self.folder / "run" / f"{environment}.real.sock"
        path = real if real.exists() else self.folder / "run" / f"{environment}.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            one.settimeout(5)
            one.connect(str(path))
            one.sendall(command.encode() + b"\n")
            reply = b""
            while part := one.recv(4096):
                reply += part
        return reply.decode()

    def times_started(self, version, environment):
        """How often the storefront of this version was started: each start writes a line."""
        wanted = f"storefront {version} listens on"
        files = (self.folder / ".sluice/output").glob("*")
        return sum(path.read_text(errors="replace").count(wanted)
                   for path in files if environment in path.name)

    # --- acting

    def new_contract(self, soak="2 seconds"):
        """A release of its own: another id, another configuration. Returns (file, id)."""
        self.number += 1
        name, release = f"2.{self.number}.0", f"REL-2026-{200 + self.number}"
        works = (self.folder / "config/1.1.0.conf").read_text()
        (self.folder / f"config/{name}.conf").write_text(works.replace("1.1.0", name))
        text = next((self.folder / "work/releases").glob("*-storefront-1.1.0.md")).read_text()
        text = text.replace("1.1.0", name).replace("REL-2026-101", release)
        text = re.sub(r"(?m)^\| (Early adopters|General) \|.*\n", "", text)
        text = text.replace("| Canary | 5% | 4 seconds |", f"| Canary | 10% | {soak} |")
        path = self.folder / f"work/releases/2026-11-30-storefront-{name}.md"
        path.write_text(text)
        self.bring_evidence(str(path), "1.5.0")
        return str(path), release

    def begin(self):
        self.set_up()
        self.run_sluice("adopt", str(next((self.folder / "work/releases").glob("*-1.0.0.md"))))
        self.start_traffic()

    def stop_child(self, name, number=signal.SIGKILL):
        """Ends a child that was started here, and forgets it."""
        for entry in [each for each in self.children if each[0] == name]:
            os.killpg(entry[1].pid, number)
            entry[1].wait(10)
            self.children.remove(entry)


# --- one delivery

class Delivery:
    """A delivery under way, and what is wrong with it: `differences`."""

    def __init__(self, world, soak="2 seconds", watch=True):
        self.world = world
        self.differences = []
        self.seq = max((record["seq"] for record in world.events()), default=0)
        self.canary = {name: world.canary_slot(name) for name in ENVIRONMENTS}
        self.contract, self.release = world.new_contract(soak)
        if watch:
            for name in ENVIRONMENTS:
                world.witness[name].watch(self.canary[name])

    def start(self):
        self.world.run_sluice("deliver", "--detach", self.contract)
        return self

    def wait_until(self, what, condition, seconds=30):
        """`condition` of the status; the delivery may not end before."""
        def reached():
            status = self.world.now()
            if status.get("phase") in ENDS and not condition(status):
                raise Trouble(f"{what} did not happen: {status['phase']} before it")
            return bool(status) and condition(status)
        wait_for(what, reached, seconds)

    def wait_stage(self, environment="production"):
        self.wait_until(f"the first stage in {environment}", lambda status:
                        status.get("environment") == environment and status.get("phase") == "soaking")

    def wait_end(self, seconds=45):
        wait_for("the end of the delivery",
                 lambda: self.world.now().get("phase") in ENDS, seconds)
        self.wait_observed()

    def wait_observed(self):
        """What a delivery leaves to be done when it ends is done, too."""
        wait_for("the observation of every effect", lambda: not self.unobserved(), 15)

    def records(self):
        return [record["event"] for record in self.world.events(after=self.seq)]

    def named(self, name):
        return [event for event in self.records() if event["event"] == name]

    def unobserved(self):
        """What was intended and not observed yet; a newer generation replaces what was pending."""
        events = self.records()
        seen = {event["effect_id"] for event in events if event["event"] == "effect_observed"}
        intended = [event for event in events if event["event"] == "effect_intended"]
        newest = max((event["generation"] for event in intended), default=0)
        return [event for event in intended
                if event["generation"] == newest and event["effect_id"] not in seen]

    def compare(self, what, expected, observed):
        if expected != observed:
            self.differences.append(f"{what}: expected {expected}, observed {observed}")

    def expect(self, what, condition):
        if not condition:
            self.differences.append(what)

    # --- facts

    def check_end(self, phase, restarted=True):
        """Everything that holds at every end, whatever happened on the way."""
        done = phase == "done"
        self.compare("phase", phase, self.world.now().get("phase"))
        for name in ENVIRONMENTS:
            old = ("b" if self.canary[name] == "a" else "a") if done else self.canary[name]
            kept = self.canary[name] if done else ("b" if self.canary[name] == "a" else "a")
            self.compare(f"share of {kept} in {name}", 10_000, self.world.share(name, kept))
            self.compare(f"processes of {old} in {name}", 0, self.world.slot(name, old)["running"])
            self.compare(f"processes of {kept} in {name}", INSTANCES[name],
                         self.world.slot(name, kept)["running"])
        verified = self.world.run_sluice("log", "verify", check=False)
        self.compare("exit status of log verify", 0, verified.returncode)
        if restarted:
            self.expect("supervision_resumed is not in the log", self.named("supervision_resumed"))

    def check_effects_once(self):
        events = self.records()
        count = lambda kind: collections.Counter(
            event["effect_id"] for event in events if event["event"] == kind)
        intended, observed = count("effect_intended"), count("effect_observed")
        for effect in sorted(set(intended) | set(observed)):
            self.compare(f"effect {effect} was (intended, observed)", (1, 1),
                         (intended[effect], observed[effect]))

    def check_started_once(self, environments=ENVIRONMENTS):
        for name in environments:
            # A drill stops the canary of staging and starts it again.
            starts = INSTANCES[name] * (2 if name == "staging" else 1)
            self.compare(f"starts in {name}", starts,
                         self.world.times_started(self.release, name))
            self.compare(f"restarts in {name}", 0,
                         self.world.slot(name, self.canary[name])["restarts"])

    def check_replay(self):
        """Decided again from what was kept, every delivery since then is the same."""
        for event in self.named("delivery_started"):
            again = self.world.run_sluice("replay", event["delivery"], check=False)
            self.compare(f"replay of {event['delivery']}", 0, again.returncode)
            self.differences += [f"replay: {line}" for line in again.stdout.splitlines()
                                 if again.returncode and not line.startswith(" ")][-3:]

    def check_no_failed_request(self):
        for name in ("staging", "production"):
            _, totals = self.world.witness[name].seen()
            self.expect(f"no request was seen in {name}", totals["a"] + totals["b"])
            self.compare(f"failed requests in {name}", 0, totals["a bad"] + totals["b bad"])


# --- a run of rows

def interrupted(number, _frame):
    raise SystemExit(128 + number)


def print_table(rows):
    head = ("row", "what was done", "expected", "seconds", "")
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def run_row(world, number, row):
    """row: (what, expected, function of the world that returns the differences)."""
    began = time.monotonic()
    try:
        differences = row[2](world)
    except (Trouble, OSError, ValueError, KeyError, subprocess.SubprocessError) as wrong:
        differences = [f"{type(wrong).__name__}: {wrong}"]
    for difference in differences:
        print(f"row {number}: {difference}", flush=True)
    took = f"{time.monotonic() - began:.1f}"
    return (str(number), row[0], row[1], took, "FAIL" if differences else "ok")


def make_ready(world):
    """After a row that failed: no delivery is under way when the next one begins."""
    if world.now().get("delivering"):
        world.run_sluice("abort", check=False)
        wait_for("the end of an aborted delivery", lambda: not world.now().get("delivering"), 30)


def keep_evidence(world, name):
    """The logs of a run that failed, where the next run does not remove them."""
    kept = world.build / "Testing" / name
    kept.mkdir(parents=True, exist_ok=True)
    for log in ("engine.log", "guard.log"):
        path = world.state_path(log)
        if path.exists():
            (kept / log).write_bytes(path.read_bytes())
    done = world.run_sluice("log", "--json", check=False)
    (kept / "ledger.jsonl").write_text(done.stdout)
    print(f"logs of this run: {kept}")


def run_rows(world, rows, wanted, name):
    """All rows in one world; the exit status. Everything is stopped at the end."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupted)
    began, table, trouble = time.monotonic(), [], []
    try:
        world.begin()
        for number, row in enumerate(rows, 1):
            if wanted and number not in wanted:
                continue
            table.append(run_row(world, number, row))
            make_ready(world)
    except (Trouble, OSError, subprocess.SubprocessError) as wrong:
        trouble.append(str(wrong))
    finally:
        if any(row[-1] != "ok" for row in table):
            keep_evidence(world, name)
        trouble += world.tear_down()
    print_table(table)
    for line in trouble:
        print(f"{name}: {line}", file=sys.stderr)
    print(f"{time.monotonic() - began:.0f} s")
    complete = len(table) == len(wanted or rows) and all(row[-1] == "ok" for row in table)
    return 0 if complete and not trouble else 1
