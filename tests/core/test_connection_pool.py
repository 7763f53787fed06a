"""The connections that the threads of a process share: few, whole, and given back."""

import threading

import psycopg2
import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction

from detoxsite.core import db_timeout
from detoxsite.core.postgresql import connection_pool

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_limits]


@pytest.fixture(autouse=True)
def pool(monkeypatch):
    connection.close()
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 60)  # which start changes
    connection_pool.start(2)
    yield connection_pool.current()
    connection.close()
    for _, idle in connection_pool.current()._idle:
        idle.close()
    connection_pool.stop()


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def in_thread(work):
    """What ``work`` returns or raises in another thread."""
    outcome = []

    def run():
        try:
            outcome.append(work())
        except Exception as exc:
            outcome.append(exc)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcome[0]


def test_a_connection_that_was_given_back_serves_the_next_thread():
    pid = backend()
    connection.close()

    assert in_thread(backend) == pid


def test_no_more_are_opened_than_allowed_and_who_waits_in_vain_is_told():
    def ask():
        with db_timeout.time_limit(0.3, fails_fast=False):
            return backend()

    backend()
    other = connections.create_connection("default")
    other.ensure_connection()

    assert isinstance(in_thread(ask), OperationalError)
    other.close()
    assert isinstance(in_thread(ask), int)


def test_one_that_was_ended_by_the_server_is_not_given_to_anyone():
    pid = backend()
    params = connection.get_connection_params()
    connection.close()
    beside = psycopg2.connect(**params)
    with beside, beside.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 30000)", [pid])
    beside.close()

    assert backend() != pid


def test_an_open_transaction_is_not_given_to_anyone():
    pid = backend()
    connection.set_autocommit(False)
    backend()
    connection.close()

    assert backend() != pid


def test_after_a_close_inside_a_transaction_nothing_goes_on_in_it():
    def interrupted():
        with transaction.atomic():
            connection.close()
            backend()

    assert isinstance(in_thread(interrupted), InterfaceError)


def test_what_was_given_up_counts_until_the_server_has_noticed(pool, monkeypatch):
    """During a long lock each try would otherwise leave one more server process behind."""
    monkeypatch.setattr(connection_pool, "LIVES_ON", 3600.0)

    def give_up():
        with db_timeout.time_limit(0.1, fails_fast=False), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    assert isinstance(in_thread(give_up), OperationalError)
    assert isinstance(in_thread(give_up), OperationalError)
    assert len(pool._given_up) == 2
    with pytest.raises(db_timeout.DatabaseTimeout), db_timeout.time_limit(0.1, fails_fast=False):
        pool.take(lambda: pytest.fail("A third connection was opened."))
