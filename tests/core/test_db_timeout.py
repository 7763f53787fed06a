"""Database time limits: a deadline for each thread, and failing fast for a while after a timeout."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

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


def test_later_callers_fail_fast_until_the_database_answers_again(monkeypatch):
    with pytest.raises(OperationalError), db_timeout.time_limit(0.2):
        sleep(60)
    connection.close()
    monkeypatch.setattr(db_timeout, "_fail_fast_until", time.monotonic() + 60)  # however long that took
    began = time.monotonic()

    with pytest.raises(OperationalError), db_timeout.time_limit(60):
        sleep(60)

    assert time.monotonic() - began < 30
    connection.close()
    monkeypatch.setattr(db_timeout, "_fail_fast_until", 0.0)
    with db_timeout.time_limit(60):
        sleep(0.1)


def test_without_a_deadline_a_command_waits_as_long_as_it_takes():
    sleep(0.2)  # and does not time out, as it would with a deadline


def test_work_in_the_background_does_not_fail_fast(monkeypatch):
    """Under load each query takes longer than failing fast allows: a worker's jobs would never run again."""
    monkeypatch.setattr(db_timeout, "_fail_fast_until", time.monotonic() + 60)
    job = jobs.Job("slow", lambda: sleep(4 * db_timeout.FAIL_FAST_LIMIT), every=timedelta(seconds=1), timeout=60.0)

    assert jobs.run(job)
