"""Slices of load on a server, by the client of ours or by wrk, and what came of them."""

import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.site_process import ROOT

CONNECTIONS = 16
WARM_UP = 0.3  # seconds before a slice counts
BROWSER = "gzip, deflate, br"
WRK = """
local paths, at = {{{paths}}}, 0
function request() at = at + 1 return wrk.format("GET", paths[(at - 1) % #paths + 1]) end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("JSON{{\\"answers\\":%d,\\"micros\\":%d,\\"p50\\":%d,\\"p99\\":%d,\\"status\\":%d,\\"lost\\":%d}}\\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
    e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True)
class Target:
    """An address with what its answer has to be: status, words that the page contains, or its very bytes by ``crc``."""

    path: str
    contains: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    crc: int | None = None
    method: str = "GET"
    body: str = ""

    def job(self, port: int) -> dict:
        headers = {"Host": f"127.0.0.1:{port}", **dict(self.headers)}
        if self.method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(self.body))}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        request = "\r\n".join(lines) + "\r\n\r\n" + self.body
        return {"request": request, "contains": self.contains, "status": self.status, "crc": self.crc}


@dataclass
class Slice:
    """The result of one slice; ``times`` in milliseconds, by the number of the target."""

    rate: float  # right answers a second
    times: list[tuple[int, float]] = field(default_factory=list)
    p50: float = 0.0
    p99: float = 0.0
    faults: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    next: int = 0  # the first target that was not asked for

    @property
    def answers(self) -> int:
        return sum(self.statuses.values())


def run(port: int, targets: list[Target], *, seconds: float, connections: int = CONNECTIONS, **options) -> Slice:
    """Ask for the targets in turn, ``seconds`` long after ``warm_up`` seconds that do not count.

    ``is_once``: for each only once, so that the slice may end early; ``first``: the number of the target to begin with.
    """
    job = {
        "port": port,
        "connections": connections,
        "seconds": seconds,
        "warm_up": options.get("warm_up", min(WARM_UP, seconds / 5)),
        "once": options.get("is_once", False),
        "first": options.get("first", 0),
        "targets": [target.job(port) for target in targets],
    }
    command = [sys.executable, "-m", "tests.bench.client"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(job), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The load client failed:\n{done.stderr}")
    found = json.loads(done.stdout)
    times = sorted(taken for _, taken in found["timed"])
    return Slice(
        rate=found["answers"] / found["seconds"],
        times=[tuple(pair) for pair in found["timed"]],
        p50=percentile(times, 50),
        p99=percentile(times, 99),
        faults=found["faults"],
        statuses=found["statuses"],
        next=found["next"],
    )


def run_wrk(port: int, targets: list[Target], *, seconds: float, folder: Path) -> Slice:
    """The same with wrk, which takes less of the processor; it reads no body, so ours checks the targets first."""
    checked = run(port, targets, seconds=WARM_UP, warm_up=0)
    script = folder / "wrk.lua"
    script.write_text(WRK.format(paths=",".join(json.dumps(target.path) for target in targets)))
    headers = [part for name, value in targets[0].headers for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(script), *headers]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.rpartition("JSON")[2])
    faults = dict(checked.faults)
    faults |= {f"wrk: {name}": found[name] for name in ("status", "lost") if found[name]}
    rate = (found["answers"] - found["status"]) / (found["micros"] / 1e6)
    return Slice(rate=rate, p50=found["p50"] / 1000, p99=found["p99"] / 1000, faults=faults)


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def percentile(times: list[float], share: int) -> float:
    """Of sorted times; 0 where there are none."""
    return times[min(len(times) - 1, len(times) * share // 100)] if times else 0.0


def median_by_target(found: Slice) -> dict[int, float]:
    """Milliseconds by the number of the target."""
    times: dict[int, list[float]] = {}
    for number, taken in found.times:
        times.setdefault(number, []).append(taken)
    return {number: statistics.median(taken) for number, taken in times.items()}
