"""The process manager behind ``script/serve`` and ``script/manage``.

``script/serve`` supervises the embedded database (if ``DATABASE_URL`` is absent), the web processes and the worker,
and restarts whatever exits. The web processes share one listening socket opened here: while they are replaced, a
visitor waits briefly in the accept queue instead of being refused. On SIGHUP it prepares the database and the static
files as at the start, and replaces the web processes and the worker by new ones, without losing a request.

A start tolerates what a running site tolerates: while the database is away, the site answers without it, and
``bootstrap --wait`` prepares the database when it comes.
"""

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .embedded_postgres import DatabaseInUse, Postgres, die_with_parent
from .managed_process import MIN_UPTIME, ROOT, ManagedProcess, WebProcesses

MANAGE = [sys.executable, str(ROOT / "manage.py")]
LOOPBACK = "127.0.0.1"
WEB_PROCESSES = 2
MAX_WEB_PROCESSES = 64
DATABASE_AWAY = 75  # how bootstrap ends where it could not prepare the database, but a later try may
PREPARE_AGAIN_AFTER = 30.0  # seconds, where it failed for another reason
STARTUP_TIMEOUT = 60  # seconds from starting the processes until the site is ready
STOP_TIMEOUT = 12  # seconds that processes have to end in when the site stops
REPLACED_TIMEOUT = 45.0  # seconds that replaced processes have for the requests under way


class ShutdownRequested(BaseException):
    """SIGINT or SIGTERM was received."""


def _request_shutdown(*_) -> None:
    raise ShutdownRequested


def embedded() -> Postgres | None:
    """The embedded server, or None if DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return None
    return Postgres(Path(os.environ.get("DETOX_VAR") or ROOT / "var") / "postgres")


def bind_address() -> str:
    """The address to listen on, as in BIND_ADDRESS."""
    return os.environ.get("BIND_ADDRESS") or LOOPBACK


def reachable_address() -> str:
    """An address of this machine at which the site answers."""
    return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(bind_address(), bind_address())  # noqa: S104  only compared


def web_process_count() -> int:
    """The number of processes that serve pages, as in WEB_PROCESSES. Raises ValueError."""
    value = os.environ.get("WEB_PROCESSES") or WEB_PROCESSES
    if not 1 <= (count := int(value)) <= MAX_WEB_PROCESSES:
        raise ValueError(value)
    return count


def listen(port: int) -> socket.socket:
    address = bind_address()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=1024)


def is_ready(port: int) -> bool:
    """Whether pages are served and the worker runs, according to /readyz.

    Other checks of /readyz, such as unanswered requests for help, must not keep the site from starting.
    """
    name = (os.environ.get("ALLOWED_HOSTS") or LOOPBACK).split(",")[0].strip().lstrip(".*") or LOOPBACK
    headers = {"Host": name, "Authorization": f"Bearer {os.environ.get('DETOX_MANAGER_TOKEN', '')}"}
    connection = http.client.HTTPConnection(reachable_address(), port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, ValueError, http.client.HTTPException):
        connection.request("GET", "/readyz", headers=headers)
        checks = json.loads(connection.getresponse().read())
        return all(checks.get(name) for name in ("database", "worker", "disk"))
    return False


def serve() -> int:
    """Start everything, supervise it until a signal arrives, then stop every process started here."""
    port = int(os.environ.get("PORT") or 8000)
    os.environ.setdefault("DETOX_MANAGER_TOKEN", secrets.token_urlsafe())
    signal.signal(signal.SIGINT, _request_shutdown)
    signal.signal(signal.SIGTERM, _request_shutdown)
    site, listener, has_terminal = Site(embedded(), port), None, os.isatty(0)

    def hang_up(*_) -> None:
        if has_terminal and not os.isatty(0):  # it was closed
            _request_shutdown()
        site.request_reload()

    signal.signal(signal.SIGHUP, hang_up)
    try:
        count = web_process_count()
        listener = listen(port)
        site.start(listener, count)
        return site.supervise()
    except ShutdownRequested:
        return 0
    except DatabaseInUse:
        return _fail("Another script/serve or script/manage is running on this folder: its database is in use.")
    except ValueError:
        return _fail(f"WEB_PROCESSES has to be a whole number from 1 to {MAX_WEB_PROCESSES}.")
    except OSError as exc:
        if listener:
            raise
        where = "" if bind_address() == LOOPBACK else f" at {bind_address()}"
        return _fail(f"Port {port}{where} cannot be used ({exc.strerror}). Name another: PORT=8001 script/serve")
    except subprocess.CalledProcessError as exc:  # it has said why
        return exc.returncode or 1
    finally:
        site.stop()


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


class Site:
    """The database, the web processes and the worker."""

    def __init__(self, database: Postgres | None, port: int) -> None:
        self.database, self.port = database, port
        self.processes: list[ManagedProcess] = []
        self.replaced: list[ManagedProcess] = []  # processes that are ending
        self.reload: Reload | None = None
        self.is_reload_requested = False
        self.preparation: Preparation | None = None  # while the database is not prepared
        self._database_restart_at = 0.0

    def start(self, listener: socket.socket, web_processes: int) -> None:
        self.listener, self.web_processes = listener, web_processes
        if self.database:
            self.database.start()
        done = subprocess.run([*MANAGE, "bootstrap"], cwd=ROOT, preexec_fn=die_with_parent)
        if done.returncode == DATABASE_AWAY:
            self.preparation = Preparation()
        else:
            done.check_returncode()
        self.start_processes(self.processes)

    def start_processes(self, started: list[ManagedProcess]) -> None:
        """Start the web processes, then the worker; add each to ``started`` at once, so that a signal finds it."""
        started.append(WebProcesses(self.listener, self.web_processes))
        started.append(ManagedProcess("The worker", *MANAGE, "worker"))

    def stop(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        processes = [*self.processes, *self.replaced, *(self.reload.processes if self.reload else [])]
        processes += [self.preparation] if self.preparation else []
        for process in processes:
            process.stop()
        deadline = time.monotonic() + STOP_TIMEOUT
        for process in processes:
            process.wait(max(0.0, deadline - time.monotonic()))
        if self.database:
            self.database.stop()

    def request_reload(self) -> None:
        self.is_reload_requested = True

    def supervise(self) -> int:
        """Restart what exits; print once that the site is ready. Returns 1 if it does not answer in time."""
        deadline, ready, warned = time.monotonic() + STARTUP_TIMEOUT, False, False
        if self.preparation:
            print(
                "The site starts without its database: requests for help are kept on the disk, and stored when the "
                f"database comes. http://{reachable_address()}:{self.port}/",
                flush=True,
            )
        while True:
            self._restart_what_exited()
            self._continue_reload()
            if self.preparation and self.preparation.is_over():
                self.preparation = None
            if not ready and is_ready(self.port):
                ready = True
                print(f"Ready: http://{reachable_address()}:{self.port}/", flush=True)
            if not ready and not warned and time.monotonic() > deadline:
                warned = True
                print(f"Not ready after {STARTUP_TIMEOUT} seconds; /readyz says what is missing.", file=sys.stderr)
                if not all(process.is_ready for process in self.processes):
                    return 1
            time.sleep(0.2 if ready else 0.05)

    def _restart_what_exited(self) -> None:
        if self.database and self.database.process.poll() is not None and time.monotonic() > self._database_restart_at:
            print("The embedded database exited; restarting it.", file=sys.stderr, flush=True)
            self.database.launch()  # without waiting: requests are spooled to disk meanwhile
            self._database_restart_at = time.monotonic() + MIN_UPTIME
        for process in self.processes:
            process.restart_if_exited()
        for process in list(self.replaced):
            if not process.has_exited and time.monotonic() - process.stopped_at > REPLACED_TIMEOUT:
                process.kill()
            if process.has_exited:
                self.replaced.remove(process)

    def _continue_reload(self) -> None:
        if self.is_reload_requested and not self.reload:
            self.is_reload_requested = False
            self.reload = Reload(self)
        if self.reload and self.reload.is_over():
            self.reload = None


class Preparation(ManagedProcess):
    """``bootstrap --wait``, beside a site that runs already: started again where it fails, until it succeeds."""

    def __init__(self) -> None:
        super().__init__("bootstrap", *MANAGE, "bootstrap", "--wait")

    def is_over(self) -> bool:
        if not self.has_exited:
            return False
        if self.process.returncode and time.monotonic() - self.started_at > PREPARE_AGAIN_AFTER:
            self.start()
        return not self.process.returncode and self.has_exited


class Reload:
    """The replacement of the processes by new ones: bootstrap, start the new ones, then stop the old ones."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.new: list[ManagedProcess] = []
        self.bootstrap = ManagedProcess("bootstrap", *MANAGE, "bootstrap")

    @property
    def processes(self) -> list[ManagedProcess]:
        return [self.bootstrap, *self.new]

    def is_over(self) -> bool:
        """Do what can be done now; return whether the reload succeeded or failed."""
        if not self.new:
            if not self.bootstrap.has_exited:
                return False
            if self.bootstrap.process.returncode:
                return self._give_up()
            self.site.start_processes(self.new)
        if any(process.has_exited for process in self.new):
            return self._give_up()
        if not all(process.is_ready for process in self.new):
            return False
        self._retire(self.site.processes)
        self.site.processes = self.new
        print("Reloaded.", flush=True)
        return True

    def _give_up(self) -> bool:
        print("The reload failed; the processes from before it go on.", file=sys.stderr, flush=True)
        self._retire(self.new)
        return True

    def _retire(self, processes: list[ManagedProcess]) -> None:
        for process in processes:
            process.stop()
        self.site.replaced += [process for process in processes if not process.has_exited]


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
