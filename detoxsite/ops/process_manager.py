"""What ``script/serve`` and ``script/manage`` run: the one process manager.

``script/serve`` keeps the embedded database (where ``DATABASE_URL`` is absent), the web processes and the worker
running: whichever dies is started again. All of them share one listening socket made here, so that a caller waits
a moment in the queue while a web process is replaced, and is not turned away.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .embedded_postgres import DatabaseInUse, Postgres, die_with_parent

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
HOST = "127.0.0.1"
WEB_PROCESSES = 2
STARTUP_TIMEOUT = 60  # seconds from the start of the processes to the first good answer
MIN_UPTIME = 1.0  # seconds; a process that dies younger is started again only after that long


class ShutdownRequested(BaseException):
    """SIGINT or SIGTERM came."""


def _request_shutdown(*_) -> None:
    raise ShutdownRequested


class ManagedProcess:
    """One process of ours, in a session of its own so that a terminal's Ctrl-C reaches the manager alone."""

    def __init__(self, name: str, *command: str, keep: tuple[int, ...] = ()) -> None:
        self.name, self.command, self.keep = name, command, keep
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            pass_fds=self.keep,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def keep_alive(self) -> None:
        if self.process.poll() is None or time.monotonic() - self.started < MIN_UPTIME:
            return
        print(f"{self.name} ended ({self.process.returncode}); starting it again.", file=sys.stderr, flush=True)
        self.start()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def embedded() -> Postgres | None:
    """The embedded server's handle, or None where a served PostgreSQL is named."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return None
    return Postgres(Path(os.environ.get("DETOX_VAR") or ROOT / "var") / "postgres")


def is_ready(port: int) -> bool:
    """Whether pages are served and the worker runs, asked under a name the site answers to.

    That a request waits for staff turns /readyz red too, and is no reason not to start.
    """
    name = (os.environ.get("ALLOWED_HOSTS") or HOST).split(",")[0].strip().lstrip(".*") or HOST
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, ValueError, http.client.HTTPException):
        connection.request("GET", "/readyz", headers={"Host": name})
        checks = json.loads(connection.getresponse().read())
        return all(checks.get(name) for name in ("database", "worker", "disk"))
    return False


def serve() -> int:
    port = int(os.environ.get("PORT") or 8000)
    signal.signal(signal.SIGINT, _request_shutdown)
    signal.signal(signal.SIGTERM, _request_shutdown)
    database, children, listener = embedded(), [], None
    try:
        listener = socket.create_server((HOST, port), backlog=1024)
        if database:
            database.start()
        subprocess.run([*MANAGE, "bootstrap"], cwd=ROOT, check=True, preexec_fn=die_with_parent)
        socket_number = listener.fileno()
        for number in range(WEB_PROCESSES):
            web = (sys.executable, "-m", "detoxsite.ops.web_server", str(socket_number))
            children.append(ManagedProcess(f"Web process {number + 1}", *web, keep=(socket_number,)))
        children.append(ManagedProcess("The worker", *MANAGE, "worker"))
        return supervise(database, children, port)
    except ShutdownRequested:
        return 0
    except DatabaseInUse:
        print(
            "Another script/serve or script/manage is running on this folder: its database is in use.", file=sys.stderr
        )
        return 1
    except OSError as exc:
        if listener:
            raise
        print(f"Port {port} cannot be used ({exc.strerror}). Name another: PORT=8001 script/serve", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as exc:
        return exc.returncode or 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in children:
            child.stop()
        for child in children:
            child.wait(10)
        if database:
            database.stop()


def supervise(database: Postgres | None, children: list[ManagedProcess], port: int) -> int:
    """Keep everything alive until told to stop; say once that the site is ready. Returns 1 if it never was."""
    deadline, relaunch_at, ready = time.monotonic() + STARTUP_TIMEOUT, 0.0, False
    while True:
        if database and database.process.poll() is not None and time.monotonic() > relaunch_at:
            print("The embedded database ended; starting it again.", file=sys.stderr, flush=True)
            database.launch()  # nobody waits for it: requests go to the disk meanwhile
            relaunch_at = time.monotonic() + MIN_UPTIME
        for child in children:
            child.keep_alive()
        if not ready and is_ready(port):
            ready = True
            print(f"Ready: http://{HOST}:{port}/", flush=True)
        if not ready and time.monotonic() > deadline:
            print(f"Not ready after {STARTUP_TIMEOUT} seconds; /readyz says what is missing.", file=sys.stderr)
            return 1
        time.sleep(0.2 if ready else 0.05)


def manage(arguments: list[str]) -> int:
    """``manage.py`` against the same database; the embedded server is started for its time where none runs."""
    database = embedded()
    try:
        if database:
            with contextlib.suppress(DatabaseInUse):
                database.start()
        return subprocess.call([*MANAGE, *arguments], preexec_fn=die_with_parent)
    finally:
        if database:
            database.stop()


if __name__ == "__main__":
    sys.exit(manage(sys.argv[2:]) if sys.argv[1:2] == ["manage"] else serve())
