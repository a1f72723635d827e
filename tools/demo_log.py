"""What HAProxy itself says about each request: the demo's own witness, independent of Sluice.

Every HAProxy of the demo has a second `log` target, this UDP port. A thread keeps what matters.
"""
import collections
import socket
import threading

# One request. `began` and `ended` are seconds of the wall clock, as HAProxy read it.
Request = collections.namedtuple("Request", "began ended status late")


class Witness:
    """Counts the requests of one environment by slot, and keeps those of the slot it watches."""

    def __init__(self, target_ms):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.target_ms = target_ms
        self.lock = threading.Lock()
        self.watched = None  # "a" or "b"
        self.requests = []
        self.totals = collections.Counter()
        self.open = True
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def watch(self, slot):
        """From now on, and from nothing: the requests of this slot."""
        with self.lock:
            self.watched, self.requests, self.totals = slot, [], collections.Counter()

    def seen(self):
        with self.lock:
            return list(self.requests), collections.Counter(self.totals)

    def close(self):
        self.open = False
        self.thread.join()
        self.socket.close()

    def _listen(self):
        while self.open:
            try:
                line = self.socket.recv(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            self._take(line.decode("ascii", "replace").split())

    def _take(self, words):
        # sluice/1 %pid %b %s %ST %Ta %tsc %[date(0,ms)] bucket
        try:
            at = words.index("sluice/1")
            backend, status, took = words[at + 2], int(words[at + 4]), int(words[at + 5])
            state, ended_ms = words[at + 6], int(words[at + 7])
        except (ValueError, IndexError):
            return
        slot = backend.rpartition("_")[2]
        bad = status >= 500 or state[:1] in ("S", "s", "D")
        with self.lock:
            self.totals[slot] += 1
            self.totals[slot + " bad"] += bad
            if slot == self.watched:
                self.requests.append(Request((ended_ms - took) / 1000, ended_ms / 1000,
                                             599 if bad and status < 500 else status,
                                             took > self.target_ms))


def harm(requests, slow):
    """(requests, harmed, milliseconds from the first harmed one to the last that was sent there).

    With `slow` a request is harmed by being late; it is bad from the moment it is past the target.
    """
    bad = [one for one in requests if (one.late if slow else one.status >= 500)]
    if not bad:
        return len(requests), 0, None
    first = min(one.began for one in bad)
    last = max(one.began for one in requests)
    return len(requests), len(bad), max(0, round((last - first) * 1000))
