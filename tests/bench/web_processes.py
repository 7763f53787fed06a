"""A connection to each web process of a site, whatever its server.

The processes accept from one socket, so a client cannot choose. But the system knows which process holds the other end
of a connection, so the site needs no header or address for this.
"""

import contextlib
import http.client
import os
import re
import time
from pathlib import Path

from detoxsite.ops.process_manager import WEB_PROCESSES

from .servers import BenchSite

MAX_CONNECTIONS = 200
ACCEPTED_WITHIN = 5.0  # seconds


class Processes:
    """A persistent connection for each web process, made again when the server has closed it."""

    def __init__(self, site: BenchSite, count: int = WEB_PROCESSES) -> None:
        self.site, self.count = site, count
        self.connections: dict[int, http.client.HTTPConnection] = {}
        self.connect()

    def connect(self) -> None:
        """Connect until each process has accepted one; the others stay open meanwhile, to keep the quick ones busy."""
        spare = []
        try:
            while len(self.connections) < self.count:
                if len(spare) > MAX_CONNECTIONS:
                    raise RuntimeError(f"Only {len(self.connections)} of {self.count} web processes accept.")
                spare.append(connection := http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=30))
                self._get(connection, "/healthz")
                pid = self._owner(connection)
                if pid not in self.connections:
                    self.connections[pid] = spare.pop()
        finally:
            for connection in spare:
                connection.close()

    def ask(self, path: str) -> dict[int, tuple[int, bytes]]:
        """Status and body from each process."""
        answers = {}
        for pid, connection in list(self.connections.items()):
            try:
                answers[pid] = self._get(connection, path)
            except (OSError, http.client.HTTPException):
                connection.close()
                del self.connections[pid]
        if len(answers) == self.count:
            return answers
        self.connect()
        return self.ask(path)

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()

    def _get(self, connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
        if connection.sock is None and connection in self.connections.values():
            raise ConnectionError  # http.client would connect again, to any process
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def _owner(self, connection: http.client.HTTPConnection) -> int:
        deadline = time.monotonic() + ACCEPTED_WITHIN
        while time.monotonic() < deadline:
            inode = _inode(connection.sock.getsockname()[1], self.site.port)
            for pid in self.site.processes():
                if inode and inode in _sockets(pid):
                    return pid
        raise RuntimeError("No process of the site holds the connection.")


def pids(site: BenchSite) -> list[int]:
    processes = Processes(site)
    processes.close()
    return list(processes.connections)


def _inode(client: int, server: int) -> str:
    """Of the server's end of a connection between two ports of this machine; empty if there is none."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ports = [int(address.rpartition(":")[2], 16) for address in fields[1:3]]
        if ports == [server, client]:
            return fields[9]
    return ""


def _sockets(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                found.update(re.findall(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{number}")))
    return found


def pss(pid: int) -> float:
    """Megabytes of memory of a process; what it shares is divided among those that share it."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
