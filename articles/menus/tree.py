"""One menu of a draft as a tree of two levels: where an entry may go, and what does not fit."""

from collections.abc import Iterable
from typing import NamedTuple

from detoxsite.core.exceptions import Refused

from ..models import MAX_LABEL, Menu, MenuEntry, Route


class Limits(NamedTuple):
    """What fits: so many that all links of the sheet are on one screen of a phone, and the top line is one line."""

    min_first: int  # entries of the first level: groups, or the links of the top line
    max_first: int
    max_links: int  # of one group


LIMITS = {Menu.TOP: Limits(1, 7, 0), Menu.SHEET: Limits(2, 5, 6), Menu.FOOT: Limits(1, 5, 6)}
DIRECTIONS = ("up", "down", "out", "in")


class Place(NamedTuple):
    parent: MenuEntry | None
    index: int  # among the entries there, without the one that moves


class Tree:
    """The entries of one menu, in order."""

    def __init__(self, menu: Menu, entries: Iterable[MenuEntry]) -> None:
        self.menu, self.limits = Menu(menu), LIMITS[menu]
        self.entries = sorted(
            (one for one in entries if one.menu == menu), key=lambda entry: (entry.position, entry.pk)
        )

    def below(self, parent: MenuEntry | None) -> list[MenuEntry]:
        return [one for one in self.entries if one.parent_id == (parent and parent.pk)]

    @property
    def first(self) -> list[MenuEntry]:
        """The entries of the first level."""
        return self.below(None)

    def parent_of(self, entry: MenuEntry) -> MenuEntry | None:
        return next((one for one in self.entries if one.pk == entry.parent_id), None)

    def destination(self, entry: MenuEntry, direction: str) -> Place:
        """Where ``direction`` takes an entry. Raises Refused, which says why it cannot go there."""
        return getattr(self, f"_{direction}")(entry)

    def refusals(self, entry: MenuEntry) -> dict[str, str]:
        """By direction, why an entry cannot be moved there; empty where it can."""
        return {direction: self._refusal(entry, direction) for direction in DIRECTIONS}

    def _refusal(self, entry: MenuEntry, direction: str) -> str:
        try:
            self.destination(entry, direction)
        except Refused as exc:
            return str(exc)
        return ""

    def _up(self, entry: MenuEntry) -> Place:
        parent, index = self.parent_of(entry), self.below(self.parent_of(entry)).index(entry)
        if index:
            return Place(parent, index - 1)
        return self._into(self._neighbor(parent, -1), -1, f"“{entry}” is the first already.")

    def _down(self, entry: MenuEntry) -> Place:
        parent = self.parent_of(entry)
        siblings = self.below(parent)
        index = siblings.index(entry)
        if index + 1 < len(siblings):
            return Place(parent, index + 1)
        return self._into(self._neighbor(parent, 1), 0, f"“{entry}” is the last already.")

    def _neighbor(self, group: MenuEntry | None, step: int) -> MenuEntry | None:
        """The group before or after one; None outside of groups, and at the end."""
        if group is None:
            return None
        index = self.first.index(group) + step
        return self.first[index] if 0 <= index < len(self.first) else None

    def _in(self, entry: MenuEntry) -> Place:
        if not self.limits.max_links:
            raise Refused("The top line has no groups.")
        if entry.parent_id:
            raise Refused(f"“{entry}” is in a group already. There is no third level.")
        if self.below(entry):
            raise Refused(f"“{entry}” has links below it. There is no third level.")
        if not entry.has_target:
            raise Refused(f"“{entry}” is the name of a group and leads nowhere. Choose where it goes first.")
        index = self.first.index(entry)
        return self._into(self.first[index - 1] if index else None, -1, f"There is no group above “{entry}”.")

    def _into(self, group: MenuEntry | None, index: int, otherwise: str) -> Place:
        """The beginning (0) or the end (-1) of a group."""
        if group is None:
            raise Refused(otherwise)
        self.require_room(group)
        return Place(group, index if index >= 0 else len(self.below(group)))

    def _out(self, entry: MenuEntry) -> Place:
        """To the first level, after its group. One too many there is a problem, and refused on the site only."""
        group = self.parent_of(entry)
        if group is None:
            raise Refused(f"“{entry}” is in no group.")
        return Place(None, self.first.index(group) + 1)

    def require_room(self, group: MenuEntry | None) -> None:
        """Raise Refused where one entry more does not fit into a group, or on the first level."""
        most = self.limits.max_links if group else self.limits.max_first
        if len(self.below(group)) >= most:
            name = f"“{group}”" if group else f"“{self.menu.label}”"
            raise Refused(f"{name} has {most} {self._noun(group)} already. Take one out first.")

    def _noun(self, group: MenuEntry | None) -> str:
        return "links" if group or self.menu == Menu.TOP else "groups"

    def problems(self) -> list[tuple[MenuEntry | None, str]]:
        """What keeps the menu from the site, in words, each with the entry it is about."""
        found, limits = [], self.limits
        for entry in self.entries:
            if len(entry.label) > MAX_LABEL:
                found.append((entry, f"“{entry}” is longer than {MAX_LABEL} characters."))
            if (links := len(self.below(entry))) > limits.max_links:
                found.append((entry, f"“{entry}” has {links} links. {limits.max_links} fit."))
        if not limits.min_first <= len(self.first) <= limits.max_first:
            noun, count = self._noun(None), len(self.first)
            found.append(
                (None, f"“{self.menu.label}” has {count} {noun}. It takes {limits.min_first} to {limits.max_first}.")
            )
        if not any(is_help(entry) for entry in self.entries):
            found.append((None, f"“{self.menu.label}” has no link to “Ask for help”."))
        return found


def is_help(entry: MenuEntry) -> bool:
    """“Ask for help” stays in every menu, under these words."""
    return entry.route == Route.HELP
