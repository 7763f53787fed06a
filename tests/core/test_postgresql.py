"""The database backend: a connection is asked only where there is a reason to doubt it."""

import psycopg2
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.test import RequestFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _new_connection():
    connection.close()
    yield
    connection.close()


def status_of(path):
    """Of a whole request; Django's test client leaves out what begins and ends one."""
    started = []
    answer = WSGIHandler()(RequestFactory().get(path).environ, lambda *args: started.extend(args))
    answer.close()
    return int(started[0][:3])


def backend_pid():
    return connection.connection.info.backend_pid


def end_on_the_server(pid):
    with psycopg2.connect(**connection.get_connection_params()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 30000)", [pid])
        assert cursor.fetchone() == (True,)
    other.close()


def test_the_next_request_gets_a_new_connection_where_the_server_ended_the_old_one():
    assert status_of("/articles/") == 200
    pid = backend_pid()
    assert (status_of("/articles/"), backend_pid()) == (200, pid)
    end_on_the_server(pid)

    assert status_of("/articles/") == 200

    assert backend_pid() != pid


def test_a_working_connection_is_not_asked(monkeypatch):
    assert status_of("/articles/") == 200
    asked = []
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.is_usable", lambda self: asked.append(1))

    assert status_of("/articles/") == 200

    assert asked == []


def test_after_an_error_a_connection_is_asked(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.is_usable", lambda self: False)
    assert connection.is_usable()

    connection.errors_occurred = True

    assert not connection.is_usable()


def test_the_way_past_a_pooler_has_the_options_of_its_own_url(settings):
    settings.DATABASE_DIRECT_URL = "postgres://own@/detoxsite?host=%2Frun%2Fown"
    beside = connections.create_connection("default")
    beside.settings_dict = {**beside.settings_dict, "OPTIONS": {"sslmode": "disable", "host": "/run/pooler"}}

    beside.use_directly()

    params = beside.get_connection_params()
    assert (params["user"], params["host"], "sslmode" in params) == ("own", "/run/own", False)
