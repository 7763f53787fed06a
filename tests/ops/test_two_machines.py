"""Two machines on one primary, with a replica, PgBouncer, Redis and a storage service: all of them real processes."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from detoxsite.core.public_forms.rate_limit import KNOWN_FOR
from tests import machine_faults
from tests.core.sign_in.codes import code_now
from tests.fault_injection import HIDDEN, REFERENCE, Browser
from tests.machines import MISSING, Machines
from tests.production import HEADERS, HOST
from tests.site_process import ROOT, parent

pytestmark = pytest.mark.site

STAFF = {**HEADERS, "Origin": f"https://{HOST}"}
PASSWORD = "correct horse battery"  # of the factories
FILL = """
import json
from tests.core.sign_in.codes import enrol
from tests.factories import make_live, make_user, receive
staff = [make_user("admissions", email=f"{name.lower()}@example.org", first_name=name) for name in ("Nora", "Cal")]
articles = [make_live(title=title) for title in ("The first night", "The second night")]
print(json.dumps({
    "secrets": {user.email: enrol(user) for user in staff},
    "articles": [article.get_absolute_url() for article in articles],
    "editions": [article.pk for article in articles],
    "topic": articles[1].article.topic.get_absolute_url(),
    "call": str(receive({"phone": "2125550123", "story": "Call me."}).pk),
}))
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory, prepared_site):
    if MISSING:
        pytest.skip(f"{MISSING} are not installed: nothing was tried on two machines")
    machines = Machines(tmp_path_factory.mktemp("machines"), prepared_site)
    try:
        machines.start()
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", FILL],
            cwd=ROOT,
            env=machines.sites[0].environment,
            capture_output=True,
            text=True,
        )
        machines.filled = json.loads(done.stdout or done.stderr)
        yield machines
    finally:
        machines.close()


class Form:
    """A form of a machine, fetched once and sent again and again."""

    def __init__(self, site, path, headers=HEADERS):
        self.path, self.browser = path, Browser(site.port, headers=headers)
        self.hidden = dict(HIDDEN.findall(self.browser.ask("GET", path)[1]))

    def send(self, **fields):
        return self.browser.ask("POST", self.path, self.hidden | fields)


def wrong_passwords(machines, email):
    """How many wrong passwords, on one machine and the other in turns, are answered before there were too many."""
    forms = [Form(site, "/accounts/login/", STAFF) for site in machines.sites]
    for count in range(12):
        if "Too many wrong passwords" in forms[count % 2].send(login=email, password="wrong")[1]:
            return count
    return None


def is_limit_shared(machines):
    """Whether the second machine refuses at once what exceeds a limit on the first: wrong return codes."""
    first, second = (Form(site, "/help/own/") for site in machines.sites)
    wrong = {"reference": "AAAA2222", "code": "AAAA-BBBB-CCCC"}
    return any(first.send(**wrong)[0] == 429 for _ in range(30)) and second.send(**wrong)[0] == 429


def test_what_one_machine_counts_the_other_knows_with_redis_and_without(machines):
    assert wrong_passwords(machines, "somebody@example.org") == 5
    assert is_limit_shared(machines) or is_limit_shared(machines)  # a window of time may have ended in between

    machines.redis.kill()
    assert wrong_passwords(machines, "somebody.else@example.org") == 5
    deadline = time.monotonic() + 4 * KNOWN_FOR  # before, hits of a network that exceeds the limit do not count
    while not (is_shared := is_limit_shared(machines)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert is_shared
    machines.redis.start()


def test_a_form_and_a_session_of_one_machine_hold_on_the_other(machines):
    browser = Browser(*(site.port for site in machines.sites), headers=HEADERS)  # in turns
    browser.keeps_cookies = False
    fields = dict(HIDDEN.findall(browser.ask("GET", "/help/")[1])) | {"phone": "(212) 555-0199", "story": "Twice."}
    references = set()
    for _ in range(3):
        assert browser.ask("POST", "/help/", fields)[0] == 302
        references.add(REFERENCE.search(browser.ask("GET", browser.location)[1])[1])
    assert len(references) == 1
    stored = f"SELECT count(*) FROM intake_callforhelp WHERE reference = '{references.pop()}'"
    assert machines.query(stored) == [(1,)]

    page = f"/admin/intake/callforhelp/{machines.filled['call']}/change/"
    for (email, secret), colleague in zip(
        machines.filled["secrets"].items(), ["", "Nora has this open too."], strict=True
    ):
        browser = Browser(*(site.port for site in machines.sites), headers=STAFF)
        fields = dict(HIDDEN.findall(browser.ask("GET", "/accounts/login/")[1]))
        answers = {"login": email, "password": PASSWORD, "code": code_now(secret)}
        assert browser.ask("POST", "/accounts/login/", fields | answers)[0] == 302
        for _ in machines.sites:
            status, text = browser.ask("GET", page)
            assert status == 200
            assert colleague in text


def test_public_pages_come_from_the_replica_and_never_from_one_that_is_behind(machines):
    one, two = machines.sites
    withdrawn, shown = machines.filled["articles"]

    def status(path):
        return {site.ask("GET", path)[0] for site in machines.sites}

    asked = "SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE query LIKE 'SET LOCAL jit = off;%'"
    assert status(withdrawn) == {200}
    one.until(lambda: status("/search/?q=withdrawal") == {200} and machines.on_replica(asked)[0][0] >= 2)

    # it is behind: what was withdrawn meanwhile is not shown any more, by either machine
    machines.on_replica("SELECT pg_wal_replay_pause()")
    one.until(lambda: machines.on_replica("SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
    edition = machines.filled["editions"][0]
    withdraw = "UPDATE articles_edition SET state = 'withdrawn', withdrawn_at = now() WHERE id = {}; COMMIT; SELECT 1"
    machines.query(withdraw.format(edition))
    for site in machines.sites:
        site.until(lambda site=site: site.ask("GET", withdrawn)[0] == 410)
    assert machines.on_replica(f"SELECT state FROM articles_edition WHERE id = {edition}") == [("signed_off",)]
    for _ in range(3):
        assert status(withdrawn) == {410}
        assert "The first night" not in one.ask("GET", "/search/?q=first+night")[1]
        assert "The first night" not in two.ask("GET", "/articles/")[1]
    assert status(shown) == {200}
    machines.on_replica("SELECT pg_wal_replay_resume()")
    gone = f"SELECT state = 'withdrawn' FROM articles_edition WHERE id = {edition}"
    one.until(lambda: machines.on_replica(gone) == [(True,)])

    # the primary is away: what nobody has asked for before is read from the replica
    machines.primary.kill()
    one.until(lambda: status(machines.filled["topic"]) == {200})
    assert status("/search/?q=second+night") == {200}
    assert 200 not in status(withdrawn)
    machines.primary.start()

    # it does not answer at all: the primary does, in the time that a visitor's request has
    family = [
        pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent(pid) == machines.replica.process.pid
    ]
    for pid in (machines.replica.process.pid, *family):
        os.kill(pid, signal.SIGSTOP)
    try:
        machines.query("UPDATE detoxsite_siteprofile SET name = 'Renamed Center'; COMMIT; SELECT 1")
        for site in machines.sites:
            site.until(lambda site=site: "Renamed Center" in site.ask("GET", shown)[1])
        assert status("/articles/?after=1") <= {200, 302}
        assert status("/search/?q=second") == {200}
    finally:
        for pid in (machines.replica.process.pid, *family):
            os.kill(pid, signal.SIGCONT)


def test_whatever_is_killed_no_acknowledged_request_is_lost(machines):
    outcome = machine_faults.run(machines, people=60, seed=20261129, max_delay=2.0)

    assert outcome.is_good, outcome.report()
    assert sum(outcome.faults.values()) >= 5, outcome.report()
