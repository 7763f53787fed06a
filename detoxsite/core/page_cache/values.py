"""Values that many pages show, kept in this process until one of their areas changes."""

from collections.abc import Callable, Hashable
from typing import Any

from . import areas

MAX_VALUES = 1000

_values: dict[Hashable, tuple[tuple[areas.State, ...], Any]] = {}


def kept(key: Hashable, of: tuple[str, ...], make: Callable[[], Any], *, unknown: Any = None) -> Any:
    """``make()``, or what it returned since the areas ``of`` last changed.

    As fresh as a page that is kept. While an area is unknown, as in a process without a watcher, nothing is kept:
    ``unknown`` is returned then, if given, because ``make()`` is too much for each visit.
    """
    states = areas.current(of)  # read before the value is made
    if states is None:
        return make() if unknown is None else unknown
    found = _values.get(key)
    if found and found[0] == states:
        return found[1]
    value = make()
    if len(_values) >= MAX_VALUES:
        _values.clear()
    _values[key] = (states, value)
    return value
