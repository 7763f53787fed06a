"""Every answer says who may keep it and for how long."""

import re

import pytest
from django.urls import URLPattern, get_resolver

from articles.models import Picture
from detoxsite.core import http_cache, redirects
from tests.core.test_images import picture_file
from tests.factories import make_live, make_review

pytestmark = pytest.mark.django_db

PUBLIC = "public, max-age=5, s-maxage=10, stale-while-revalidate=10, stale-if-error=30"
BRIEF = "public, max-age=5, s-maxage=10"
NOWHERE = "private, no-store"
VALUES = {"slug": "none", "token": "none", "pk": "1", "section": "pages", "object_id": "1", "path": "pictures/none.png"}


def patterns(found, prefix=""):
    for pattern in found:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from patterns(pattern.url_patterns, route)


def path_of(route: str) -> str:
    """A path that a route matches, more or less: what is not found has to say it too."""
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: VALUES.get(match[1], "1"), route)
    route = re.sub(r"\(\?P[^/]*(?:\([^)]*\)[^)]*)?\)", "1", route)
    return "/" + re.sub(r"[\^$\\]|\(\?:|\)|\?", "", route)


ROUTES = sorted({path_of(route) for route in patterns(get_resolver().url_patterns)})


@pytest.mark.parametrize("role", [None, "manager"])
def test_every_address_says_it(client, as_role, role):
    if role:
        as_role(role)
    client.raise_request_exception = False
    assert len(ROUTES) > 150
    for path in [*ROUTES, "/nothing/", "/articles", "/static/none.css", "/media/none"]:
        for method in (client.get, client.head):
            response = method(path)
            said = response.headers.get("Cache-Control", "")

            assert said, path
            if path.startswith(("/admin/", "/accounts/")) or response.status_code >= 500 or response.cookies:
                assert "no-store" in said, path
                assert "public" not in said, path
            if "public" in said and "immutable" not in said:
                assert re.search(r"max-age=5, .*s-maxage=10", said), path


def test_public_pages_are_kept_briefly_and_what_is_personal_nowhere(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@center.example"
    live, gone = make_live(), make_live(state="withdrawn", publish_at=None)
    review = make_review("published")
    redirects.moved({"/articles/moved/": live.get_absolute_url()})
    expected = {
        PUBLIC: [
            "/",
            "/articles/",
            live.get_absolute_url(),
            "/reviews/",
            f"/reviews/{review.pk}/",
            "/robots.txt",
            "/.well-known/security.txt",
        ],
        BRIEF: [gone.get_absolute_url(), "/nothing/", "/articles/none/", "/privacy", "/reviews/?page=3"],
        "no-cache": ["/help/", "/reviews/new/", f"/reviews/{review.pk}/tell/"],
        "no-store": [
            *("/search/", "/search/?q=alcohol", "/search?q=alcohol", "/help/sent/", "/leave/"),
            *("/r/none/", "/articles/shown/none/", "/admin/", "/accounts/login/", "/healthz", "/accounts/none/"),
        ],
    }
    for said, paths in expected.items():
        for path in paths:
            assert said in client.get(path).headers["Cache-Control"], path
    for path in ("/", "/nothing/", "/help/"):
        assert "no-store" in client.post(path).headers["Cache-Control"], path
    assert "no-store" in client.get("/", HTTP_HOST="elsewhere.example").headers["Cache-Control"]


def test_what_other_middleware_answers_says_it_too(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/privacy/").headers["Cache-Control"] == BRIEF
    assert client.get("/search/?q=words").headers["Cache-Control"] == NOWHERE


def test_pictures_are_kept_for_good_since_no_other_ever_has_their_name(client):
    names = []
    for _ in range(2):
        picture = Picture.objects.create(title="A lake", image=picture_file(), alt="A lake", credit="Us")
        names.append(picture.image.name)
        answer = client.get(picture.image.url)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        b"".join(answer.streaming_content)  # closes the file
        picture.image.delete(save=False)

    assert len(set(names)) == 2
    assert client.get("/media/pictures/none.png").headers["Cache-Control"] == BRIEF


def test_all_copies_of_what_was_withdrawn_are_gone_within_a_minute():
    browser = http_cache.BROWSER_MAX_AGE + http_cache.WHILE_REVALIDATING
    proxy = http_cache.PROXY_MAX_AGE + http_cache.WHILE_REVALIDATING

    assert 2 * proxy + browser < 60, "behind two proxies"
    assert http_cache.PROXY_MAX_AGE + http_cache.IF_ERROR + browser < 60, "behind one, while the site fails"
