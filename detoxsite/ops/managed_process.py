"""A process that the process manager supervises."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .embedded_postgres import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
MIN_UPTIME = 1.0  # seconds; a process that exits sooner is restarted only after that time


class ManagedProcess:
    """A supervised process, in its own session so that the terminal's Ctrl-C reaches only the manager."""

    is_ready = True
    variables: dict[str, str] = {}  # set in the environment unless they are there

    def __init__(self, name: str, *command: str) -> None:
        self.name, self.command = name, command
        self.start()

    def start(self) -> None:
        self._launch()

    def _launch(self, *arguments: str, inherit: tuple[int, ...] = ()) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            (*self.command, *arguments),
            cwd=ROOT,
            env={**self.variables, **os.environ},
            pass_fds=inherit,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    @property
    def has_exited(self) -> bool:
        return self.process.poll() is not None

    def restart_if_exited(self) -> None:
        if not self.has_exited or time.monotonic() - self.started_at < MIN_UPTIME:
            return
        print(f"{self.name} exited ({self.process.returncode}); restarting.", file=sys.stderr, flush=True)
        self.start()

    def stop(self) -> None:
        if not self.has_exited:
            self.stopped_at = time.monotonic()
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process and those that it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class WebProcesses(ManagedProcess):
    """The process that loads the site and forks those that serve it (web_server.py)."""

    # glibc gives each thread a pool of memory of its own, which it seldom returns: 10 MB a process
    variables = {"MALLOC_ARENA_MAX": "2"}  # noqa: RUF012

    def __init__(self, listener: socket.socket, count: int) -> None:
        self.listener, self.count = listener, count
        self._ready: int | None = None
        super().__init__("The web server", sys.executable, "-m", "detoxsite.ops.web_server")

    def start(self) -> None:
        if self._ready is not None:
            os.close(self._ready)
        self._ready, written = os.pipe()
        os.set_blocking(self._ready, False)
        try:
            numbers = (self.listener.fileno(), self.count, written)
            self._launch(*map(str, numbers), inherit=(self.listener.fileno(), written))
        finally:
            os.close(written)

    @property
    def is_ready(self) -> bool:
        """Whether the site was loaded and is being served."""
        if self._ready is not None:
            with contextlib.suppress(BlockingIOError):
                if not os.read(self._ready, 1):
                    return False  # it exited before
                os.close(self._ready)
                self._ready = None
        return self._ready is None
