"""Every web process looks after the spool of its machine, where no worker does: a request must not wait for a repair.

The worker imports a file within seconds (intake/jobs.py). What lies there longer is imported here. Two processes may
do so at once: each request is stored once.
"""

import logging
import random
import threading
import time

from django.db import DatabaseError, InterfaceError

from detoxsite.core import db_timeout, jobs
from intake.reception import spool, spool_import

LOOK_EVERY = 10.0  # seconds, about
LEFT_BY_WORKER = 15.0  # seconds that a file has been there without a worker taking it
DB_TIMEOUT = 20.0  # seconds for one import
PAUSE_AFTER_FAILURE = 60.0  # seconds

logger = logging.getLogger(__name__)


def start() -> None:
    """Look now and then, in a thread of this process."""
    threading.Thread(target=_run, name="spool watch", daemon=True).start()


def import_left_files(now: float | None = None) -> bool:
    """Import what no worker took. Returns whether all that was left is in the database."""
    if not _left(now):
        return True
    try:
        with db_timeout.time_limit(DB_TIMEOUT, fails_fast=False):
            spool_import.drain()
    except (DatabaseError, InterfaceError) as exc:
        logger.warning("Requests stay on the disk: %s", type(exc).__name__)
    finally:
        jobs.close_connections()
    return not _left(now)


def _left(now: float | None) -> bool:
    try:
        oldest = spool.pending_files()[:1]
        return any((now or time.time()) - path.stat().st_mtime > LEFT_BY_WORKER for path in oldest)
    except OSError:
        return False  # another process was quicker; or /readyz reports the folder


def _run() -> None:
    while True:
        try:
            is_done = import_left_files()
        except Exception:
            logger.exception("The spool could not be looked after")
            is_done = False
        # not all processes at the same moment
        time.sleep((LOOK_EVERY if is_done else PAUSE_AFTER_FAILURE) * random.uniform(0.8, 1.2))  # noqa: S311
