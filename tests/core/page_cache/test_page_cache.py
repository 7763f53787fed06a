"""The wrapper around Django: what it answers, what it keeps, and for how long."""

import pytest
from django.test import Client

from detoxsite.core.models import SiteProfile

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_is_rendered_once_and_then_kept(cache):
    first, second = cache.get("/privacy/"), cache.get("/privacy/")

    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body == Client().get("/privacy/").content
    assert (cache.rendered, cache.kept) == (1, 1)


def test_a_change_ends_it(cache):
    cache.get("/privacy/")
    SiteProfile.objects.update(name="Harbor House")

    assert b"Harbor House" not in cache.get("/privacy/").body
    assert "center" in cache.watcher.look()
    assert b"Harbor House" in cache.get("/privacy/").body
