"""A whole site in its own processes, for tests and benchmarks that kill some of them."""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT = 90  # seconds
_ports = list(range(20_000, 30_000))


def prepared(folder: Path, fill: Callable[[Path], None] = lambda database: None) -> Path:
    """The folder of a site that was started once: the first caller makes it, later ones share it.

    ``fill`` may bring the folder of its database up to date, which saves migrating it.
    """
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            new = folder.with_suffix(".new")
            shutil.rmtree(new, ignore_errors=True)  # left by a run that was interrupted
            new.mkdir()
            fill(new / "postgres")
            assert Site(new).run("detoxsite.ops.process_manager", "manage", "bootstrap").wait(10 * TIMEOUT) == 0
            new.rename(folder)
    return folder


def free_port():
    """A port below those from which the system gives connections theirs, which might take it before a server does."""
    while True:
        port = _ports.pop(secrets.randbelow(len(_ports)))  # none is given out twice
        with contextlib.suppress(OSError), socket.create_server(("", port)):
            return port


def parent(pid):
    """The id of a process's parent, or 0 if there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


class Site:
    """``script/serve`` without its shell: the process manager with its own folder and port."""

    def __init__(self, var):
        self.var, self.port = var, free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ALLOWED_HOSTS"}},
            **{"DETOX_VAR": str(var), "PORT": str(self.port), "DETOX_SAMPLE": "0"},
        }
        for name in ("SECRET_KEY", "EMAIL_URL", "DJANGO_SETTINGS_MODULE"):
            self.environment.pop(name, None)

    def start(self, *, until="Ready: ", **options):
        """Start, and wait until the site says so."""
        self.log = (self.var / "log").open("w+")
        self.process = self.run("detoxsite.ops.process_manager", stdout=self.log, stderr=subprocess.STDOUT, **options)
        self.until(lambda: until in self.output())
        return self

    def run(self, *command, **options):
        return subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=self.environment, **options)

    def output(self):
        return (self.var / "log").read_text()

    def until(self, condition, seconds=TIMEOUT):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status
        except (urllib.error.URLError, ConnectionError, TimeoutError) as exc:
            return getattr(exc, "code", 0)

    def processes(self, text=""):
        """The ids of living processes of this site whose command line contains ``text``."""
        found, mark = [], f"DETOX_VAR={self.var}".encode()
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
                if state != "Z" and mark in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if text in command:
                        found.append(int(folder.name))
        return found

    def web_processes(self):
        """The ids of the processes that serve pages; the one that they were forked from is not among them."""
        found = self.processes("detoxsite.ops.web_server")
        return [pid for pid in found if parent(pid) in found]

    def first_web_process(self):
        """The id of the process that the others were forked from."""
        (first,) = set(self.processes("detoxsite.ops.web_server")) - set(self.web_processes())
        return first

    def postgres_files(self):
        return list(self.var.glob("postgres/*"))

    def postgres(self):
        return int((self.var / "postgres/data/postmaster.pid").read_text().split()[0])

    def postgres_backends(self):
        """The ids of the server's child processes, which hide their environment."""
        server, found = self.postgres(), []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                pid = int(stat.parent.name)
                if parent(pid) == server:
                    found.append(pid)
        return found

    def close(self):
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if hasattr(self, "log") and not self.log.closed:
            self.process.wait()
            self.log.close()
