"""The web processes: one loads the site, then forks those that serve it, so that they share the memory of the code.

The first process serves nobody. It starts again what exits, within milliseconds, and passes on the signal to stop.
"""

import contextlib
import gc
import logging
import os
import resource
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .embedded_postgres import die_with_parent
from .http_server import MAX_CONNECTIONS, make_server
from .monitoring import web_processes

MIN_UPTIME = 1.0  # seconds; a process that exits sooner is replaced only after that time
COLLECT_AFTER = (10_000, 20, 20)  # objects, and rounds: a page makes thousands, nearly all gone when it is done
MAX_FILES = MAX_CONNECTIONS + 200  # descriptors of a process

logger = logging.getLogger("detoxsite.ops.web_server")  # run as a program, its name is __main__


class WebProcesses:
    """``count`` forks of this process, each of which runs a server on the same listening socket.

    A process has a place among them, from 0 on, and what takes its place has the same.
    """

    def __init__(
        self, application, listener: socket.socket, count: int, metrics_listener: socket.socket | None = None
    ) -> None:
        self.application, self.listener, self.count = application, listener, count
        self.metrics_listener = metrics_listener
        self.running: dict[int, tuple[int, float]] = {}  # by process id: place, and when it started
        self.is_stopping = False

    def run(self) -> None:
        """Fork and watch the processes until ``stop`` is called and the last has ended."""
        for place in range(self.count):
            self._fork(place)
        while self.running:
            pid, status = os.wait()
            place, started_at = self.running.pop(pid)
            uptime = time.monotonic() - started_at
            if not self.is_stopping:
                logger.error("A web process exited (%s); restarting it.", os.waitstatus_to_exitcode(status))
                time.sleep(max(0.0, MIN_UPTIME - uptime))
                self._fork(place)

    def stop(self, *_) -> None:
        """Let each process answer what is under way and end. Safe in a signal handler."""
        self.is_stopping = True
        if self.metrics_listener:
            with contextlib.suppress(OSError):
                self.metrics_listener.shutdown(socket.SHUT_RDWR)  # no scrape finds this generation any more
        for pid in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _fork(self, place: int) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # until the new process is known, or has its handler
        try:
            if self.is_stopping:
                return
            pid = os.fork()
            if pid == 0:
                self._serve_and_exit(place)
            self.running[pid] = place, time.monotonic()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    def _serve_and_exit(self, place: int) -> None:
        status = 1
        try:
            die_with_parent()
            with contextlib.suppress(OSError):  # where memory runs out, rather one of these than the first
                Path("/proc/self/oom_score_adj").write_text("100")
            web_processes.start(place, self.metrics_listener)
            prepare_process()
            server = make_server(self.application, self.listener)
            signal.signal(signal.SIGTERM, lambda *_: server.stop())
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            server.run()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)  # what the first process has to clean up is its own


def prepare_process() -> None:
    """Start what each web process has of its own: its connections, and a look at the spool now and then."""
    from django.conf import settings

    from detoxsite.core.postgresql import connection_pool

    from . import spool_watch

    connection_pool.start(settings.DATABASE_CONNECTIONS)
    spool_watch.start()


def allow_files(wanted: int) -> None:
    """Raise the limit of open files, which is often 1,024, as far as this user may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def load_site():
    """Import everything that serving takes, and return the WSGI application."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "detoxsite.settings")
    web_processes.prepare()
    from django.urls import get_resolver

    from detoxsite.core import rule_table
    from detoxsite.wsgi import application

    web_processes.load()
    get_resolver().url_patterns  # noqa: B018  imports the views
    rule_table.compile_all()
    _load_templates()
    gc.collect()
    gc.freeze()  # the collector would write to every shared page
    gc.set_threshold(*COLLECT_AFTER)
    return application


def _load_templates() -> None:
    """Parse our templates, so that no visitor is the first to need one, and all processes share them."""
    from django.conf import settings
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    [folder] = settings.TEMPLATES[0]["DIRS"]
    for path in sorted(folder.rglob("*.html")):
        with contextlib.suppress(TemplateSyntaxError):  # it needs tags of an app that is not installed here
            get_template(path.relative_to(folder).as_posix())


def main(listener_number: int, count: int, ready_number: int) -> None:
    """Serve the listening socket; write a byte to the second descriptor when the site is loaded."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    allow_files(MAX_FILES)
    try:
        application = load_site()
    except ImproperlyConfigured as exc:  # a person reads this
        sys.exit(str(exc))
    processes = WebProcesses(application, socket.socket(fileno=listener_number), count, web_processes.listen())
    signal.signal(signal.SIGTERM, processes.stop)
    os.write(ready_number, b"1")
    os.close(ready_number)
    processes.run()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
