"""The site behind a real PgBouncer in transaction mode, which hands each transaction to another connection."""

import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection

from detoxsite.core import prepared
from detoxsite.core.postgresql import pooler_check
from tests.engines import PGBOUNCER, PgBouncer
from tests.production import query
from tests.site_process import TIMEOUT

pytestmark = pytest.mark.site


@pytest.fixture
def pooler(production_database, tmp_path):
    """The URL of the database through PgBouncer."""
    if not PGBOUNCER:
        pytest.skip("no pgbouncer (Debian's package of that name): nothing was tried behind a pooler")
    started = PgBouncer(production_database, tmp_path).start()
    yield started.url
    started.kill()


def test_the_whole_site_works_behind_a_pooler_and_a_dead_worker_is_noticed(
    production_site, production_database, pooler
):
    site = production_site
    site.environment |= {"DATABASE_URL": pooler, "DATABASE_DIRECT_URL": production_database, "READYZ_TOKEN": "operator"}
    site.start()

    # statements of many visitors share few connections
    paths = ["/search/?q=withdrawal", "/articles/", "/", "/reviews/", "/articles/none/"] * 24
    with ThreadPoolExecutor(24) as visitors:
        answers = list(visitors.map(lambda path: (path, site.ask("GET", path)[0]), paths))
    assert set(answers) == {(path, 404 if "none" in path else 200) for path in paths}
    reference = site.send_request_for_help("Behind a pooler.")
    stored = "SELECT reference FROM intake_callforhelp WHERE NOT is_synthetic"
    site.until(lambda: query(production_database, stored) == [(reference,)])

    # a change of the database shows within a second or so, by way of the direct connection
    assert "Renamed Center" not in site.ask("GET", "/privacy/")[1]
    query(production_database, "UPDATE detoxsite_siteprofile SET name = 'Renamed Center'; COMMIT; SELECT 1")
    site.until(lambda: "Renamed Center" in site.ask("GET", "/privacy/")[1])

    # the worker dies, and nobody starts it again; its connection to PostgreSQL outlives it
    def worker():
        return json.loads(site.ask("GET", "/readyz", Authorization="Bearer operator")[1])["worker"]

    assert worker() is True
    site.process.send_signal(signal.SIGSTOP)
    for pid in site.processes("manage.py worker"):
        os.kill(pid, signal.SIGKILL)
    query(production_database, "UPDATE detoxsite_workerheartbeat SET at = at - interval '1 minute'; COMMIT; SELECT 1")
    assert worker() is False
    site.process.send_signal(signal.SIGCONT)
    site.until(worker)

    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(TIMEOUT) == 0
    assert "Traceback" not in site.output()


def test_a_pooler_that_nobody_declared_is_refused_in_words(production_site, pooler):
    production_site.environment["DATABASE_URL"] = pooler
    refused = production_site.run("detoxsite.ops.process_manager", stderr=subprocess.PIPE, text=True)

    assert "Set DATABASE_POOLING=transaction" in refused.communicate(timeout=TIMEOUT)[1]
    assert refused.returncode == 1


@pytest.fixture
def through_pooler(pooler, settings, django_db_blocker):
    """The connection of this thread leads through the pooler, as DATABASE_POOLING=transaction makes it."""
    settings.KEEPS_SESSION = False
    before, place = connection.settings_dict, urlsplit(pooler)
    with django_db_blocker.unblock():
        connection.close()
        changed = {"HOST": place.hostname, "PORT": place.port, "NAME": place.path[1:], "USER": place.username}
        connection.settings_dict = {**before, **changed, "OPTIONS": {}}
        yield connection
        connection.close()
        connection.settings_dict = before


def test_without_a_session_nothing_is_prepared_or_set_for_others(through_pooler, production_database):
    sql = "SELECT 'a%%b' LIKE 'a%%', %(n)s::int %% 4, current_setting('jit'), %(n)s::int".replace("%%", "%")

    assert [prepared.fetch(sql, {"n": n}) for n in (5, 6)] == [[(True, 1, "off", 5)], [(True, 2, "off", 6)]]

    with through_pooler.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT setting = reset_val FROM pg_settings WHERE name = 'jit'")
        assert cursor.fetchone() == (True,)
    assert pooler_check.check_pooler(databases=["default"]) != []
