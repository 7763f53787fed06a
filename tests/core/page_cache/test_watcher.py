"""The thread that learns of changes, against a real server: order, lost notices, restarts, an absent database."""

import threading
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection, connections
from django.utils import timezone

from detoxsite.core import public_changes, site_profile
from detoxsite.core.models import SiteProfile, User
from detoxsite.core.page_cache import areas, store, watcher
from intake.models import Shift
from tests.factories import make_live, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other():
    """A connection of another process."""
    beside = connections.create_connection("default")
    yield beside
    beside.close()


@pytest.fixture
def look(cache):
    return cache.watcher.look


def test_a_change_counts_when_it_is_committed_in_whatever_order(look, other):
    """The first transaction commits last: by numbers alone its change would be missed."""
    third = connections.create_connection("default")
    make_topic()
    look()
    with other.cursor() as first, third.cursor() as second:
        first.execute("BEGIN; UPDATE detoxsite_siteprofile SET name = 'First'")
        second.execute("UPDATE articles_topic SET intro = 'Second'")
        assert look() == ["articles"]
        assert look() == []
        first.execute("COMMIT")
        assert look() == ["center"]
        assert look() == []
    third.close()


def test_a_change_that_is_rolled_back_is_none(look, other):
    with other.cursor() as cursor:
        cursor.execute("BEGIN; UPDATE detoxsite_siteprofile SET name = 'First'; ROLLBACK")
    assert look() == []


def test_two_that_change_the_same_areas_in_opposite_order_do_not_wait_for_each_other(look, other):
    third = connections.create_connection("default")
    note = {
        "articles": "UPDATE articles_topic SET intro = 'Changed' WHERE slug = '{0}'",
        "reviews": "INSERT INTO testimonials_reviewcounter"
        " (status, stars, reason, allow_words, source, relationship, n)"
        " VALUES ('published', 9, '{0}', true, '', 'stayed', 1)",
    }
    make_topic(slug="one"), make_topic(slug="two")
    look()
    with other.cursor() as one, third.cursor() as two:
        for cursor in (one, two):
            cursor.execute("SET lock_timeout = '2s'; BEGIN")
        one.execute(note["articles"].format("one")), two.execute(note["reviews"].format("two"))
        one.execute(note["reviews"].format("one")), two.execute(note["articles"].format("two"))
        one.execute("COMMIT"), two.execute("COMMIT")
    third.close()
    assert look() == ["articles", "reviews"]


def test_the_profile_is_read_again_before_its_pages_are(look):
    before = site_profile.current()
    SiteProfile.objects.update(name="Harbor House")
    assert site_profile.current() is before

    look()

    assert site_profile.current().name == "Harbor House"


def test_a_reading_that_began_earlier_does_not_replace_a_later_one():
    began, go_on = threading.Event(), threading.Event()

    def slow():
        began.set()
        assert go_on.wait(10)
        return SiteProfile(name="Old")

    thread = threading.Thread(target=lambda: site_profile._cache.read_with(slow))
    thread.start()
    assert began.wait(10)
    site_profile.refresh()
    new = site_profile.current()
    go_on.set()
    thread.join(10)

    assert site_profile.current() is new


# --- the database is away ---------------------------------------------------------------------------------------------


@pytest.fixture
def away(monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("away")

    return lambda module, name: monkeypatch.setattr(module, name, fail)


def test_what_is_kept_is_served_while_the_database_is_away_until_its_time_is_up(cache, look, away, monkeypatch):
    make_live(publish_at=timezone.now() + timedelta(hours=1), slug="soon")
    look()
    cache.get("/articles/"), cache.get("/privacy/")
    away(watcher, "changes_since")
    with pytest.raises(OperationalError):
        look()
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        cache.get("/articles/"), cache.get("/privacy/")
    assert (cache.rendered, cache.kept) == (2, 2)

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert b"/articles/soon/" in cache.get("/articles/").body
        cache.get("/privacy/")
    assert (cache.rendered, cache.kept) == (3, 3)


def test_a_change_that_could_not_be_read_is_found_again(cache, look, away, monkeypatch):
    cache.get("/privacy/")
    SiteProfile.objects.update(name="Harbor House")
    with monkeypatch.context() as patch:
        patch.setattr(site_profile, "_read", lambda: (_ for _ in ()).throw(OperationalError("away")))
        with pytest.raises(OperationalError):
            look()
    assert look() == ["center"]


def test_after_a_restart_of_the_server_everything_is_compared(cache, look, monkeypatch):
    cache.get("/privacy/")
    server, snapshot = cache.watcher.last
    cache.watcher.last = ("another start", snapshot)

    assert look() == sorted(areas.names())
    assert len(store.pages) == 0


# --- time -------------------------------------------------------------------------------------------------------------


def test_an_edition_takes_over_and_a_review_falls_due(look):
    now = timezone.now()
    edition = make_live(publish_at=now + timedelta(hours=1))
    day = edition.review_due_on + timedelta(days=1)
    look()
    ends = [areas._states["articles"].ends_at]
    with time_machine.travel(now + timedelta(hours=2)):
        assert "articles" in look()
        ends.append(areas._states["articles"].ends_at)

    overdue_at = timezone.make_aware(datetime(day.year, day.month, day.day))
    assert ends == [edition.publish_at.timestamp(), overdue_at.timestamp()]


def test_a_shift_begins(look):
    monday = timezone.make_aware(datetime(2026, 11, 30, 7, 15))
    nurse = User.objects.create_user("nurse@example.org")
    Shift.objects.create(person=nurse, weekday=0, starts="08:00", ends="16:30")
    with time_machine.travel(monday, tick=False) as clock:
        look()
        ends = [areas._states["on_call"].ends_at - monday.timestamp()]
        clock.shift(60 * 60)
        look()
        ends.append(areas._states["on_call"].ends_at - monday.timestamp())
    assert ends == [45 * 60, (9 * 60 + 15) * 60]


# --- the thread -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_heard", [True, False])
def test_the_thread_learns_of_a_change_by_notice_or_by_looking(monkeypatch, is_heard):
    """Without LISTEN, as behind PgBouncer in transaction mode, looking alone has to find out."""
    if not is_heard:
        monkeypatch.setattr(watcher, "CHANNEL", "nobody")
    seen, stop = threading.Event(), threading.Event()

    class Stopped(BaseException):
        pass

    class Watcher(watcher.Watcher):
        def look(self):
            if stop.is_set():
                raise Stopped
            if "center" in super().look() and site_profile.current().name == "Harbor House":
                seen.set()
            known.set()

    def run():
        try:
            Watcher().run()
        except Stopped:
            connection.close()

    known = threading.Event()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert known.wait(10)
    SiteProfile.objects.update(name="Harbor House")

    assert seen.wait(10)
    stop.set()
    thread.join(10)
    areas.forget()


def test_the_thread_survives_what_goes_wrong(monkeypatch, caplog):
    calls, done = [], threading.Event()

    class Stopped(BaseException):
        pass

    class Watcher(watcher.Watcher):
        def look(self):
            calls.append(1)
            if len(calls) == 1:
                raise OperationalError("away")
            if len(calls) == 2:
                raise ValueError("a mistake")
            done.set()
            raise Stopped

    monkeypatch.setattr(watcher, "INTERVAL", 0.01)
    with pytest.raises(Stopped):
        Watcher().run()
    assert done.is_set()
    assert [record.message for record in caplog.records] == ["The page cache could not look for changes"]


def test_a_snapshot_is_compared_in_the_database():
    known, changed = public_changes.changes_since(None)
    assert changed is None
    assert public_changes.changes_since(known)[1] == []
