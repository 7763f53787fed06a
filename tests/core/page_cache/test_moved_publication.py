"""Kept pages follow a publication that is moved: they end at the new moment, and not at the old one."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles import schedule
from tests.factories import make_live, make_page, make_user

pytestmark = pytest.mark.django_db(transaction=True)

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def is_shown(cache, moment, *urls):
    """Whether what was scheduled is there at a moment, on pages that are asked for twice: rendered, and kept."""
    with time_machine.travel(moment, tick=False):
        cache.watcher.look()
        answers = [cache.get(url) for url in urls for _ in range(2)]
    shown = {answer.status == 200 and b"Planned" in answer.body for answer in answers}
    assert len(shown) == 1
    return shown.pop()


@pytest.mark.parametrize(
    ("kind", "days", "seen"), [("article", 1, [False, True, True, True]), ("page", 3, [False, False, False, True])]
)
def test_kept_pages_end_at_the_new_moment(cache, kind, days, seen):
    now = timezone.now()
    fields = {"slug": "planned", "title": "Planned", "publish_at": now + 2 * DAY}
    edition = make_live(**fields) if kind == "article" else make_page(**fields)
    urls = [edition.get_absolute_url(), *(["/articles/"] if kind == "article" else [])]
    assert not is_shown(cache, now, *urls)

    schedule.reschedule(edition.pk, by=make_user("clinician"), publish_at=now + days * DAY)

    moments = [now, now + DAY + SECOND, now + 2 * DAY + SECOND, now + 3 * DAY + SECOND]
    assert [is_shown(cache, moment, *urls) for moment in moments] == seen
