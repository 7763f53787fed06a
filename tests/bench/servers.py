"""The processes of a run: the measured site, the constant view under gunicorn, and the responder."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.site_process import ROOT, TIMEOUT, Site, free_port

BASELINE = "gunicorn, 2 processes x 2 threads"
SETTINGS = "tests.serve_settings"


class BenchSite(Site):
    """A whole site with sample accounts and the addresses of the benchmarks."""

    def __init__(self, var: Path, **environment: str) -> None:
        super().__init__(var)
        self.environment |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "DETOX_SAMPLE": "1", **environment}

    def manage(self, *arguments: str, **options) -> None:
        """Run a command; the database server runs only meanwhile unless the site does."""
        command = ("detoxsite.ops.process_manager", "manage", *arguments)
        if code := self.run(*command, stdout=subprocess.DEVNULL, **options).wait():
            raise RuntimeError(f"manage.py {' '.join(arguments)} ended with {code}.")

    def set_up_django(self) -> None:
        """Let this process use the site's database and keys: to find addresses, to change things, to open requests."""
        os.environ |= {"DETOX_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": SETTINGS, "PORT": str(self.port)}
        import django

        django.setup()

    def stop(self) -> None:
        if hasattr(self, "process") and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
        self.close()


@contextlib.contextmanager
def baseline() -> Iterator[int]:
    """The constant view under gunicorn; yields its port."""
    port = free_port()
    options = ["-w", "2", "--threads", "2", "-k", "gthread", "--keep-alive", "75", "--log-level", "error"]
    command = ["-m", "gunicorn", *options, "-b", f"127.0.0.1:{port}", "--no-control-socket", "tests.bench.bare_wsgi"]
    with _running(command, port):
        yield port


@contextlib.contextmanager
def responder() -> Iterator[int]:
    """The server that shows what the load client can do at most; yields its port."""
    port = free_port()
    with _running(["-m", "tests.bench.responder", str(port)], port):
        yield port


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, start_new_session=True)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + TIMEOUT
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("A server of the benchmark does not start.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.05)
