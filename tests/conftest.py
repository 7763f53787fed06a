"""Shared fixtures: an account of each role, and a browser that can reach nothing but this machine."""

import os
import subprocess
from types import SimpleNamespace

import dj_database_url
import pytest
from django.conf import settings

from detoxsite.core import db_timeout, site_profile, timed_cache
from detoxsite.core.public_forms import rate_limit
from detoxsite.dashboard import navigation

from . import site_process
from .chromium import CHROMIUM, OPTIONS
from .database import server, template
from .factories import make_person, make_user

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in the thread of the tests

SHARED_SITE = "halves"  # a fixture of tests/ops/deploy, which takes most of a minute to start


def pytest_configure(config):
    """Start the database server before any worker needs it, unless one is configured or running."""
    if not hasattr(config, "workerinput") and (started := server.start()):
        settings.DATABASES["default"]["PASSWORD"] = dj_database_url.parse(started.url)["PASSWORD"]
        config.add_cleanup(started.stop)


def pytest_collection_modifyitems(items):
    """Run the longest tests first. Without Chromium, skip the tests that need it and say so in the summary."""
    items[:] = _dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    if os.path.exists(CHROMIUM):
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}: not seen as a person would see it"))


def _dealt(items, workers):
    """The tests in an order whose equal parts, one for each worker, begin with the longest tests.

    Tests of the whole site wait more than they compute. One worker runs them while the others keep the cores busy. It
    begins with those that share one site: whoever is idle takes tests from the end, and would start a second one.
    Other tests without a browser stay with those of their file, which may share what is made once a file.
    """
    kinds = {"site": [], "browser": [], "other": []}
    for item in items:
        kinds[next((kind for kind in kinds if kind in item.keywords), "other")].append(item)
    files = list(dict.fromkeys(item.path for item in kinds["other"]))
    order = sorted(kinds["site"], key=lambda item: SHARED_SITE not in item.fixturenames)
    for first in range(workers):
        own = set(files[first::workers])
        order += kinds["browser"][first::workers] + [item for item in kinds["other"] if item.path in own]
    return order


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, testrun_uid, worker_id):
    """A database for each worker, copied from one that was migrated once."""
    with django_db_blocker.unblock():
        template.create(testrun_uid, worker_id)
    yield
    with django_db_blocker.unblock():
        template.drop(testrun_uid, worker_id)


@pytest.fixture(scope="session")
def prepared_site(tmp_path_factory, worker_id, testrun_uid, django_db_setup, django_db_blocker):
    """The folder of a site that was started once and stopped; the tests of a run share it and copy from it."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent
    with django_db_blocker.unblock():
        return site_process.prepared(folder / "prepared-site", lambda database: template.copy_to(testrun_uid, database))


@pytest.fixture
def site(tmp_path, prepared_site):
    """A whole site in its own processes, in the state of one that was started once and stopped."""
    subprocess.run(["cp", "-a", prepared_site, tmp_path / "site"], check=True)  # with the owner of the database's files
    site = site_process.Site(tmp_path / "site")
    yield site
    site.close()


@pytest.fixture(autouse=True)
def _fresh_center():
    """Each test starts without the site profile and the counts that an earlier test left in this process."""
    site_profile.expire()
    navigation.forget_counts()
    yield
    site_profile.expire()


@pytest.fixture
def editor(db):
    return make_user("editor")


@pytest.fixture
def clinician(db):
    """May sign off: the account has a person whom readers see as the reviewer."""
    user = make_user("clinician")
    make_person(name="Dana Diaz", credentials="MD", user=user)
    return user


@pytest.fixture
def moderator(db):
    return make_user("moderator")


@pytest.fixture
def second_moderator(db):
    return make_user("moderator")


@pytest.fixture
def nurse(db):
    """A member of admissions, who answers requests."""
    return make_user("admissions", email="nurse@example.org", first_name="Nora")


@pytest.fixture
def manager(db):
    return make_user("manager")


@pytest.fixture
def as_role(db, client):
    """Sign the test client in with a given role and return it; the account is ``client.user``.

    The counts of its navigation are kept already, as after another page: a page costs what it costs without them.
    """

    def sign_in(role):
        client.user = make_user(role)
        client.force_login(client.user)
        navigation.waiting_for(client.user)
        return client

    return sign_in


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return OPTIONS


@pytest.fixture(autouse=True)
def calm(request, monkeypatch):
    """A busy machine changes no result: database calls may take a minute, and no cached value expires by itself.

    Tests of the time limits are marked ``time_limits``. A timeout in one does not make the next one fail fast.
    """
    monkeypatch.setattr(db_timeout, "_suspected", {})
    monkeypatch.setattr(rate_limit, "_exceeded", {})
    if "time_limits" not in request.keywords:
        monkeypatch.setattr(db_timeout, "_remaining", lambda: 60_000.0)
    monkeypatch.setattr(timed_cache, "time", SimpleNamespace(monotonic=lambda: 0.0))
