"""Middleware: what is off the path of public pages, and what still guards every address."""

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from django.utils.safestring import mark_safe

from detoxsite.core import middleware, page_shell, site_profile, staff_middleware
from detoxsite.core.models import SiteProfile
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.views import PublicFormView

BY_LINK = {"ack/<slug:token>/"}  # reads no cookie: a foreign page that knows the token could press it by itself
STAFF_ONLY = ("session", "user", "_messages")


def views(patterns=None, prefix=""):
    """Every address pattern of the site with its view."""
    for entry in patterns or get_resolver().url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry.callback
        else:
            yield from views(entry.url_patterns, path)


def is_public_form(view):
    return issubclass(getattr(view, "view_class", object), PublicFormView)


def test_every_address_is_checked_for_forged_posts():
    """By Django's check, by the token of a public form, or by a secret link: no view is exempt from all."""
    found = list(views())

    exempt = {path for path, view in found if getattr(view, "csrf_exempt", False)}
    public_forms = {path for path, view in found if is_public_form(view)}
    assert public_forms
    assert exempt == public_forms | BY_LINK
    assert not [path for path in exempt if f"/{path}".startswith(middleware.STAFF_PATHS)]
    assert CsrfViewMiddleware.__module__ + "." + CsrfViewMiddleware.__name__ in settings.MIDDLEWARE


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/articles/", "/reviews/", "/admin/login/", "/accounts/login/", "/admin/"])
def test_a_post_without_a_token_is_refused(path):
    assert Client(enforce_csrf_checks=True).post(path, {"a": "b"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", False), ("/help/", False), ("/adminx/", False), ("/admin/", True), ("/accounts/", True)],
)
def test_sessions_and_sign_in_run_on_staff_pages_alone(path, expected):
    seen = []

    def view(request):
        seen.extend(hasattr(request, name) for name in STAFF_ONLY)
        return HttpResponse()

    handler = staff_middleware.StaffSession(staff_middleware.StaffAuthentication(staff_middleware.StaffMessages(view)))
    handler(RequestFactory().get(path))

    assert seen == [expected] * 3


@pytest.mark.django_db
def test_the_policy_of_public_pages_is_the_one_of_the_settings(client):
    for path in ("/", "/help/", "/no-such-page/"):
        sent = client.get(path).headers["Content-Security-Policy"]

        assert sorted(sent.split("; ")) == sorted(build_policy().split("; "))
    assert "script-src" in client.get("/accounts/login/").headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_page_within_a_kept_shell_is_the_page_rendered_in_full(rf, monkeypatch):
    monkeypatch.setattr(site_profile._cache, "seconds", 3600)  # this is not about a profile that is read again
    template, main = page_shell.TEMPLATE, mark_safe("<h1>Sleep & rest</h1>")
    pages = [
        Page("Sleep", "How to sleep.", section="articles", kind="MedicalWebPage", facts={"dateModified": "2026-11-02"}),
        Page("</title><b>&", 'A "quoted" text.', section="articles", card="/media/card.png", card_alt="A card"),
        Page("Preview", "Not indexed.", section="articles", index=False),
        Page("Reviews", "Of others.", section="reviews", here=True),
    ]
    for name, notice in [("Harbor <House>", ""), ("Harbor House", "Closed on Monday")]:
        SiteProfile.objects.update_or_create(pk=1, defaults={"name": name, "notice": notice})
        site_profile.expire()
        for page in [*pages, *pages]:
            request = rf.get("/articles/sleep/")
            composed = page_shell.render_within(request, page, main)
            assert composed.content == render(request, template, {"page": page, "main": main}).content
        assert len([key for key in site_profile.current().rendered_parts if key[0] == template]) == 2
