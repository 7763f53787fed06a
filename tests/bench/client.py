"""The load client: a process of its own that sends whole requests over persistent connections and checks the answers.

It reads a job as JSON from its standard input and writes the result to its standard output. One thread, one event
loop, no library: it takes about 50 microseconds of processor time a request (``script/bench`` prints its own ceiling).
"""

import collections
import json
import selectors
import socket
import sys
import time
import zlib

try:
    import brotli
except ImportError:  # bodies in that encoding are then checked by their length alone
    brotli = None

CHECK_EVERY = 20  # compressed bodies are decompressed and read every so many answers; others are read always
TIMEOUT = 30.0  # seconds without any answer
MAX_READ = 1 << 18


class Incomplete(Exception):
    """More of the answer has to be read first."""


class Answer:
    """A parsed response. Raises Incomplete where it does not end in ``data``, ValueError where it is no HTTP."""

    def __init__(self, data: bytes) -> None:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            raise Incomplete
        first, *lines = data[:end].split(b"\r\n")
        self.status = int(first.split(b" ", 2)[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        self.closes = self.headers.get(b"connection", b"").lower() == b"close"
        self.encoding = self.headers.get(b"content-encoding", b"").decode()
        if b"chunked" in self.headers.get(b"transfer-encoding", b""):
            self.body = _joined(data, end + 4)
            return
        length = int(self.headers.get(b"content-length", 0))
        if len(data) < end + 4 + length:
            raise Incomplete
        if len(data) > end + 4 + length:
            raise ValueError("more bytes than the answer's length")
        self.body = data[end + 4 :]

    def decoded(self) -> bytes | None:
        """The body as it was before compression; None where that cannot be undone here."""
        if self.encoding == "gzip":
            return zlib.decompress(self.body, 47)
        if self.encoding == "br":
            return brotli.decompress(self.body) if brotli else None
        return self.body


def _joined(data: bytes, at: int) -> bytes:
    """The body of a chunked response that begins ``at``."""
    if not data.endswith(b"0\r\n\r\n"):
        raise Incomplete
    parts = []
    while True:
        line = data.index(b"\r\n", at)
        size = int(data[at:line], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(data[line + 2 : line + 2 + size])
        at = line + 4 + size


class Target:
    """A request, and what its answer has to be."""

    def __init__(self, job: dict) -> None:
        self.request = job["request"].encode("latin-1")
        self.status = job.get("status", 200)
        self.contains = job.get("contains", "").encode()
        self.crc = job.get("crc")  # of the body as sent

    def fault(self, answer: Answer, *, look_inside: bool) -> str:
        """What is wrong with the answer; empty if nothing is."""
        if answer.status != self.status:
            return f"status {answer.status}"
        if self.crc is not None:
            return "" if zlib.crc32(answer.body) == self.crc else "other bytes"
        if not self.contains or (answer.encoding and not look_inside):
            return "" if answer.body or not self.contains else "empty body"
        body = answer.decoded()
        return "" if body is None or self.contains in body else "other content"


class Connection:
    def __init__(self, port: int) -> None:
        self.port, self.number, self.sent_at, self.is_retry = port, -1, 0.0, False
        self.received = bytearray()
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.used = False


class Load:
    """One slice of load; ``run`` returns its result."""

    def __init__(self, job: dict) -> None:
        self.port, self.targets = job["port"], [Target(target) for target in job["targets"]]
        self.is_once, self.warm_up, self.seconds = job.get("once", False), job.get("warm_up", 0.0), job["seconds"]
        self.next, self.answers, self.reconnects = job.get("first", 0), 0, 0
        self.faults, self.statuses = collections.Counter(), collections.Counter()
        self.timed: list[tuple[int, float]] = []  # number of the target, milliseconds
        self.ended_at = 0.0
        self.selector = selectors.DefaultSelector()
        self.connections = [Connection(self.port) for _ in range(job["connections"])]

    def run(self) -> dict:
        self.count_from = time.perf_counter() + self.warm_up
        self.stop_at = self.count_from + self.seconds
        for connection in self.connections:
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)
            self.send(connection)
        while any(connection.number >= 0 for connection in self.connections):
            ready = self.selector.select(TIMEOUT)
            if not ready:
                self.faults["no answer"] += 1
                break
            for key, _ in ready:
                self.receive(key.data)
        ended = min(self.stop_at, self.ended_at or self.stop_at) if self.is_once else self.stop_at
        return {
            "seconds": max(ended - self.count_from, 1e-9),
            "answers": self.answers,
            "timed": self.timed,
            "statuses": self.statuses,
            "faults": self.faults,
            "reconnects": self.reconnects,
            "next": self.next,
        }

    def send(self, connection: Connection) -> None:
        """Send the next request, or leave the connection idle when the time is over or nothing is left."""
        now = time.perf_counter()
        if now >= self.stop_at or (self.is_once and self.next >= len(self.targets)):
            connection.number = -1
            return
        connection.number = self.next % len(self.targets)
        self.next += 1
        connection.is_retry = False
        self.write(connection)

    def write(self, connection: Connection) -> None:
        connection.received.clear()
        connection.sent_at = time.perf_counter()
        try:
            connection.socket.sendall(self.targets[connection.number].request)
        except OSError:
            self.lost(connection)

    def lost(self, connection: Connection) -> None:
        """A persistent connection may be closed between two requests: repeat the request once, as browsers do."""
        self.reopen(connection)
        if connection.is_retry or connection.received:
            self.faults["connection lost"] += 1
            self.send(connection)
            return
        self.reconnects += 1
        connection.is_retry = True
        self.write(connection)

    def reopen(self, connection: Connection) -> None:
        self.selector.unregister(connection.socket)
        connection.socket.close()
        connection.open()
        self.selector.register(connection.socket, selectors.EVENT_READ, connection)

    def receive(self, connection: Connection) -> None:
        if connection.number < 0:  # idle at the end, and closed by the server
            self.selector.unregister(connection.socket)
            return
        try:
            data = connection.socket.recv(MAX_READ)
        except OSError:
            data = b""
        if not data:
            self.lost(connection)
            return
        connection.received += data
        try:
            answer = Answer(bytes(connection.received))
        except Incomplete:
            return
        except ValueError as exc:
            self.faults[f"no HTTP: {exc}"] += 1
            self.reopen(connection)
        else:
            self.count(connection, answer)
            if answer.closes:
                self.reconnects += 1
                self.reopen(connection)
        self.send(connection)

    def count(self, connection: Connection, answer: Answer) -> None:
        now = time.perf_counter()
        look_inside = self.statuses.total() % CHECK_EVERY == 0
        self.statuses[str(answer.status)] += 1
        if fault := self.targets[connection.number].fault(answer, look_inside=look_inside):
            self.faults[fault] += 1
        elif self.count_from <= now <= self.stop_at:
            self.answers += 1
            self.timed.append((connection.number, round((now - connection.sent_at) * 1000, 3)))
            self.ended_at = now


if __name__ == "__main__":
    json.dump(Load(json.load(sys.stdin)).run(), sys.stdout)
