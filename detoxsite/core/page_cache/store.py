"""The pages that are kept: bounded in bytes; those asked for again outlive those asked for once."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from django.conf import settings

PROTECTED = 0.8  # of the bytes, at most, for pages that were asked for again
MAX_SHARE = 1 / 16  # of the bytes, at most, for one page


class Store:
    """A segmented LRU: a page enters the ``trial`` part; a second visit moves it to the protected part.

    So a crawler that walks through a million addresses, or a flood of made-up host names, pushes out only pages that
    no one asked for twice.
    """

    def __init__(self) -> None:
        self._trial: OrderedDict[Hashable, object] = OrderedDict()
        self._protected: OrderedDict[Hashable, object] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self._protected_bytes = self.bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._sizes)

    def get(self, key: Hashable):
        """The page kept under ``key``, or None."""
        with self._lock:
            if page := self._protected.get(key):
                self._protected.move_to_end(key)
            elif page := self._trial.pop(key, None):
                self._protected[key] = page
                self._protected_bytes += self._sizes[key]
                self._shrink()
            return page

    def put(self, key: Hashable, page) -> None:
        """Keep ``page``, whose ``size`` is in bytes, unless it is too large."""
        with self._lock:
            self._drop(key)
            if page.size > MAX_SHARE * self.limit:
                return
            self._trial[key] = page
            self._sizes[key] = page.size
            self.bytes += page.size
            self._shrink()

    def resize(self, key: Hashable, page) -> None:
        """Note that ``page`` has grown, because one more encoding of it was made."""
        with self._lock:
            is_protected = self._protected.get(key) is page
            if not is_protected and self._trial.get(key) is not page:
                return
            grown = page.size - self._sizes[key]
            self._sizes[key] += grown
            self.bytes += grown
            self._protected_bytes += grown if is_protected else 0
            self._shrink()

    def drop(self, key: Hashable, page) -> None:
        """Drop ``page``, unless another one was put in its place."""
        with self._lock:
            if self._protected.get(key) is page or self._trial.get(key) is page:
                self._drop(key)

    def drop_where(self, condition) -> None:
        """Drop the pages for which ``condition(page)`` holds."""
        with self._lock:
            pages = [*self._trial.items(), *self._protected.items()]
            for key in [key for key, page in pages if condition(page)]:
                self._drop(key)

    @property
    def limit(self) -> int:
        return settings.PAGE_CACHE_MB * 1024 * 1024

    def _drop(self, key) -> None:
        size = self._sizes.pop(key, 0)
        self.bytes -= size
        if self._protected.pop(key, None) is not None:
            self._protected_bytes -= size
        else:
            self._trial.pop(key, None)

    def _shrink(self) -> None:
        while self._protected_bytes > PROTECTED * self.limit:
            key, page = self._protected.popitem(last=False)
            self._protected_bytes -= self._sizes[key]
            self._trial[key] = page
        while self.bytes > self.limit:
            self._drop(next(iter(self._trial or self._protected)))


pages = Store()
