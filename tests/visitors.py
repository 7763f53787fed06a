"""Visitors who ask a site for pages at a steady rate, while a test or a benchmark does something to it."""

import http.client
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple


class Visit(NamedTuple):
    path: str
    body: bytes = b""  # a form that is sent
    expected: int = 200


class Visitors:
    """Threads that ask for ``visits`` in turn, half of them on a connection that they keep.

    ``answers``: the status of each answer that was the expected one, otherwise what came in its place.
    """

    def __init__(self, port: int, visits: Sequence[Visit], *, rate: float, count: int = 6) -> None:
        self.port, self.visits, self.pause = port, visits, count / rate
        self.answers: list[int | str] = []
        self.slowest = 0.0  # seconds
        self.done = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=[number]) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.done.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, number: int) -> None:
        connection, at = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), number
        due_at = time.monotonic() + self.pause * number / len(self.threads)
        while not self.done.wait(max(0.0, due_at - time.monotonic())):
            due_at, began = due_at + self.pause, time.monotonic()
            self.answers.append(self._visit(connection, self.visits[at % len(self.visits)]))
            self.slowest = max(self.slowest, time.monotonic() - began)
            at += len(self.threads)
            if number % 2 == 0:
                connection.close()
        connection.close()

    def _visit(self, connection: http.client.HTTPConnection, visit: Visit) -> int | str:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if visit.body else {}
        try:
            connection.request("POST" if visit.body else "GET", visit.path, visit.body or None, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as exc:
            connection.close()
            return f"{visit.path}: {exc!r}"
        return answer.status if answer.status == visit.expected else f"{visit.path}: {answer.status}"
