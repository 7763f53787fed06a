"""The threads that answer requests: the one that became idle last is the first to get the next request.

Each thread has a database connection of its own. Taken in turn, as waitress does, all of them would be kept open and
warm by a few visitors at a time; this way as few are in use as there are requests at once.
"""

import logging
import threading
import time
from collections import deque

logger = logging.getLogger(__name__)


class RequestThreads:
    """A dispatcher for waitress, in place of its ``ThreadedTaskDispatcher``."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._queue: deque = deque()
        self._idle: list[threading.Lock] = []  # a locked lock for each idle thread, which waits for its release
        self._stops = False
        self._threads = [threading.Thread(target=self._run, name=f"waitress-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def add_task(self, task) -> None:
        """Let the next free thread call ``task.service()``."""
        with self._lock:
            self._queue.append(task)
            if self._idle:
                self._idle.pop().release()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """End the threads once they are idle. Returns whether a waiting task was canceled; ``timeout`` in seconds."""
        deadline = time.monotonic() + timeout
        with self._lock:
            self._stops = True
            while self._idle:
                self._idle.pop().release()
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        if not cancel_pending:
            return False
        with self._lock:
            waiting = list(self._queue)
            self._queue.clear()
        for task in waiting:
            task.cancel()
        return bool(waiting)

    def _run(self) -> None:
        turn = threading.Lock()
        turn.acquire()
        while True:
            with self._lock:
                if self._stops:
                    return
                task = self._queue.popleft() if self._queue else None
                if task is None:
                    self._idle.append(turn)
            if task is None:
                turn.acquire()
            else:
                _serve(task)


def _serve(task) -> None:
    try:
        task.service()
    except BaseException:  # the thread has to live on
        logger.exception("A request was not answered")
