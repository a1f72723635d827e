"""The world of the demo: a folder of its own, free ports, HAProxy, Alertmanager and traffic.

Whatever is started here is in a session of its own, and ends with this process, however that ends.
"""
import ctypes
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import demo_log

ENVIRONMENTS = ("development", "staging", "production")
TARGET_MS = 250
PATH_MAX = 60  # a UNIX socket's path has 107 bytes; HAProxy binds under a longer temporary name
# Requests wait between answers, so that the load is steady and the machine is left half idle.
TRAFFIC = {"staging": (12, 20), "production": (36, 20)}  # connections, pause in ms
PATHS = ("/", "/api/products", "/api/search?q=lamp", "/api/orders")


class Trouble(Exception):
    """The world is not as the demo needs it."""


def end_with_parent():
    """In a child: SIGTERM when the parent ends, however it ends."""
    libc = ctypes.CDLL(None)
    libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as one:
            if kind == socket.SOCK_STREAM:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def wait_for(what, condition, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.05)
    raise Trouble(f"{what} did not happen within {seconds} s")


class World:
    def __init__(self, build, example, folder):
        self.sluice = str(build / "sluice")
        self.build, self.example = build, example
        self.folder = folder if len(str(folder)) <= PATH_MAX else None
        self.temporary = self.folder is None
        if self.temporary:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-demo-"))
        self.children = []
        self.witness = {}
        self.ports = {}

    # --- setting up

    def set_up(self):
        for program in ("haproxy", "wrk", "prometheus-alertmanager", "openssl"):
            if not self._program(program):
                raise Trouble(f"{program} is not installed: tools/install_packages")
        for program in ("sluice", "storefront"):
            if not (self.build / program).is_file():
                raise Trouble(f"{self.build / program} is missing: make build")
        self._copy_example()
        subprocess.run([str(self.folder / "history")], check=True, stdout=subprocess.DEVNULL)
        self._choose_ports()
        for name in ENVIRONMENTS:
            self.witness[name] = demo_log.Witness(TARGET_MS)
        self.run_sluice("init", "--haproxy")
        for name in ENVIRONMENTS:
            self._start_haproxy(name)
        self._start_alertmanager()

    @staticmethod
    def _program(name):
        return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

    def _copy_example(self):
        if (self.folder / ".sluice").exists():  # what an earlier demo left when it was killed
            self.run_sluice("down", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.example, self.folder,
                        ignore=shutil.ignore_patterns("*.cc", "*.h", "README.md", "bin", "haproxy", "run", ".sluice"))
        (self.folder / "bin").mkdir()
        (self.folder / "logs").mkdir()
        shutil.copy2(self.build / "storefront", self.folder / "bin" / "storefront")
        # Whoever runs the demo is its quality agent; the other agent gets a key pair of its own.
        path = self.folder / "sluice.yaml"
        path.write_text(path.read_text().replace('user: "1000"', f'user: "{os.getuid()}"'))
        self._sign("--new-key")

    def _sign(self, *arguments):
        done = subprocess.run([str(self.folder / "sign"), *arguments], cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
                              env={**os.environ, "SLUICE": self.sluice})
        if done.returncode != 0:
            raise Trouble(f"sign {' '.join(arguments)}: {done.stderr.strip()}")

    def _choose_ports(self):
        """Moves all ports of sluice.yaml by the same distance, to where all of them are free."""
        path = self.folder / "sluice.yaml"
        text = path.read_text()
        used = sorted({int(found) for found in re.findall(r"\b18\d{3}\b", text)})
        used = sorted(set(used) | {port + i for port in used for i in range(5)})
        distances = list(range(0, 13_000, 500))
        first = os.getpid() % len(distances)  # two demos that start together look at different ports
        for distance in distances[first:] + distances[:first]:
            if all(is_free(port + distance) for port in used):
                break
        else:
            raise Trouble("no free ports were found from 18000 to 31999")
        moved = re.sub(r"\b18\d{3}\b", lambda found: str(int(found[0]) + distance), text)
        path.write_text(moved)
        entrances = re.findall(r"entrance: http://127\.0\.0\.1:(\d+)", moved)
        self.ports = dict(zip(ENVIRONMENTS, map(int, entrances)))
        self.ports["alertmanager"] = 18093 + distance

    def _start_haproxy(self, name):
        path = self.folder / "haproxy" / f"{name}.cfg"
        # The second target: the same lines, for the demo's own counting.
        text, changed = re.subn(r"(    log 127\.0\.0\.1:\d+ format raw local0\n)",
                                rf"\1    log 127.0.0.1:{self.witness[name].port} format raw local1\n",
                                path.read_text())
        if changed != 1:
            raise Trouble(f"{path} has no log target to add another one to")
        path.write_text(text)
        self.start(f"haproxy-{name}", [self._program("haproxy"), "-db", "-q", "-f", str(path)])
        wait_for(f"HAProxy in {name}", lambda: not is_free(self.ports[name]))

    def _start_alertmanager(self):
        (self.folder / "alertmanager.yml").write_text(
            "route: { receiver: nobody }\nreceivers: [ { name: nobody } ]\n")
        self.start("alertmanager", [
            self._program("prometheus-alertmanager"), "--cluster.listen-address=",
            f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}",
            f"--config.file={self.folder}/alertmanager.yml",
            f"--storage.path={self.folder}/alertmanager", "--log.level=warn"])
        wait_for("an answer of Alertmanager", lambda: self.alertmanager("GET", "/-/ready") == 200, 20)

    def start_traffic(self):
        for name, (connections, pause_ms) in TRAFFIC.items():
            script = self.folder / f"traffic-{name}.lua"
            paths = ", ".join(f'"{path}"' for path in PATHS)
            script.write_text(f"local paths = {{ {paths} }}\nlocal n = 0\n"
                              "request = function()\n  n = n + 1\n"
                              "  return wrk.format(\"GET\", paths[n % #paths + 1])\nend\n"
                              f"delay = function() return {pause_ms} end\n")
            self.start(f"wrk-{name}", ["wrk", "-t1", f"-c{connections}", "-d3600s", "--timeout", "10s",
                                       "-s", str(script), f"http://127.0.0.1:{self.ports[name]}"])

    # --- acting

    def start(self, name, command):
        output = open(self.folder / "logs" / f"{name}.log", "wb")
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=subprocess.STDOUT, cwd=self.folder,
                                 start_new_session=True, preexec_fn=end_with_parent)
        output.close()
        self.children.append((name, child))

    def dead_children(self):
        return [name for name, child in self.children if child.poll() is not None]

    def run_sluice(self, *arguments, check=True, seconds=60):
        done = subprocess.run([self.sluice, "--folder", str(self.folder), *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds)
        if check and done.returncode != 0:
            raise Trouble(f"sluice {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def bring_evidence(self, contract, version):
        """What was scanned, tested and evaluated, about the release of this contract; what Sluice
        says of it. Release 1.1.0 has a signed statement, too, which is made here."""
        folder = self.folder / "evidence" / version
        if version == "1.1.0":
            self._sign(contract, str(folder / "observability.dsse.json"))
        files = sorted(map(str, folder.iterdir()))
        return files, self.run_sluice("evidence", "add", contract, *files).stdout

    def status(self):
        return json.loads(self.run_sluice("status", "--json").stdout)

    def events(self, after=0):
        """The records of the ledger behind number `after`."""
        lines = self.run_sluice("log", "--json").stdout.splitlines()
        return [record for record in map(json.loads, lines) if record["seq"] > after]

    def canary_slot(self, name):
        """The slot that does not serve now, from the map that HAProxy looks at."""
        words = (self.folder / "run" / f"{name}.map").read_text().split()
        return "a" if words[words.index("baseline") + 1] == "b" else "b"

    def alertmanager(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["alertmanager"], timeout=5)
        try:
            connection.request(method, path, body and json.dumps(body),
                               {"Content-Type": "application/json"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def alert(self, firing):
        """Says what Prometheus would: that the alert fires, or that it is over."""
        stamp = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
        body = [{"labels": {"alertname": "OrdersDatabaseSlow", "service": "storefront",
                            "environment": "production", "severity": "critical"},
                 "annotations": {"summary": "orders take 4 s to be written"},
                 "startsAt": stamp(0 if firing else -60), "endsAt": stamp(600 if firing else -1)}]
        if self.alertmanager("POST", "/api/v2/alerts", body) != 200:
            raise Trouble("Alertmanager did not take the alert")

    # --- the end

    def tear_down(self):
        """Stops everything that was started, whatever state it is in; says what would not stop."""
        trouble = []
        if (self.folder / ".sluice").exists():
            try:
                done = self.run_sluice("down", check=False, seconds=40)
                if done.returncode != 0:
                    trouble.append(f"sluice down: {done.stderr.strip()}")
            except (OSError, subprocess.TimeoutExpired) as wrong:
                trouble.append(f"sluice down: {wrong}")
        for number, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            self._end_children(number, seconds)
        trouble += [f"{name} does not end" for name, child in self.children if child.poll() is None]
        for witness in self.witness.values():
            witness.close()
        return trouble

    def _end_children(self, number, seconds):
        alive = [child for _, child in self.children if child.poll() is None]
        for child in alive:
            try:
                os.killpg(child.pid, number)
            except ProcessLookupError:
                pass
        until = time.monotonic() + seconds
        for child in alive:
            try:
                child.wait(max(0.01, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass


def check_machine():
    if sys.platform != "linux":
        raise Trouble("the demo needs Linux")
