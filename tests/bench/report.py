"""The report: one HTML file with the table, charts and the facts of the machine. No script, nothing from elsewhere."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import django
from django.template import Context, Engine

from . import charts, rows
from .rows import Row

TEMPLATE = Path(__file__).with_name("report.html")
GROUPS = {
    rows.RATIO: ("Requests a second", "as multiples of the bare constant view in the same rounds"),
    "ms p50": ("Alone, one after the other", "median of the milliseconds"),
    "% of tries": ("Changes seen by every process within a second", "percent of the tries"),
}


def write(file: Path, measured: list[Row], *, command: str, facts: dict[str, str]) -> None:
    pictures = []
    for number, (unit, (title, description)) in enumerate(GROUPS.items()):
        if found := [row for row in measured if row.unit == unit]:
            pictures.append((title, description, charts.bars(f"chart-{number}", title, description, found)))
    context = {
        "rows": measured,
        "pictures": pictures,
        "command": command,
        "facts": {**machine(), **facts},
        "short": [row for row in measured if row.verdict == "short"],
        "wrong": [row for row in measured if row.faults],
        "with_goal": [row for row in measured if row.goal],
    }
    engine = Engine()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(engine.from_string(TEMPLATE.read_text()).render(Context(context)), encoding="utf-8")


def machine() -> dict[str, str]:
    """What the figures depend on, by name."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [version] = cursor.fetchone()
    return {
        "Measured": f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        "Processors": f"{os.cpu_count()} × {processor()}",
        "Load average before and during the run": ", ".join(f"{load:.1f}" for load in os.getloadavg()),
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "PostgreSQL": version.split()[0],
        "System": f"{platform.system()} {platform.release()}",
    }


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
