"""How soon every web process shows a change: published, withdrawn, another phone number."""

import itertools
import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests import factories

from . import rows
from .bench import Bench
from .rows import Goal, Row
from .web_processes import Processes

LIMIT = 1.0  # seconds
GIVE_UP = 10.0
POLL = 0.01


@dataclass(frozen=True)
class Expected:
    """What a page has to show once a change is seen: a status, and words that are there or no longer there."""

    path: str
    status: int = 200
    contains: str = ""
    lacks: str = ""

    def is_seen(self, answer: tuple[int, bytes]) -> bool:
        status, body = answer
        text = body.decode("utf-8", "replace")
        return status == self.status and self.contains in text and not (self.lacks and self.lacks in text)


def freshness(bench: Bench) -> None:
    processes = Processes(bench.site)
    try:
        published, withdrawn = publications(processes, bench.effort.tries)
        phones = [change_phone(processes) for _ in range(bench.effort.tries)]
    finally:
        processes.close()
    for name, taken in {"publish": published, "withdrawal": withdrawn, "changed phone number": phones}.items():
        in_time = sum(seconds <= LIMIT for seconds in taken)
        bench.add(
            Row(
                f"{name}, seen by every process within 1 s",
                100 * in_time / len(taken),
                "% of tries",
                Goal(100),
                details=[
                    f"{in_time} of {len(taken)} tries",
                    f"median {rows.shown(statistics.median(taken))} s",
                    f"longest {rows.shown(max(taken))} s{' or more' if max(taken) >= GIVE_UP else ''}",
                    f"{processes.count} processes",
                ],
            )
        )


def publications(processes: Processes, tries: int) -> tuple[list[float], list[float]]:
    """Seconds until an article that is signed off, then withdrawn, is seen so on its own page and on the first list."""
    from articles import services
    from articles.models import State

    clinician = a_clinician()
    published, withdrawn = [], []
    for number in range(tries):
        title = f"Try {number} {secrets.token_hex(4)}"
        edition = factories.make_draft(state=State.IN_REVIEW, title=title, sources=2, topic=a_topic())
        path = edition.get_absolute_url()
        read = services.sign_off_fingerprint(edition)
        publish = partial(services.sign_off, edition.pk, by=clinician, read=read, amber_read=True)
        withdraw = partial(services.withdraw, edition.pk, by=clinician)
        now = [Expected(path, contains=title), Expected("/articles/", contains=path)]
        gone = [Expected(path, status=410), Expected("/articles/", lacks=path)]
        published.append(seconds_until_seen(processes, publish, now))
        withdrawn.append(seconds_until_seen(processes, withdraw, gone))
    return published, withdrawn


def change_phone(processes: Processes) -> float:
    from detoxsite.core.models import SiteProfile

    profile, ending = SiteProfile.objects.get(), f"{secrets.randbelow(10_000):04}"
    profile.phone = f"(212) 555-{ending}"
    pages = [Expected(path, contains=f"555-{ending}") for path in ("/", "/help/", "/articles/")]
    return seconds_until_seen(processes, profile.save, pages)


def seconds_until_seen(processes: Processes, change: Callable[[], object], pages: list[Expected]) -> float:
    """From the end of the change until each process has shown each page as expected; GIVE_UP at most.

    Each process shows the pages once before, so that it has them in its cache as they were.
    """
    for page in pages:
        processes.ask(page.path)
    change()
    began = time.monotonic()
    unseen = set(itertools.product(processes.connections, pages))
    while unseen and time.monotonic() - began < GIVE_UP:
        for page in {page for _, page in unseen}:
            answers = processes.ask(page.path)
            unseen -= {(pid, page) for pid, answer in answers.items() if page.is_seen(answer)}
        if unseen:
            time.sleep(POLL)
    return time.monotonic() - began


def a_clinician():
    from detoxsite.core.models import User

    return User.objects.filter(groups__name="clinician", person__isnull=False).first()


def a_topic():
    """One on which the editorial checks demand no warning of an overdose."""
    from articles.models import Topic

    return Topic.objects.get(slug="families")
