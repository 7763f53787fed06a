"""Bringing requests from the disk into the database once it takes them again."""

import logging

from django.db import InterfaceError, OperationalError

from . import services, spool

AT_ONCE = 200  # files in one go; alerts come between

logger = logging.getLogger(__name__)


def drain() -> int:
    """Store every request that waits on the disk, exactly once, oldest first. Returns how many files it removed.

    A file goes only when its request is committed. One that was stored already (its writer gave up waiting, a worker
    was killed between the two) is known by its row and moment. While the database takes nothing, all stay.
    """
    count = 0
    for path in spool.waiting()[:AT_ONCE]:
        try:
            call, consent = spool.read(path)
        except FileNotFoundError:
            continue  # another worker was quicker
        except spool.Broken:
            logger.error("A request on the disk cannot be read: %s", path.name)
            spool.set_aside(path)
            continue
        try:
            services.store(call, consent=consent)
        except (OperationalError, InterfaceError) as trouble:
            logger.warning("Requests stay on the disk: the database said %s", type(trouble).__name__)
            break
        except Exception as trouble:  # this one stays, reconcile reports it; the others must not wait for it
            logger.error("The request in %s stays on the disk: %s", path.name, type(trouble).__name__)
            continue
        spool.remove(path)
        count += 1
    return count
