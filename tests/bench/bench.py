"""One run: the site, the baseline beside it, and the rows measured so far."""

import secrets
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import load, rows
from .load import Slice, Target
from .rows import Goal, Row
from .servers import BenchSite

SETTLE = 1.5  # seconds in which every process has heard of a change


@dataclass(frozen=True)
class Effort:
    """How long each row is measured."""

    seconds: float = 2.0  # of each slice
    rounds: int = 3
    alone: int = 300  # requests one after the other
    tries: int = 100  # of each kind of change
    wrk: bool = False


@dataclass
class Bench:
    site: BenchSite
    baseline: int  # port
    folder: Path
    effort: Effort
    say: Callable[[Row], None]
    rows: list[Row] = field(default_factory=list)

    def add(self, *found: Row) -> None:
        for row in found:
            self.rows.append(row)
            self.say(row)

    def slice(self, port: int, targets: list[Target], **options) -> Slice:
        if self.effort.wrk and not options and targets[0].method == "GET":
            return load.run_wrk(port, targets, seconds=self.effort.seconds, folder=self.folder)
        return load.run(port, targets, seconds=self.effort.seconds, **options)

    def constant(self) -> Slice:
        return self.slice(self.baseline, [Target("/", contains="The same words")])

    def compare(self, named: dict[str, tuple[Callable[[], Slice], Goal | None]]) -> list[Row]:
        """A row for each name: what its function measures, divided by the constant view just before; in turns."""
        slices = {name: [] for name in named}
        bases = {name: [] for name in named}
        for _ in range(self.effort.rounds):
            for name, (measure, _) in named.items():
                bases[name].append(self.constant())
                slices[name].append(measure())
        return [_ratio_row(name, goal, slices[name], bases[name]) for name, (_, goal) in named.items()]

    def alone(self, targets: list[Target], *, count: int = 0) -> Slice:
        """One connection and no other request; the first visit of each target does not count."""
        count = count or max(self.effort.alone, len(targets))
        load.run(self.site.port, targets, seconds=600, connections=1, warm_up=0, is_once=True)
        again = (targets * (count // len(targets) + 1))[:count]
        found = load.run(self.site.port, again, seconds=600, connections=1, warm_up=0, is_once=True)
        found.times = [(number % len(targets), taken) for number, taken in found.times]
        return found

    def change_something(self) -> None:
        """Change what every page shows, as a manager does, so that no page kept by the site is true any more."""
        from detoxsite.core.models import SiteProfile

        profile = SiteProfile.objects.get()
        profile.phone = f"(212) 555-{secrets.randbelow(10_000):04}"
        profile.save()
        time.sleep(min(SETTLE, self.effort.seconds))


def _ratio_row(name: str, goal: Goal | None, slices: list[Slice], bases: list[Slice]) -> Row:
    p50, p99 = (statistics.median(getattr(one, key) for one in slices) for key in ("p50", "p99"))
    return rows.of_rounds(
        name,
        [one.rate / max(base.rate, 1e-9) for one, base in zip(slices, bases, strict=True)],
        rows.RATIO,
        goal,
        ours=f"{rows.shown(statistics.median(one.rate for one in slices))}/s",
        baseline=f"{rows.shown(statistics.median(one.rate for one in bases))}/s",
        details=[f"p50 {rows.shown(p50)} ms", f"p99 {rows.shown(p99)} ms"],
        faults=sum((Counter(one.faults) for one in (*slices, *bases)), Counter()),
    )
