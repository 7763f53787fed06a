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
    proofs: list = field(default_factory=list)  # what reconcile says, on each machine
    ready_after: float = 0.0  # seconds from the last fault to a /readyz without a failed check
    failing_until: dict = field(default_factory=dict)  # seconds after the last fault, by failed check of /readyz
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        faults = (self.other_reference, self.misleading, self.lost, self.twice, self.changed, self.unalerted)
        faults += (self.unproven,)
        faults += (self.ready_after > READY_WITHIN,)
        are_proven = bool(self.proofs) and all("Nothing is missing." in proof for proof in self.proofs)
        return are_proven and len(self.shown) == self.people and not any(faults)

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
            *(f"faults, reconcile: {proof}" for proof in self.proofs),
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
            list(crowd.map(lambda number: person(Browser(site.port), number, outcome, max_delay), range(people)))
        check([site], outcome)
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
    def __init__(self, *ports: int, headers: dict | None = None) -> None:
        """``ports``: of the machines, one of which a load balancer chooses for each request."""
        self.ports, self.headers = list(ports), headers or {}
        self.keeps_cookies, self.cookies, self.location = True, {}, ""

    def ask(self, method: str, path: str, fields: dict | None = None) -> tuple[int, str]:
        """Return status and text of the response; status 0 if there was none."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = self.headers | ({"Cookie": cookies} if cookies else {})
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.ports.append(self.ports.pop(0))
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=15)
        try:
            with contextlib.closing(connection):
                connection.request(method, path, urlencode(fields) if fields else None, headers)
                answer = connection.getresponse()
                text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        self.location = answer.headers.get("Location", "")
        if self.keeps_cookies:
            set_cookies = [cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie", [])]
            self.cookies |= dict(cookie.split("=", 1) for cookie in set_cookies)
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


def person(browser: Browser, number: int, outcome: Outcome, max_delay: float) -> None:
    random, browser.keeps_cookies = Random(f"{outcome.seed}/{number}"), number % 2 == 0
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
        faults, rare = self.kinds()
        first = [*faults, *rare]  # each at least once
        while not self.over.is_set():
            fault = first.pop(0) if first else self.random.choice(faults * 3 + rare)
            if fault() is not False:
                self.done[fault.__name__] += 1
            self.over.wait(self.random.uniform(0.5, 3.0))

    def kinds(self) -> tuple[list, list]:
        """The faults, and those that are rare."""
        is_small = os.path.ismount(self.site.var / "calls")
        rare = [self.freeze_postgres, self.keep_postgres_down, self.fill_disk if is_small else self.break_spool]
        return [self.kill_web, self.kill_worker, self.kill_postgres, self.kill_backend], rare

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


def check(sites: list[Site], outcome: Outcome) -> None:
    """Wait until the machines are well again, and compare what people were shown with what is stored."""
    for site in sites:
        _wait_ready(site, outcome)
    _settle(sites, outcome)
    _compare(sites, outcome)
    outcome.seconds = time.monotonic() - outcome.began


def _wait_ready(site: Site, outcome: Outcome) -> None:
    """Wait until /readyz is well. Nobody claims a request here, so those of a long run are named by it, rightly."""
    over = time.monotonic()
    is_long = over - outcome.began > CLAIMED_WITHIN
    while outcome.ready_after < TIMEOUT:
        status, text = Browser(site.port, headers={"Authorization": "Bearer operator"}).ask("GET", "/readyz")
        checks = json.loads(text) if status in (200, 503) else {"answer": False}
        failed = {name for name, is_well in checks.items() if is_well is False}
        outcome.ready_after = time.monotonic() - over
        failed -= {"calls"} if is_long else set()
        if not failed:
            return
        outcome.failing_until |= dict.fromkeys(failed, outcome.ready_after)
        time.sleep(0.5)


def _settle(sites: list[Site], outcome: Outcome) -> None:
    """Wait until each spool is drained and staff were alerted to every request."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if not _found(sites, "calls/spool/*.json") and not set(outcome.shown) - _alerted(sites):
            break
        time.sleep(1)
    journal = "".join(file.read_text() for file in _found(sites, "calls/acknowledged/*"))
    outcome.through_disk = len(re.findall(r" disk(?: late)?\n", journal))
    outcome.unproven = [reference for reference in outcome.shown if f" {reference} " not in journal]


def _found(sites: list[Site], pattern: str) -> list[Path]:
    return [file for site in sites for file in site.var.glob(pattern)]


def _alerted(sites: list[Site]) -> set[str]:
    """The references in alerts that were sent."""
    return {found.decode() for file in _found(sites, "mail/*") for found in ALERT.findall(file.read_bytes())}


def _manage(site: Site, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)


def _rows(site: Site) -> list:
    return json.loads(_manage(site, "shell", "--no-imports", "-c", ROWS).stdout)


def _compare(sites: list[Site], outcome: Outcome) -> None:
    deadline = time.monotonic() + TIMEOUT
    rows = _rows(sites[0])
    while not all(is_alerted for _, _, is_alerted, _ in rows) and time.monotonic() < deadline:
        time.sleep(2)  # a worker may have been killed after sending: another records it once the lease has expired
        rows = _rows(sites[0])
    stored = {reference: (story, is_alerted) for reference, story, is_alerted, _ in rows}
    stories = Counter(story for _, story, _, _ in rows)
    alerted = _alerted(sites)
    outcome.lost = [reference for reference in outcome.shown if reference not in stored]
    outcome.twice = [story for story, count in stories.items() if count > 1]
    outcome.changed = [ref for ref, story in outcome.shown.items() if ref in stored and stored[ref][0] != story]
    outcome.unalerted = [ref for ref in outcome.shown if ref in stored and not (stored[ref][1] and ref in alerted)]
    outcome.proofs = [" ".join(_manage(site, "reconcile").stdout.split()) for site in sites]


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
