"""Areas of public content, and what this process knows of each: its generation, and when time ends it.

``watcher.py`` replaces a state when something in the area changed or its time is up. A page is as fresh as the states
that it was rendered under: they are read before the view runs and compared, by identity, at each visit.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

FOREVER = float("inf")

NextChange = Callable[[datetime], datetime | None]


@dataclass(frozen=True, eq=False, slots=True)
class State:
    """One generation of an area; ``ends_at``: seconds since the epoch, when time alone changes what it shows."""

    area: str
    ends_at: float


_next_changes: dict[str, list[NextChange]] = {}
_refreshes: list[Callable[[], None]] = []
_states: dict[str, State] = {}  # empty until this process knows the database; nothing is kept before


def register_area(name: str, *, next_change: NextChange = lambda now: None) -> None:
    """``next_change(now)``: the next moment at which time alone changes a page of the area, or None. Several may say.

    Called in the watcher's thread, at each change and not at a visit; a query is fine, and a database error too.
    """
    _next_changes.setdefault(name, []).append(next_change)


def register_refresh(refresh: Callable[[], None]) -> None:
    """Call ``refresh()`` after each change and before pages are rendered again: for values kept in the process.

    A database error is fine: the change counts as unknown, and is tried again.
    """
    _refreshes.append(refresh)


def names() -> list[str]:
    return list(_next_changes)


def current(areas: Iterable[str]) -> tuple[State, ...] | None:
    """The states of areas; None if one is unknown or its time is up. Raises KeyError for an area never registered."""
    states = tuple(_states.get(area) or _unknown(area) for area in areas)
    return states if are_current(states) else None


def _unknown(area: str) -> State:
    _next_changes[area]
    return State(area, 0.0)


def are_current(states: tuple[State, ...]) -> bool:
    now = time.time()
    return all(_states.get(state.area) is state and now < state.ends_at for state in states)


def ended() -> list[str]:
    """The areas whose time is up, or that are not known yet."""
    now = time.time()
    return [name for name in _next_changes if name not in _states or _states[name].ends_at <= now]


def next_end() -> float:
    """Seconds since the epoch at which the first area ends."""
    return min((state.ends_at for state in _states.values()), default=FOREVER)


def renew(changed: Iterable[str], now: datetime) -> None:
    """Begin a new generation of areas, once what the process keeps of them was read again.

    May raise a database error. In this order: a page rendered under the new state must not be made of old values.
    """
    changed = [name for name in changed if name in _next_changes]
    for refresh in _refreshes if changed else ():
        refresh()
    moments = {name: min(filter(None, (find(now) for find in _next_changes[name])), default=None) for name in changed}
    for name, moment in moments.items():
        _states[name] = State(name, moment.timestamp() if moment else FOREVER)


def forget() -> None:
    """Know nothing any more: no page is kept, and none is served, until the watcher has looked again."""
    _states.clear()
