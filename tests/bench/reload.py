"""Requests that fail while every process is replaced, again and again; then memory and connections of each process.

Two hundred requests a second, half of them on connections that are kept; every twentieth sends the help form, every
twentieth searches. The same load without a reload goes before: a busy machine answers some with 503 by itself.

    script/bench reload
"""

import contextlib
import signal
import time
from collections import Counter
from pathlib import Path

import psycopg2

from detoxsite.ops.embedded_postgres import Postgres
from tests.bench import acknowledge, web_processes
from tests.bench.servers import BenchSite
from tests.visitors import Visit, Visitors

RATE = 200  # requests a second
COUNT = 16  # threads of visitors
RELOADS = 3
BESIDE = 15.0  # seconds of the same load without a reload
PAGES = ("/", "/articles/", "/reviews/", "/help/", "/privacy/", "/accessibility/", "/reviews/new/")
SEARCH = Visit("/search/?q=withdrawal")
MOST = 60_000  # requests prepared
PROCESSES = """
    SELECT application_name, count(*) FROM pg_stat_activity WHERE application_name LIKE 'detoxsite %'
    GROUP BY 1 ORDER BY 1
"""
STORED = "SELECT count(*) FROM intake_callforhelp WHERE NOT is_synthetic"


def main(var: Path, say) -> bool:
    """Returns whether no request failed, and each that was acknowledged is stored. ``var``: of a site, or a new one."""
    var.mkdir(parents=True, exist_ok=True)
    site = BenchSite(var)
    try:
        if not (var / "postgres").exists():
            site.manage("bootstrap")
        site.start()
        is_good = _reload(site, say)
        _state(site, say)
    finally:
        site.stop()
    return is_good


def _reload(site: BenchSite, say) -> bool:
    token, before = acknowledge.token_of(site.port), _query(site, STORED)[0][0]
    few, visits = ([_visit(at, token) for at in range(count)] for count in (int(2 * RATE * BESIDE), MOST))
    quiet = Visitors(site.port, few, rate=RATE, count=COUNT)
    time.sleep(BESIDE)
    quiet.stop()
    visitors, began = Visitors(site.port, visits, rate=RATE, count=COUNT), time.monotonic()
    try:
        for number in range(1, RELOADS + 1):
            old = {*site.processes("detoxsite.ops.web_server"), *site.processes("manage.py worker")}
            site.process.send_signal(signal.SIGHUP)
            site.until(lambda number=number: site.output().count("Reloaded.") == number)
            site.until(lambda old=old: not old & set(site.processes()))
    finally:
        visitors.stop()
    seconds = time.monotonic() - began
    failed = Counter(answer for answer in visitors.answers if isinstance(answer, str))
    sent = (visitors.answers + quiet.answers).count(302)
    with contextlib.suppress(AssertionError):  # what is missing is said below
        site.until(lambda: _query(site, STORED)[0][0] >= before + sent)
    stored = _query(site, STORED)[0][0] - before
    details = (
        f"of {len(visitors.answers):,} in {seconds:.0f} s, {len(visitors.answers) / seconds:.0f} a second",
        f"{RELOADS} reloads",
        f"{sent:,} requests for help acknowledged, {stored:,} stored",
        f"slowest answer {visitors.slowest:.1f} s",
        f"{sum(count for what, count in failed.items() if not what.endswith('503'))} without an answer",
        f"without a reload {sum(isinstance(answer, str) for answer in quiet.answers)} of {len(quiet.answers):,} failed",
        *(f"{count} x {what}" for what, count in failed.most_common(5)),
    )
    say("reload, failed requests", failed.total(), "requests", *details)
    return not failed and stored == sent


def _visit(at: int, token: str) -> Visit:
    if at % 20 == 0:
        return Visit("/help/", acknowledge.form(token), expected=302)
    return SEARCH if at % 20 == 10 else Visit(PAGES[at % len(PAGES)])


def _state(site: BenchSite, say) -> None:
    first = site.first_web_process()
    named = {"web server that forks the others": [first], "worker": site.processes("manage.py worker")}
    named = {"process manager": [site.process.pid], **named, "web process": site.web_processes()}
    for name, pids in named.items():
        sizes = [web_processes.pss(pid) for pid in pids]
        say(f"memory of a {name}", max(sizes), "MB", f"{len(sizes)} of them", f"together {sum(sizes):.0f} MB")
    for name, count in _query(site, PROCESSES):
        say(f"connections of all “{name}”", count, "connections")


def _query(site: BenchSite, sql: str) -> list[tuple]:
    with contextlib.closing(psycopg2.connect(Postgres(site.var / "postgres").url)) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()
