"""Every page of the staff site on a large site: time, queries, and what a first visit transfers.

The addresses are those that the tests walk, with rows of the measured site, each as a role that may open it.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from . import desk, desk_content, load, rows
from .bench import Bench
from .load import Target
from .rows import Goal, Row

MOST_MS, MOST_KB = Goal(60, is_most=True), Goal(500, is_most=True)
ROLES = ("manager", "editor", "clinician", "moderator", "admissions", "compliance")  # the first that may see a page
ALONE = {"seconds": 60, "connections": 1, "warm_up": 0, "is_once": True}
BARE = 30  # requests to the bare view
IN_PROCESS = 5  # requests, of which the median of the processor's time counts
SIZES = "performance.getEntries().map((entry) => entry.transferSize || 0).reduce((sum, size) => sum + size, 0) / 1000"
MORE = (  # pages whose query or row makes them other pages: role, address
    ("editor", "/admin/articles/edition/?kind=page"),
    ("editor", "/admin/articles/edition/?q=withdrawal"),
    ("editor", "/admin/articles/edition/?review=overdue"),
    ("editor", "/admin/articles/edition/?owner=me&kind=all"),
    ("editor", "/admin/articles/edition/?p=200"),
    ("editor", "/admin/articles/edition/add/?kind=page"),
    ("editor", "/admin/articles/edition/reports/review-due/?days=0"),
    ("editor", "/admin/articles/edition/reports/ageing/?months=6"),
    ("editor", "/admin/articles/edition/reports/words/?q=withdrawal"),
    ("editor", "/admin/articles/edition/reports/words/?q=call+911"),
    ("editor", "/admin/articles/edition/reports/words/?q=no+such+words+anywhere"),
    ("editor", "/admin/articles/picture/?use=none"),
    ("admissions", "/admin/intake/callforhelp/?queue=unclaimed"),
    ("moderator", "/admin/testimonials/testimonial/?queue=reported"),
    *(("manager", f"/accounts/{page}/") for page in ("password/change", "2fa", "sessions")),
)
POSTS = (  # what scripts ask for while somebody types
    ("editor", "/admin/find/", {"typed": "alcohol", "part": "hits"}),
    ("editor", "/admin/articles/edition/link-targets/", {"typed": "alcohol"}),
    ("editor", "/admin/articles/edition/known-sources/", {"typed": "withdrawal"}),
    ("editor", "/admin/articles/edition/known-sources/", {"typed": "10.1001/jama.2020.1"}),
)


@dataclass(frozen=True)
class Asked:
    role: str
    path: str
    data: tuple[tuple[str, str], ...] = ()  # of a form that is sent

    def __str__(self) -> str:
        return f"{self.role}: {self.path}" + (f" ({self.data[0][1]})" if self.data else "")


def staff_pages(bench: Bench) -> None:
    draft = desk_content.fill()
    sessions = {role: desk.session(role) for role in ROLES}
    clients = {role: _client(key) for role, key in sessions.items()}
    pages = [page for page in pages_of(draft) if _is_page(clients[page.role], page)]
    weights = _weights(bench, pages, sessions)
    for page in [*pages, *(Asked(role, path, tuple(data.items())) for role, path, data in POSTS)]:
        bench.add(*_rows(bench, page, clients[page.role], sessions[page.role], weights.get(page)))


def pages_of(draft) -> Iterator[Asked]:
    """Each address with rows of this site, as the first role that may open it; the first page for each role."""
    from django.contrib import admin
    from django.urls import resolve

    from tests.dashboard.addresses import POST_ONLY, WITHOUT_CONTENT, addresses, is_allowed

    rows_of = {model: list(model._default_manager.order_by("pk")[:1]) for model in admin.site._registry}
    rows_of[type(draft)] = [draft, *_editions(type(draft))]
    yield from (Asked(role, "/admin/") for role in ROLES)
    for path in sorted(set(addresses(rows_of)) - {"/admin/"}):
        name = resolve(path).url_name
        may_open = [role for role in ROLES if name in WITHOUT_CONTENT or is_allowed(role, name)]
        if may_open and name not in POST_ONLY:
            yield Asked(may_open[0], path)
    yield from (Asked(role, path) for role, path in MORE)


def _editions(model) -> list:
    """A live edition and one in review."""
    from articles.models import State

    found = (model.objects.live().first(), model.objects.filter(state=State.IN_REVIEW).order_by("-pk").first())
    return [edition for edition in found if edition]


def _client(key: str):
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def _is_page(client, page: Asked) -> bool:
    _connect_again()
    answer = client.get(page.path)
    return answer.status_code == 200 and "html" in answer.headers["Content-Type"]


def _connect_again() -> None:
    """Leave a connection that a time limit has ended; the test client does not."""
    from django.db import connection

    if connection.connection is not None and not connection.is_usable():
        connection.close()


def _rows(bench: Bench, page: Asked, client, key: str, weight: float | None) -> Iterator[Row]:
    target, count = _target(client, page, key), max(5, bench.effort.alone // 20)
    bare = load.run(bench.baseline, [Target("/")] * BARE, **ALONE).p50
    found = load.run(bench.site.port, [target] * (count + 1), **ALONE)
    times = sorted(taken for _, taken in found.times[1:])
    queries, processor = _in_process(client, page)
    p50 = load.percentile(times, 50)
    details = [
        f"least {rows.shown(times[0])}" if times else "no answer",
        f"{rows.shown(p50 / bare)} x the bare view just before",
        f"{queries} queries",
        f"{rows.shown(processor)} ms of the processor in Python",
        *([f"first visit {rows.shown(weight)} kB"] if weight else []),
    ]
    yield Row(str(page), p50, "ms p50", MOST_MS, details=details, faults=Counter(found.faults))
    if weight and not MOST_KB.is_met(weight):
        yield Row(f"{page}, first visit", weight, "kB", MOST_KB)


def _target(client, page: Asked, key: str) -> Target:
    headers = (("Cookie", f"sessionid={key}"), ("Accept-Encoding", load.BROWSER))
    if not page.data:
        return Target(page.path, headers=headers)
    client.get("/admin/find/")
    token = client.cookies["csrftoken"].value
    cookies = ("Cookie", f"sessionid={key}; csrftoken={token}")
    return Target(
        page.path, method="POST", headers=(cookies, ("X-CSRFToken", token), headers[1]), body=urlencode(page.data)
    )


def _in_process(client, page: Asked) -> tuple[int, float]:
    """Number of queries, and milliseconds that this process computes for the page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask = partial(client.post, page.path, dict(page.data)) if page.data else partial(client.get, page.path)
    _connect_again()
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries, taken = len(captured), []  # the next request forgets them
    for _ in range(IN_PROCESS):
        began = time.process_time()
        ask()
        taken.append((time.process_time() - began) * 1000)
    return queries, sorted(taken)[IN_PROCESS // 2]


def _weights(bench: Bench, pages: list[Asked], sessions: dict[str, str]) -> dict[Asked, float]:
    """Kilobytes that Chromium transfers for each page with nothing kept before; nothing without Chromium."""
    from playwright.sync_api import sync_playwright

    from tests import chromium

    if not os.path.exists(chromium.CHROMIUM):
        return {}
    found = {}
    origin = f"http://127.0.0.1:{bench.site.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.OPTIONS)
        for page in pages:
            context = browser.new_context()
            context.add_cookies([{"name": "sessionid", "value": sessions[page.role], "url": origin}])
            tab = context.new_page()
            tab.goto(origin + page.path, wait_until="networkidle")
            found[page] = tab.evaluate(SIZES)
            context.close()
        browser.close()
    return found
