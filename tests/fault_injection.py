"""The fault harness: people ask for help while everything behind the page is killed, frozen, kept down or full.

A whole site runs in its own processes. Each person sends the form until the page says "received", some of them
twice, as people do. Meanwhile web processes, the worker and PostgreSQL are killed with -9 at random, the database is
frozen and kept down for a while, and the disk of spool and journal is filled to the last byte. Afterwards every
reference that a person was shown has to be stored once, with the same story, staff have to have been alerted, and
``reconcile`` has to prove it. Half of the people use a browser that keeps no cookie.

    script/bench faults --submissions 2000 --seed 1
"""

import contextlib
import html
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from tests.site_process import ROOT, Site, prepared

PEOPLE_AT_ONCE = 6
MAX_DELAY = 0.3  # seconds between seeing the form and sending it
TIMEOUT = 180  # seconds for one person, and for settling afterwards
CLAIMED_WITHIN = 15 * 60  # seconds; no fault of ours before that
READY_WITHIN = 60  # seconds after the last fault
DISK = "16m"  # the file system of spool and journal
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
REFERENCE = re.compile(r'class="ref">(\w{8})<')
ALERT = re.compile(rb"waiting: (\w{8})")
ROWS = """
import json
from intake.models import CallForHelp
print(json.dumps([
    [call.reference, call.payload["story"], call.notified_at is not None, str(call.pk)]
    for call in CallForHelp.objects.real()
]))
"""


@dataclass
class Outcome:
    """The result of a run; ``lost``, ``twice``, ``changed`` and ``unalerted`` have to be empty."""

    seed: int
    people: int
    faults: Counter = field(default_factory=Counter)
    answers: Counter = field(default_factory=Counter)
    shown: dict = field(default_factory=dict)  # reference: story
    other_reference: list = field(default_factory=list)  # the same form sent twice, another reference shown
    misleading: list = field(default_factory=list)  # failures whose page does not say "not received", or lost the story
    lost: list = field(default_factory=list)
    twice: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    unalerted: list = field(default_factory=list)
    unproven: list = field(default_factory=list)  # shown, and not in the journal
    not_full: str = ""  # why no disk could be really full; a broken folder takes its place then
    through_disk: int = 0
    without_cookie: int = 0
    proof: str = ""
    ready_after: float = 0.0  # seconds from the last fault to a /readyz without a failed check
    failing_until: dict = field(default_factory=dict)  # seconds after the last fault, by failed check of /readyz
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        faults = (self.other_reference, self.misleading, self.lost, self.twice, self.changed, self.unalerted)
        faults += (self.unproven,)
        faults += (self.ready_after > READY_WITHIN,)
        return "Nothing is missing." in self.proof and len(self.shown) == self.people and not any(faults)

    def report(self) -> str:
        """Lines in the format of the other benchmarks."""
        slow = ", ".join(f"{name} {seconds:.0f}" for name, seconds in self.failing_until.items()) or "at once"
        detail = f"seed {self.seed}, {len(self.shown)} acknowledged, {self.through_disk} through the disk"
        lines = [
            f"faults, acknowledged and lost: {len(self.lost)} requests ({detail})",
            f"faults, stored twice: {len(self.twice)} requests ({len(self.other_reference)} shown another reference)",
            f"faults, stored with another story: {len(self.changed)} requests",
            f"faults, no one alerted: {len(self.unalerted)} requests",
            f"faults, done: {sum(self.faults.values())} faults ({_counts(self.faults)}; in {self.seconds:.0f} s)",
            f"faults, answers: {sum(self.answers.values())} answers ({_counts(self.answers)})",
            f"faults, acknowledged and not in the journal: {len(self.unproven)} requests",
            f"faults, shown without a cookie: {self.without_cookie} requests",
            f"faults, full disk: {self.not_full or f'a file system of {DISK}, filled to the last byte'}",
            f"faults, /readyz well again: {self.ready_after:.0f} s after the last fault ({slow})",
            f"faults, reconcile: {self.proof}",
        ]
        return "\n".join(lines)


def _counts(counter: Counter) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))


def run(site: Site, *, people: int, seed: int, max_delay: float = MAX_DELAY) -> Outcome:
    outcome = Outcome(seed, people)
    with small_disk(site, outcome), contextlib.closing(site):
        site.start()
        add_staff(site)
        with FaultInjector(site, Random(seed), outcome.faults), ThreadPoolExecutor(PEOPLE_AT_ONCE) as crowd:
            list(crowd.map(lambda number: _person(site.port, number, outcome, max_delay), range(people)))
        _wait_ready(site, outcome)
        _settle(site, outcome)
        _compare(site, outcome)
        outcome.seconds = time.monotonic() - outcome.began
        site.process.terminate()
        site.process.wait(60)
    return outcome


@contextlib.contextmanager
def small_disk(site: Site, outcome: Outcome):
    """Give spool and journal a small file system of their own, which takes root."""
    calls = site.var / "calls"
    calls.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", calls]
    mounted = subprocess.run(command, capture_output=True, text=True)
    if mounted.returncode:
        outcome.not_full = f"a broken folder instead, as nothing can be mounted here ({mounted.stderr.strip()})"
        yield
        return
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", calls], check=True)


def add_staff(site: Site) -> None:
    """Create an account for alerts to go to."""
    command = ("detoxsite.ops.process_manager", "manage", "staff", "nurse@example.org", "--role", "admissions")
    assert site.run(*command, stdout=subprocess.DEVNULL).wait(60) == 0


# --- people ----------------------------------------------------------------------------------------------------------


class Browser:
    def __init__(self, port: int, *, keeps_cookies: bool = True) -> None:
        self.port, self.keeps_cookies, self.cookie, self.location = port, keeps_cookies, "", ""

    def ask(self, method: str, path: str, fields: dict | None = None) -> tuple[int, str]:
        """Return status and text of the response; status 0 if there was none."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            with contextlib.closing(connection):
                connection.request(method, path, urlencode(fields) if fields else None, headers)
                answer = connection.getresponse()
                text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        self.location = answer.headers.get("Location", "")
        if (cookie := answer.headers.get("Set-Cookie")) and self.keeps_cookies:
            self.cookie = cookie.partition(";")[0]
        return answer.status, text

    def until(self, status: int, method: str, path: str, fields: dict | None = None, answers=None, refused=None):
        """Try again, as a person does, until the response has this status; return its text."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            got, text = self.ask(method, path, fields)
            if answers is not None:
                answers[str(got) if got else "no answer"] += 1
            if got == status:
                return text
            if refused and got:
                refused(got, text)
            time.sleep(0.2)
        raise AssertionError(f"{method} {path} never answered {status}")


def _person(port: int, number: int, outcome: Outcome, max_delay: float) -> None:
    random, browser = Random(f"{outcome.seed}/{number}"), Browser(port, keeps_cookies=number % 2 == 0)
    story = f"Request {number} of run {outcome.seed}: {secrets.token_hex(8)}"
    page = browser.until(200, "GET", "/help/")
    fields = {name: html.unescape(value) for name, value in HIDDEN.findall(page)}
    fields |= {"phone": f"(212) 555-{number:04}", "story": story}

    def refused(status, text):
        is_clear = status == 503 and "could not store this" in text and story in text
        if not is_clear and status != 500:
            outcome.misleading.append(number)

    time.sleep(random.uniform(0, max_delay))
    references = set()
    for _ in range(2 if random.random() < 0.2 else 1):
        browser.until(302, "POST", "/help/", fields, outcome.answers, refused)
        address = "/help/sent/" if browser.keeps_cookies else browser.location
        references.add(REFERENCE.search(browser.until(200, "GET", address))[1])
    outcome.without_cookie += not browser.keeps_cookies
    if len(references) > 1:
        outcome.other_reference.append(number)
    for reference in references:
        outcome.shown[reference] = story


# --- faults ----------------------------------------------------------------------------------------------------------


class FaultInjector:
    """Cause faults from a separate thread until all people are done."""

    def __init__(self, site: Site, random: Random, done: Counter) -> None:
        self.site, self.random, self.done = site, random, done
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._inject)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.over.set()
        self.thread.join()

    def _inject(self) -> None:
        faults = [self.kill_web, self.kill_worker, self.kill_postgres, self.kill_backend]
        is_small = os.path.ismount(self.site.var / "calls")
        rare = [self.freeze_postgres, self.keep_postgres_down, self.fill_disk if is_small else self.break_spool]
        first = [*faults, *rare]  # each at least once
        while not self.over.is_set():
            fault = first.pop(0) if first else self.random.choice(faults * 3 + rare)
            fault()
            self.done[fault.__name__] += 1
            self.over.wait(self.random.uniform(0.5, 3.0))

    def _kill(self, *pids: int, sig=signal.SIGKILL) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sig)

    def kill_web(self) -> None:
        self._kill(
            *self.random.sample(
                webs := self.site.processes("detoxsite.ops.web_server"), self.random.randint(0, len(webs))
            )
        )

    def kill_worker(self) -> None:
        self._kill(*self.site.processes("manage.py worker"))

    def kill_postgres(self) -> None:
        with contextlib.suppress(OSError, IndexError, ValueError):
            self._kill(self.site.postgres())

    def kill_backend(self) -> None:
        with contextlib.suppress(OSError, IndexError, ValueError):
            self._kill(self.random.choice(self.site.postgres_backends()))

    def freeze_postgres(self) -> None:
        with contextlib.suppress(OSError, IndexError, ValueError):
            family = [self.site.postgres(), *self.site.postgres_backends()]
            self._kill(*family, sig=signal.SIGSTOP)
            self.over.wait(4)
            self._kill(*family, sig=signal.SIGCONT)

    def keep_postgres_down(self, seconds: float = 6) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.kill_postgres()
            time.sleep(0.05)

    def fill_disk(self) -> None:
        """Fill the disk to the last byte, first while the database takes requests, then while it is down, too."""
        filler = self.site.var / "calls" / "filler"
        try:
            with filler.open("wb", buffering=0) as file:
                for size in (1 << 16, 1):
                    with contextlib.suppress(OSError):
                        while True:
                            file.write(b"x" * size)
            self.over.wait(4)
            self.keep_postgres_down(4)
        finally:
            filler.unlink()

    def break_spool(self) -> None:
        """Break the spool and the database: no request can be received, and the page has to say so."""
        spool = self.site.var / "calls" / "spool"
        spool.mkdir(parents=True, exist_ok=True)
        aside = spool.with_name("aside")
        spool.rename(aside)
        spool.touch()  # a file in place of the folder: writes fail, as on a full disk
        try:
            self.keep_postgres_down(4)
        finally:
            spool.unlink()
            aside.rename(spool)


# --- afterwards ------------------------------------------------------------------------------------------------------


def _wait_ready(site: Site, outcome: Outcome) -> None:
    """Wait until /readyz is well. Nobody claims a request here, so those of a long run are named by it, rightly."""
    over = time.monotonic()
    is_long = over - outcome.began > CLAIMED_WITHIN
    while outcome.ready_after < TIMEOUT:
        status, text = Browser(site.port).ask("GET", "/readyz")
        checks = json.loads(text) if status in (200, 503) else {"answer": False}
        failed = {name for name, is_well in checks.items() if is_well is False}
        outcome.ready_after = time.monotonic() - over
        failed -= {"calls"} if is_long else set()
        if not failed:
            return
        outcome.failing_until |= dict.fromkeys(failed, outcome.ready_after)
        time.sleep(0.5)


def _settle(site: Site, outcome: Outcome) -> None:
    """Wait until the spool is drained and staff were alerted to every request."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if not list((site.var / "calls" / "spool").glob("*.json")) and not set(outcome.shown) - _alerted(site):
            break
        time.sleep(1)
    journal = "".join(file.read_text() for file in (site.var / "calls" / "acknowledged").glob("*"))
    outcome.through_disk = len(re.findall(r" disk(?: late)?\n", journal))
    outcome.unproven = [reference for reference in outcome.shown if f" {reference} " not in journal]


def _alerted(site: Site) -> set[str]:
    """The references in alerts that were sent."""
    return {found.decode() for file in (site.var / "mail").glob("*") for found in ALERT.findall(file.read_bytes())}


def _manage(site: Site, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)


def _rows(site: Site) -> list:
    return json.loads(_manage(site, "shell", "--no-imports", "-c", ROWS).stdout)


def _compare(site: Site, outcome: Outcome) -> None:
    deadline = time.monotonic() + TIMEOUT
    rows = _rows(site)
    while not all(is_alerted for _, _, is_alerted, _ in rows) and time.monotonic() < deadline:
        time.sleep(2)  # a worker may have been killed after sending: another records it once the lease has expired
        rows = _rows(site)
    stored = {reference: (story, is_alerted) for reference, story, is_alerted, _ in rows}
    stories = Counter(story for _, story, _, _ in rows)
    alerted = _alerted(site)
    outcome.lost = [reference for reference in outcome.shown if reference not in stored]
    outcome.twice = [story for story, count in stories.items() if count > 1]
    outcome.changed = [ref for ref, story in outcome.shown.items() if ref in stored and stored[ref][0] != story]
    outcome.unalerted = [ref for ref in outcome.shown if ref in stored and not (stored[ref][1] and ref in alerted)]
    outcome.proof = " ".join(_manage(site, "reconcile").stdout.split())


def main(*, people: int, seed: int) -> bool:
    """Run and report; return whether all went well."""
    var = Path(os.environ["DETOX_VAR"]) / "faults"
    var.parent.mkdir(parents=True, exist_ok=True)
    try:
        outcome = run(Site(prepared(var)), people=people, seed=seed)
    finally:
        shutil.rmtree(var, ignore_errors=True)
    print(outcome.report(), flush=True)  # noqa: T201 that is what a benchmark does
    return outcome.is_good
