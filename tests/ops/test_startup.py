"""A start tolerates what a running site tolerates: no database, a second machine at the same moment."""

import contextlib
import os
import signal

import psycopg2
import pytest

from detoxsite.ops import migrating
from tests.production import ProductionSite, new_server, query
from tests.site_process import TIMEOUT

pytestmark = pytest.mark.site

WAITERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def server(tmp_path):
    """A database server that is not running yet."""
    server = new_server(tmp_path / "pg")
    yield server
    server.stop()


@pytest.fixture
def machines(tmp_path, prepared_site, server):
    settings = {"DATABASE_URL": server.url, "WEB_PROCESSES": "1"}
    machines = [ProductionSite(tmp_path / name, prepared_site / "static", **settings) for name in "ab"]
    yield machines
    for machine in machines:
        machine.close()


def preparing(machine):
    return machine.processes("bootstrap --wait")


def test_two_machines_start_before_their_database_and_prepare_it_once_when_it_comes(machines, server):
    first, second = machines
    for machine in machines:
        machine.begin()
    for machine in machines:
        machine.until(lambda machine=machine: machine.ask("GET", "/help/")[0] == 200)
        assert "The site starts without its database" in machine.output()
    reference = first.send_request_for_help("They asked before there was a database.")
    style = second.ask("GET", "/help/")[1].split('rel="stylesheet" href="')[1].split('"')[0]
    answers = {path: second.ask("GET", path)[0] for path in ("/articles/", style, "/readyz", "/healthz")}
    assert answers == {"/articles/": 503, style: 200, "/readyz": 503, "/healthz": 200}

    first.until(lambda: all(preparing(machine) for machine in machines))
    for machine in machines:
        os.kill(*preparing(machine), signal.SIGSTOP)
    server.start()
    with contextlib.closing(psycopg2.connect(server.url)) as other:
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [migrating.LOCK])
        for machine in machines:
            os.kill(*preparing(machine), signal.SIGCONT)
        first.until(lambda: query(server.url, WAITERS) == [(2,)])  # both want to prepare it
        assert [machine.ask("GET", "/articles/")[0] for machine in machines] == [503, 503]  # nothing is migrated

    for machine in machines:
        machine.until(lambda machine=machine: "Ready: " in machine.output())
    assert "Traceback" not in first.output() + second.output()
    assert [machine.ask("GET", "/articles/")[0] for machine in machines] == [200, 200]
    stored = "SELECT reference FROM intake_callforhelp WHERE NOT is_synthetic"
    first.until(lambda: query(server.url, stored) == [(reference,)])
    assert query(server.url, "SELECT count(*) FROM detoxsite_siteprofile") == [(1,)]
    for machine in machines:
        machine.process.send_signal(signal.SIGTERM)
        assert machine.process.wait(TIMEOUT) == 0
