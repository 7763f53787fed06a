"""Rows of the table: what was measured, the goal for it, and whether it is reached."""

import statistics
from collections import Counter
from dataclasses import dataclass, field

RATIO = "x constant view"
NOT_STORED = "acknowledged and not stored, or stored and not acknowledged"
WRONG = {"other content", "other bytes", "empty body", NOT_STORED}  # other faults are failures: no answer, status 503


@dataclass(frozen=True)
class Goal:
    limit: float
    is_most: bool = False  # the value has to stay at or below the limit

    def is_met(self, value: float) -> bool:
        return value <= self.limit if self.is_most else value >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.is_most else '≥'} {self.limit:g}"


@dataclass
class Row:
    """``value`` in ``unit``: the median of the rounds, which lay between ``low`` and ``high``."""

    name: str
    value: float
    unit: str
    goal: Goal | None = None
    low: float | None = None
    high: float | None = None
    ours: str = ""  # the measured figure of the site, with its unit
    baseline: str = ""  # that of the constant view in the same rounds
    details: list[str] = field(default_factory=list)
    faults: Counter = field(default_factory=Counter)  # answers that were wrong, by what was wrong
    values: list[float] = field(default_factory=list)  # of each round

    @property
    def verdict(self) -> str:
        """``wrong``, ``failing``, ``ok`` or ``short``; empty without a goal."""
        if self.faults:
            return "wrong" if self.is_wrong else "failing"
        return "" if self.goal is None else "ok" if self.goal.is_met(self.value) else "short"

    @property
    def is_wrong(self) -> bool:
        """Whether an answer said something untrue."""
        return not WRONG.isdisjoint(self.faults)

    @property
    def spread(self) -> str:
        return "" if self.low is None else f"{shown(self.low)} to {shown(self.high)}"

    @property
    def figure(self) -> str:
        return shown(self.value)

    @property
    def notes(self) -> str:
        return ", ".join([*self.details, *(f"{count} × {fault}" for fault, count in self.faults.items())])

    def line(self) -> str:
        """In the format of the other benchmarks: ``name: value unit (details)``."""
        parts = [
            self.spread,
            " against ".join(filter(None, (self.ours, self.baseline))),
            self.notes,
            f"goal {self.goal}: {self.verdict}" if self.goal else self.verdict,
        ]
        return f"{self.name}: {self.figure} {self.unit} ({', '.join(filter(None, parts))})"


def of_rounds(name: str, values: list[float], unit: str, goal: Goal | None = None, **fields) -> Row:
    return Row(name, statistics.median(values), unit, goal, min(values), max(values), values=values, **fields)


def shown(value: float) -> str:
    """Three significant digits, without an exponent: 0.017, 1.52, 44.1, 3,650."""
    if value == 0:
        return "0"
    digits = max(0, 2 - _magnitude(value))
    return f"{value:,.{digits}f}"


def _magnitude(value: float) -> int:
    return len(str(int(abs(value)))) - 1 if abs(value) >= 1 else -int(f"{abs(value):e}".partition("e-")[2] or 0)
