"""Where public pages are read. With a real replica: tests/ops/test_two_machines.py."""

import socket

import pytest
from django.db import OperationalError, connection, connections
from django.http import Http404

from detoxsite.core import db_timeout, read_replica
from detoxsite.core.models import SiteProfile, User
from detoxsite.core.prepared import fetch
from detoxsite.core.read_replica import ALIAS, read
from detoxsite.core.request_metrics import REGISTRY
from detoxsite.ops.monitoring import page_cache_counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_limits]

WHICH = "SELECT current_setting(%(name)s::text)"


@pytest.fixture
def replica(monkeypatch, settings):
    """Settings of a replica, which is the test database itself, by another name; a test says whether it is fresh."""
    default = connections["default"].settings_dict
    own = {"application_name": ALIAS, "connection_factory": db_timeout.SpareConnection}
    entry = {**default, "OPTIONS": {**default["OPTIONS"], **own}}
    monkeypatch.setitem(connections.settings, ALIAS, entry)
    wrapper = connections[ALIAS]

    def connect():
        if wrapper.connection is None:
            with wrapper.wrap_database_errors:
                wrapper.connect()

    monkeypatch.setattr(wrapper, "ensure_connection", connect)  # Django's test case refuses what it does not know
    settings.DATABASE_ROUTERS = ["detoxsite.core.read_replica.Router"]
    monkeypatch.setattr(read_replica, "_ask_again_at", 0.0)
    monkeypatch.setattr(read_replica, "_position", None)
    read_replica.note_position()
    yield entry
    wrapper.close()
    del connections[ALIAS]


@pytest.fixture
def fresh(replica, monkeypatch):
    monkeypatch.setattr(read_replica, "_is_fresh", lambda position: True)
    return replica


def which():
    return fetch(WHICH, {"name": "application_name"})[0][0]


def test_pages_are_read_from_the_replica_and_everything_else_is_not(fresh):
    assert read(which) == ALIAS
    assert read(lambda: SiteProfile.objects.all().db) == ALIAS
    assert which() != ALIAS
    assert SiteProfile.objects.all().db == "default"
    page_cache_counts.publish()
    assert REGISTRY.get_sample_value("detoxsite_replica_reads_total", {"outcome": "fresh"}) >= 2


def test_what_is_written_goes_to_the_primary(fresh):
    user = read(lambda: User.objects.create_user("new@example.org"))

    assert user._state.db == "default"


def test_a_server_that_is_no_replica_any_more_is_not_read(replica):
    assert read(which) != ALIAS


def test_nothing_is_read_from_it_before_the_watcher_has_looked(fresh):
    read_replica.forget_position()

    assert read(which) != ALIAS


def test_what_is_no_finished_page_is_asked_again_of_the_primary(fresh):
    """It was published just now, and the replica has not heard of it."""

    def page():
        if which() == ALIAS:
            raise Http404
        return "the article"

    assert read(page) == "the article"
    assert read(lambda: which() != ALIAS, is_final=bool)


def test_after_an_error_the_page_comes_from_the_primary_and_the_replica_is_left_alone(fresh, monkeypatch, caplog):
    asked = []

    def page():
        asked.append(which())
        if asked[-1] == ALIAS:
            raise OperationalError("canceling statement due to conflict with recovery")
        return asked[-1]

    assert read(page) == read(page) == which()
    assert asked.count(ALIAS) == 1
    assert caplog.text.count("The replica does not answer") == 1

    monkeypatch.setattr(read_replica, "_ask_again_at", 1.0)  # some seconds later
    assert read(which) == ALIAS


def test_one_that_is_silent_takes_a_part_of_the_time_and_makes_nothing_else_suspect(replica, monkeypatch):
    monkeypatch.setattr(db_timeout, "SPARE_LIMIT", 0.1)
    monkeypatch.setattr(db_timeout, "_suspected", {})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connections[ALIAS].settings_dict["OPTIONS"] |= {"host": "127.0.0.1", "port": silent.getsockname()[1]}
        with db_timeout.time_limit(5.0):
            assert read(which) != ALIAS

            assert db_timeout.seconds_left(0) > 2
    assert db_timeout._suspected == {}
    assert connection.is_usable()
