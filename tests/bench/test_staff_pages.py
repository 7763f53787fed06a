"""The staff pages that are measured, and what is counted of each."""

import pytest
from django.conf import settings
from django.test import Client

from articles.models import State
from detoxsite.dashboard import navigation
from tests.bench import staff_pages
from tests.factories import make_draft, make_live, make_user

pytestmark = pytest.mark.django_db


def test_every_page_of_the_navigation_and_of_an_edition_is_measured():
    draft = make_draft()
    make_live()
    make_draft(state=State.IN_REVIEW)

    paths = {page.path for page in staff_pages.pages_of(draft)}

    assert {page.url for job in navigation.JOBS for page in (*job.pages, *job.others)} <= paths
    assert {f"/admin/articles/edition/{draft.pk}/{name}/" for name in ("change", "compare", "versions")} <= paths


def test_queries_and_time_of_a_page_are_counted():
    client = Client()
    client.force_login(make_user("editor"))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    queries, processor = staff_pages._in_process(staff_pages._client(key), staff_pages.Asked("editor", "/admin/"))

    assert queries > 3
    assert processor > 0
