"""The process manager behind ``script/serve`` and ``script/manage``.

``script/serve`` supervises the embedded database (if ``DATABASE_URL`` is absent), the web processes and the worker,
and restarts whatever exits. The web processes share one listening socket opened here: while one is replaced, a
visitor waits briefly in the accept queue instead of being refused.
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
from collections.abc import Iterator
from pathlib import Path

from .embedded_postgres import DatabaseInUse, Postgres, die_with_parent

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
HOST = "127.0.0.1"
WEB_PROCESSES = 2
STARTUP_TIMEOUT = 60  # seconds from starting the processes until the site is ready
MIN_UPTIME = 1.0  # seconds; a process that exits sooner is restarted only after that time


class ShutdownRequested(BaseException):
    """SIGINT or SIGTERM was received."""


def _request_shutdown(*_) -> None:
    raise ShutdownRequested


class ManagedProcess:
    """A supervised process, in its own session so that the terminal's Ctrl-C reaches only the manager."""

    def __init__(self, name: str, *command: str, inherit: tuple[int, ...] = ()) -> None:
        self.name, self.command, self.inherit = name, command, inherit
        self.start()

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            pass_fds=self.inherit,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def restart_if_exited(self) -> None:
        if self.process.poll() is None or time.monotonic() - self.started_at < MIN_UPTIME:
            return
        print(f"{self.name} exited ({self.process.returncode}); restarting it.", file=sys.stderr, flush=True)
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
    """The embedded server, or None if DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return None
    return Postgres(Path(os.environ.get("DETOX_VAR") or ROOT / "var") / "postgres")


def is_ready(port: int) -> bool:
    """Whether pages are served and the worker runs, according to /readyz.

    Other checks of /readyz, such as unanswered requests for help, must not keep the site from starting.
    """
    name = (os.environ.get("ALLOWED_HOSTS") or HOST).split(",")[0].strip().lstrip(".*") or HOST
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, ValueError, http.client.HTTPException):
        connection.request("GET", "/readyz", headers={"Host": name})
        checks = json.loads(connection.getresponse().read())
        return all(checks.get(name) for name in ("database", "worker", "disk"))
    return False


def serve() -> int:
    """Start everything, supervise it until a signal arrives, then stop every process started here."""
    port = int(os.environ.get("PORT") or 8000)
    signal.signal(signal.SIGINT, _request_shutdown)
    signal.signal(signal.SIGTERM, _request_shutdown)
    database, processes, listener = embedded(), [], None
    try:
        listener = socket.create_server((HOST, port), backlog=1024)
        if database:
            database.start()
        subprocess.run([*MANAGE, "bootstrap"], cwd=ROOT, check=True, preexec_fn=die_with_parent)
        for process in _site_processes(listener.fileno()):
            processes.append(process)
        return supervise(database, processes, port)
    except ShutdownRequested:
        return 0
    except DatabaseInUse:
        return _fail("Another script/serve or script/manage is running on this folder: its database is in use.")
    except OSError as exc:
        if listener:
            raise
        return _fail(f"Port {port} cannot be used ({exc.strerror}). Name another: PORT=8001 script/serve")
    except subprocess.CalledProcessError as exc:
        return exc.returncode or 1
    finally:
        _stop_all(processes, database)


def _site_processes(socket_number: int) -> Iterator[ManagedProcess]:
    """Start the web processes on the shared socket, then the worker."""
    for number in range(WEB_PROCESSES):
        command = (sys.executable, "-m", "detoxsite.ops.web_server", str(socket_number))
        yield ManagedProcess(f"Web process {number + 1}", *command, inherit=(socket_number,))
    yield ManagedProcess("The worker", *MANAGE, "worker")


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _stop_all(processes: list[ManagedProcess], database: Postgres | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in processes:
        process.stop()
    for process in processes:
        process.wait(10)
    if database:
        database.stop()


def supervise(database: Postgres | None, processes: list[ManagedProcess], port: int) -> int:
    """Restart what exits; print once that the site is ready. Returns 1 if it does not become ready in time."""
    deadline, restart_at, ready = time.monotonic() + STARTUP_TIMEOUT, 0.0, False
    while True:
        if database and database.process.poll() is not None and time.monotonic() > restart_at:
            print("The embedded database exited; restarting it.", file=sys.stderr, flush=True)
            database.launch()  # without waiting: requests are spooled to disk meanwhile
            restart_at = time.monotonic() + MIN_UPTIME
        for process in processes:
            process.restart_if_exited()
        if not ready and is_ready(port):
            ready = True
            print(f"Ready: http://{HOST}:{port}/", flush=True)
        if not ready and time.monotonic() > deadline:
            print(f"Not ready after {STARTUP_TIMEOUT} seconds; /readyz says what is missing.", file=sys.stderr)
            return 1
        time.sleep(0.2 if ready else 0.05)


def manage(arguments: list[str]) -> int:
    """Run ``manage.py`` against the same database, starting the embedded server meanwhile if none runs."""
    from detoxsite.core.encryption import new_keys  # here: the supervisor itself needs nothing of Django

    database = None if new_keys.are_wanted(arguments) else embedded()
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
