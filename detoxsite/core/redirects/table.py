"""The rules of the table of redirects, without the database: no loops, no chains."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..exceptions import Refused
from ..models.redirects import Code
from .addresses import path_of


@dataclass(frozen=True)
class Goal:
    """What an old address is answered with. ``target`` is empty where it is gone."""

    target: str
    code: int = Code.MOVED

    @property
    def path(self) -> str:
        """The target as the path of a redirect; "" for the home page, for another site and for none."""
        return path_of(self.target) if self.target.startswith("/") else ""


class Table:
    """Redirects by path, flat: no goal is the path of another one that redirects. Changes keep it so.

    It may hold a part of all redirects: those that start at the paths that are to change, or lead to them.
    """

    def __init__(self, goals: Mapping[str, Goal]) -> None:
        self.before = dict(goals)
        self.goals = dict(goals)

    def redirect(self, path: str, goal: Goal) -> Goal:
        """Let ``path`` lead to ``goal``, and all that led to ``path`` as well.

        Where the goal redirects itself, both lead to where that one ends. Returns the goal that was noted. Raises
        Refused where readers would go in a circle.
        """
        if goal.path == path:
            raise Refused(f"{path} would redirect to itself.", field="target")
        onward = self.goals.get(goal.path)
        if onward and onward.target:
            if onward.path == path:
                raise Refused(f"{goal.path} redirects to {path}: the two would go in a circle.", field="target")
            goal = Goal(onward.target, goal.code)
        self.goals[path] = goal
        if goal.target:
            self._repoint({path: goal.target})
        return goal

    def move(self, pages: Mapping[str, str]) -> None:
        """Pages moved all at once, from paths to targets on this site: their old addresses follow them.

        A target is in use again, so nothing redirects from there any more.
        """
        pages = {path: target for path, target in pages.items() if path_of(target) != path}
        in_use = {path_of(target) for target in pages.values()}
        self._repoint(pages)
        for path in in_use:
            self.goals.pop(path, None)
        self.goals |= {path: Goal(target) for path, target in pages.items() if path not in in_use}

    def remove(self, path: str) -> None:
        self.goals.pop(path, None)

    def _repoint(self, moves: Mapping[str, str]) -> None:
        for path, goal in self.goals.items():
            if goal.path in moves and goal.target:
                self.goals[path] = Goal(_with_fragment(moves[goal.path], goal.target), self._code(goal, moves))

    @staticmethod
    def _code(goal: Goal, moves: Mapping[str, str]) -> int:
        """Forms are sent on within this site only."""
        return goal.code if moves[goal.path].startswith("/") else Code.MOVED

    def changed(self) -> dict[str, Goal]:
        """What has to be stored, by path."""
        return {path: goal for path, goal in self.goals.items() if self.before.get(path) != goal}

    def removed(self) -> list[str]:
        return [path for path in self.before if path not in self.goals]


def _with_fragment(target: str, former: str) -> str:
    """A target that says no place on its page keeps the place that was meant before."""
    _, hash_sign, place = former.partition("#")
    return target if "#" in target or not target.startswith("/") else f"{target}{hash_sign}{place}"
