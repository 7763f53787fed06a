"""Import requests from the spool into the database once it takes them again."""

import contextlib
import logging
import time
from pathlib import Path

from django.db import InterfaceError, OperationalError

from ..models import CallForHelp
from . import receive as reception
from . import spool

TIME_BUDGET = 5.0  # seconds in one go, so that alerts are not held up
BATCH_SIZE = 200  # files in one go, for the same reason

logger = logging.getLogger(__name__)


def drain() -> int:
    """Store every spooled request exactly once, oldest first. Returns how many files it removed.

    A file goes only when its request is committed. A request that was stored already (the form's process gave up
    waiting, a worker was killed between the two) is known by its row and moment. While the database takes nothing, all
    files stay.
    """
    count, end = 0, time.monotonic() + TIME_BUDGET
    for path in spool.pending_files()[:BATCH_SIZE]:
        if time.monotonic() > end:
            break
        record = _read(path)
        if record is None:
            continue
        try:
            is_stored = _store(path, *record)
        except (OperationalError, InterfaceError) as exc:
            logger.warning("Requests stay on the disk: the database said %s", type(exc).__name__)
            break
        count += is_stored and _remove(path)
    return count


def _read(path: Path) -> tuple[CallForHelp, str] | None:
    """The request in a file; None where there is none to store, so that one bad file does not hold up the others."""
    try:
        return spool.read(path)
    except FileNotFoundError:
        pass  # another worker was quicker
    except OSError as exc:
        logger.error("A request on the disk cannot be opened: %s: %s", path.name, exc.strerror)
    except spool.BrokenFile:
        logger.error("A request on the disk cannot be read: %s", path.name)
        with contextlib.suppress(OSError):
            spool.move_to_broken(path)
    return None


def _store(path: Path, call: CallForHelp, consent: str) -> bool:
    """Store one request. Raises OperationalError or InterfaceError where the database takes none at all."""
    try:
        reception.store_request(call, consent=consent, waited=True)
    except (OperationalError, InterfaceError):
        raise
    except Exception as exc:  # this one stays, and reconcile reports it; the others must not wait for it
        logger.error("The request in %s stays on the disk: %s", path.name, type(exc).__name__)
        return False
    return True


def _remove(path: Path) -> bool:
    try:
        spool.remove(path)
    except OSError as exc:
        logger.error("A request is stored, its file stays: %s", exc.strerror)
        return False
    return True
