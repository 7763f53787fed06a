"""Bringing requests from the disk into the database once it takes them again."""

import contextlib
import logging
import time

from django.db import InterfaceError, OperationalError

from . import receive as reception
from . import spool

AT_MOST = 5.0  # seconds in one go; alerts wait meanwhile
BATCH_SIZE = 200  # files in one go; alerts come between

logger = logging.getLogger(__name__)


def drain() -> int:
    """Store every request that waits on the disk, exactly once, oldest first. Returns how many files it removed.

    A file goes only when its request is committed. One that was stored already (its writer gave up waiting, a worker
    was killed between the two) is known by its row and moment. While the database takes nothing, all stay.
    """
    count, end = 0, time.monotonic() + AT_MOST
    for path in spool.waiting()[:BATCH_SIZE]:
        if time.monotonic() > end:
            break
        try:
            call, consent = spool.read(path)
        except FileNotFoundError:
            continue  # another worker was quicker
        except OSError as exc:  # the disk's trouble with one file must not keep the others waiting
            logger.error("A request on the disk cannot be opened: %s: %s", path.name, exc.strerror)
            continue
        except spool.Broken:
            logger.error("A request on the disk cannot be read: %s", path.name)
            with contextlib.suppress(OSError):
                spool.set_aside(path)
            continue
        try:
            reception.store_request(call, consent=consent, waited=True)
        except (OperationalError, InterfaceError) as exc:
            logger.warning("Requests stay on the disk: the database said %s", type(exc).__name__)
            break
        except Exception as exc:  # this one stays, reconcile reports it; the others must not wait for it
            logger.error("The request in %s stays on the disk: %s", path.name, type(exc).__name__)
            continue
        try:
            spool.remove(path)
        except OSError as exc:
            logger.error("A request is stored, its file stays: %s", exc.strerror)
            continue
        count += 1
    return count
