"""Database time limits: a deadline for each thread, and failing fast for a while after a timeout."""

import contextlib
import threading
import time
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection

from articles.published import lists
from articles.search import words
from detoxsite.core import db_timeout, jobs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.time_limits]


@pytest.fixture(autouse=True)
def _new_connection():
    yield
    connection.close()


def sleep(seconds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def test_a_slow_database_is_given_up_at_the_deadline():
    began = time.monotonic()

    with pytest.raises(OperationalError), db_timeout.time_limit(0.3):
        sleep(60)

    assert time.monotonic() - began < 30


def test_a_deadline_covers_every_query_inside_it_and_an_inner_one_cannot_extend_it():
    def ask_often():
        with db_timeout.time_limit(0.4), db_timeout.time_limit(60):
            for _ in range(100):
                sleep(0.05)

    with pytest.raises(OperationalError):
        ask_often()


@pytest.fixture
def frozen(monkeypatch):
    """The database let a statement time out, and its answers are not heard; nothing is forgiven with time."""
    monkeypatch.setattr(db_timeout, "COOL_DOWN", 600.0)
    with monkeypatch.context() as patch:
        patch.setattr(db_timeout, "_note_answer", lambda: None)
        patch.setattr(db_timeout, "_answered_at", 0.0)
        time_out("any")
        assert list(db_timeout._suspected) == [db_timeout.DATABASE]
        yield patch


@pytest.fixture
def busy_elsewhere(monkeypatch):
    """Another thread whose statements the database goes on answering."""
    monkeypatch.setattr(db_timeout, "COOL_DOWN", 600.0)
    is_over = threading.Event()

    def ask():
        while not is_over.wait(0.01):
            connection.cursor().execute("SELECT 1")
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    yield
    is_over.set()
    thread.join()


def time_out(kind, seconds=0.3):
    with pytest.raises(OperationalError), db_timeout.time_limit(seconds, kind=kind):
        sleep(60)
    connection.close()


def test_while_the_database_answers_nobody_callers_fail_fast_but_for_one_at_a_time(frozen):
    began = time.monotonic()
    with db_timeout._trial:  # another thread is trying
        time_out("one", 600)
        time_out("other", 600)
    assert time.monotonic() - began < 60

    with db_timeout.time_limit(60, kind="one"), db_timeout.time_limit(60):
        assert not db_timeout._trial.acquire(blocking=False)
        sleep(4 * db_timeout.FAIL_FAST_LIMIT)  # the one that tries has its whole limit


def test_any_answer_clears_the_database(frozen):
    frozen.undo()

    with db_timeout._trial:  # another thread is trying
        with db_timeout.time_limit(60):
            connection.cursor().execute("SELECT 1")
        with db_timeout.time_limit(60):
            sleep(4 * db_timeout.FAIL_FAST_LIMIT)


def test_a_slow_statement_makes_only_its_own_kind_of_work_fail_fast(busy_elsewhere):
    time_out("search")

    with db_timeout._trial:  # another thread is trying
        with db_timeout.time_limit(60, kind="articles"):
            sleep(4 * db_timeout.FAIL_FAST_LIMIT)
        time_out("search", 600)
    with db_timeout.time_limit(60, kind="search"):
        sleep(4 * db_timeout.FAIL_FAST_LIMIT)


def test_failing_fast_says_nothing_more_about_the_database(frozen):
    """Or each statement that takes longer than failing fast allows would make the next one fail, and so on."""
    until = dict(db_timeout._suspected)

    with db_timeout._trial:  # another thread is trying
        time_out("search", 600)

    assert db_timeout._suspected == until


def test_a_limit_that_was_used_up_before_the_wait_says_nothing_about_the_database():
    with pytest.raises(OperationalError), db_timeout.time_limit(db_timeout.FAIL_FAST_LIMIT / 5):
        sleep(60)

    assert db_timeout._suspected == {}


def test_at_the_door_a_search_that_times_out_makes_no_other_page_fail(client, busy_elsewhere, monkeypatch):
    def status_of(address):
        with contextlib.closing(connection):
            return client.get(address).status_code

    def slow_search(*_):
        with db_timeout.time_limit(0.3):
            sleep(60)

    monkeypatch.setattr(db_timeout, "PUBLIC_LIMIT", 600.0)
    monkeypatch.setattr(words, "fetch", slow_search)
    assert status_of("/search/?q=alcohol") == 503
    assert list(db_timeout._suspected) == ["/search"]

    with db_timeout._trial:  # another thread is trying
        monkeypatch.setattr(words, "fetch", lambda *_: sleep(60))
        began = time.monotonic()
        assert status_of("/search/?q=alcohol") == 503
        assert time.monotonic() - began < 60
        slow = mock.Mock(side_effect=lambda *_: sleep(4 * db_timeout.FAIL_FAST_LIMIT) or [])
        monkeypatch.setattr(lists, "fetch", slow)
        assert status_of("/articles/") == 200
        assert slow.called


def test_without_a_deadline_a_command_waits_as_long_as_it_takes():
    sleep(0.2)  # and does not time out, as it would with a deadline


def test_work_in_the_background_does_not_fail_fast(monkeypatch):
    """Under load each query takes longer than failing fast allows: a worker's jobs would never run again."""
    monkeypatch.setattr(db_timeout, "_suspected", {db_timeout.DATABASE: time.monotonic() + 600})
    job = jobs.Job("slow", lambda: sleep(4 * db_timeout.FAIL_FAST_LIMIT), every=timedelta(seconds=1), timeout=60.0)

    assert jobs.run(job)
