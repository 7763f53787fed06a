"""How long a person waits for "received", and how many requests a second are received, beside an empty page.

A whole site runs as it does for visitors: process manager, two web processes, worker, PostgreSQL with its default
durability. The client is as light as possible, so that on two cores the site is what is measured.

    script/bench acknowledge
"""

import contextlib
import html
import os
import re
import secrets
import shutil
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.fault_injection import Browser, add_staff
from tests.site_process import Site

ALONE = 600  # requests one after the other
WARM_UP = 100
SLICE, ROUNDS = 4.0, 3  # seconds of each load, which take turns
BATCH_SIZE = 8
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Connection:
    """One persistent connection that sends whole requests and reads whole responses."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> int:
        """Send a request and return the status."""
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        left = int(length[1]) - len(body) if length else 0
        while left > 0:
            left -= len(self.socket.recv(65536))
        return int(head.split(b" ", 2)[1])


def form(token: str) -> bytes:
    answers = {
        "csrfmiddlewaretoken": token,
        "key": secrets.token_urlsafe(18),
        "phone": f"(212) 555-{secrets.randbelow(10_000):04}",
        "name": "Sam",
        "substances": "alcohol",
        "recent": "yes",
        "story": "I drink every day and I want to stop. My hands shake in the morning. " * 4,
    }
    return urlencode(answers).encode()


def token_of(port: int) -> str:
    return html.unescape(TOKEN.search(Browser(port).ask("GET", "/help/")[1])[1])


def post(token: str) -> bytes:
    body = form(token)
    head = (
        "POST /help/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


BARE = b"GET /bare/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def alone(port: int, token: str) -> list[float]:
    """Milliseconds of each acknowledgement, sorted."""
    connection, times = Connection(port), []
    for number in range(WARM_UP + ALONE):
        request = post(token)
        began = time.perf_counter()
        assert connection.ask(request) == 302
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def load(port: int, make, wanted: int) -> float:
    """Requests a second over BATCH_SIZE connections for SLICE seconds."""
    done, end = [0] * BATCH_SIZE, time.monotonic() + SLICE

    def keep_asking(number: int) -> None:
        connection = Connection(port)
        while time.monotonic() < end:
            assert connection.ask(make()) == wanted
            done[number] += 1

    threads = [threading.Thread(target=keep_asking, args=[number]) for number in range(BATCH_SIZE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SLICE


def main(say) -> None:
    var = Path(os.environ["DETOX_VAR"]) / "acknowledge"
    var.mkdir(parents=True)
    site = Site(var)
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.serve_settings"
    try:
        with contextlib.closing(site):
            site.start()
            add_staff(site)
            token = token_of(site.port)
            times = alone(site.port, token)
            p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
            say("acknowledge, alone", p99, "ms p99", f"p50 {p50:.1f} ms", f"{ALONE} requests")
            rounds = [
                (load(site.port, lambda: post(token), 302), load(site.port, lambda: BARE, 200)) for _ in range(ROUNDS)
            ]
            taken, bare = (sum(column) / ROUNDS for column in zip(*rounds, strict=True))
            say("acknowledge, throughput", taken / bare, "x bare", f"{taken:.0f} against {bare:.0f} a second")
            site.process.terminate()
            site.process.wait(60)
    finally:
        shutil.rmtree(var, ignore_errors=True)
