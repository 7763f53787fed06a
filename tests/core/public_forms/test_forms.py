"""Both public forms: hostile and unlucky input, stale tokens, repeated submissions."""

import html
import re
import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from detoxsite.core.public_forms.views import NotStored, PublicFormView
from intake.models import CallForHelp
from intake.portal.views import SignIn
from intake.reception.identifiers import Identity
from intake.reception.views import CallForHelpView
from testimonials.models import Testimonial
from testimonials.portal.views import LostLink
from testimonials.views.submission import TestimonialFormView

pytestmark = pytest.mark.django_db

HELP, REVIEW = "/help/", "/reviews/new/"
VALID = {
    HELP: {"phone": "(212) 555-0123"},
    REVIEW: {"words": "They sat with me until it got light.", "tie": "stayed", "email": "writer@example.org"},
}
TEXT_FIELDS = {HELP: ["phone", "email", "name", "story"], REVIEW: ["words", "shown_name", "email"]}
MODEL = {HELP: CallForHelp, REVIEW: Testimonial}
EVERY_FIELD = [(url, field) for url, fields in TEXT_FIELDS.items() for field in fields]
EVERY_CHOICE = [
    *((HELP, name) for name in ("whom", "leave", "times", "language", "substances", "recent")),
    *((REVIEW, name) for name in ("stars", "tie", "allow")),
]


def hidden(page):
    """The hidden fields of a form as it was shown."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def form(client, url):
    return hidden(client.get(url).content.decode())


def typed_in(stored):
    """The text a visitor typed, by field, as it is sealed."""
    if isinstance(stored, CallForHelp):
        return stored.payload
    payload = stored.versions.get().payload
    return {"words": payload["words"], "shown_name": payload["name"], "email": stored.author.payload["email"]}


def normalized(url, typed):
    """Text as it is stored: a review may be shown, so it loses invisible characters and direction marks."""
    unseen = "\u202b\u202c\x01\x07\x1b"
    return typed.translate(dict.fromkeys(map(ord, unseen))) if url == REVIEW else typed


def send(client, url, data, **extra):
    """Fill in the form and send it; if a review reveals something, send it unchanged."""
    response = client.post(url, {**form(client, url), **VALID[url], **data}, **extra)
    if response.status_code == 200:
        assert "Before you send" in response.content.decode()
        assert not Testimonial.objects.exists()
        response = client.post(url, carried(response), **extra)
    return response


def carried(response):
    """The data a browser sends when the main button of a page's form is pressed."""
    page, data = response.content.decode(), {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page):
        data.setdefault(name, []).append(html.unescape(value))
    for name, value in re.findall(r'<input type="(?:text|email)" name="(\w+)" value="([^"]*)"', page):
        data[name] = html.unescape(value)
    for name, value in re.findall(r'<input type="(?:radio|checkbox)" name="(\w+)" value="([^"]*)"[^>]* checked', page):
        data.setdefault(name, []).append(value)
    for name, value in re.findall(r'<textarea name="(\w+)"[^>]*>\n?([^<]*)</textarea>', page):
        data[name] = html.unescape(value)
    return data


def test_no_public_form_needs_a_cookie():
    """The test client is accepted with or without a cookie; a browser is not."""

    def patterns(resolver):
        for pattern in resolver.url_patterns:
            yield from patterns(pattern) if hasattr(pattern, "url_patterns") else [pattern]

    found = [pattern for pattern in patterns(get_resolver()) if hasattr(pattern.callback, "view_class")]
    ours = [pattern for pattern in found if issubclass(pattern.callback.view_class, PublicFormView)]
    wanting = [str(pattern.pattern) for pattern in ours if not getattr(pattern.callback, "csrf_exempt", False)]
    assert "reviews/<int:pk>/tell/" in {str(pattern.pattern) for pattern in ours}
    assert wanting == []


@pytest.mark.parametrize("url", [HELP, REVIEW])
def test_a_valid_form_is_stored_and_thanked_for(client, url):
    response = send(client, url, {})

    assert response.status_code == 302
    assert MODEL[url].objects.count() == 1
    assert client.get(response.headers["Location"], follow=True).status_code == 200


@pytest.mark.parametrize("url", [HELP, REVIEW])
def test_the_same_form_sent_again_is_stored_once(client, url):
    data = {**form(client, url), **VALID[url]}

    answers = [client.post(url, data).status_code for _ in range(3)]

    assert answers == [302, 302, 302]
    assert MODEL[url].objects.count() == 1


@pytest.mark.parametrize("url", [HELP, REVIEW])
@pytest.mark.django_db(transaction=True)
def test_two_posts_at_the_same_moment_are_stored_once(client, url):
    data, answers = {**form(client, url), **VALID[url]}, []

    def post():
        answers.append(Client().post(url, data).status_code)
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert answers == [302] * 4
    assert MODEL[url].objects.count() == 1


@pytest.mark.parametrize(("url", "field"), EVERY_FIELD)
@pytest.mark.parametrize(
    "value",
    [
        "<script>x()</script> 'quoted' & \"double\"",
        "Thank you 🙏🏽👨‍👩‍👧 — it helped ❤️",
        "مرحبا، اسمي ليلى \u202bשלום\u202c",
        "Zoë O’Brien-Łuczak",
        "{{ 7*7 }} ${7*7}",
        "\x01\x07\x1b[31m",
    ],
)
def test_odd_text_is_stored_as_typed_or_refused_with_a_message(client, url, field, value):
    typed = value + " and some more words" * (field in {"words", "story"})

    response = send(client, url, {field: typed})

    page = response.content.decode()
    if field == "email":
        assert response.status_code == 422
        assert f'id="id_{field}_error"' in page
    else:
        assert response.status_code == 302
        assert typed_in(MODEL[url].objects.get())[field] == normalized(url, typed)
    assert "<script>x()" not in page


@pytest.mark.parametrize(("url", "field"), EVERY_FIELD)
@pytest.mark.parametrize("value", ["a\x00b", "x" * 100_000])
def test_text_that_cannot_be_stored_is_refused_beside_the_field_and_nothing_is_lost(client, url, field, value):
    response = send(client, url, {field: value, **({"name": "Sam"} if url == HELP and field != "name" else {})})

    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert f'<a href="#id_{field}">' in page
    assert re.search(rf'aria-describedby="[^"]*id_{field}_error"', page)
    if url == HELP and field != "name":
        assert 'value="Sam"' in page
    assert not MODEL[url].objects.exists()


@pytest.mark.parametrize(("url", "field"), EVERY_CHOICE)
@pytest.mark.parametrize("value", ["no-such-choice", "x" * 10_000, "\x00", "<b>"])
def test_a_choice_that_was_not_offered_is_refused_with_a_message(client, url, field, value):
    response = send(client, url, {field: value})

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()


@pytest.mark.parametrize("url", [HELP, REVIEW])
def test_the_empty_form_survives_the_back_button_and_a_filled_one_is_kept_nowhere(client, url):
    empty = client.get(url).headers["Cache-Control"]
    refused = client.post(url, {**form(client, url), "name": "Sam", "shown_name": "Sam"}).headers["Cache-Control"]

    assert empty == "private, no-cache"
    assert "no-store" in refused


@pytest.mark.parametrize("url", [HELP, REVIEW])
def test_an_empty_form_is_refused_with_a_way_to_each_field(client, url):
    response = client.post(url, form(client, url))

    page = response.content.decode()
    links = re.findall(r'<li><a href="#(\w+)">', page)
    assert response.status_code == 422
    assert "<title>Error: " in page
    assert 'role="alert"' in page
    assert links
    assert all(f'id="{target}"' in page for target in links)


@pytest.mark.parametrize("url", [HELP, REVIEW])
@pytest.mark.parametrize("token", [None, "", "forged", "a:b:c", "\x00"])
def test_without_a_good_token_the_filled_form_comes_back(client, url, token):
    data = {**form(client, url), **VALID[url]}
    data.pop("csrfmiddlewaretoken")
    if token is not None:
        data["csrfmiddlewaretoken"] = token

    response = client.post(url, data)

    page = response.content.decode()
    assert response.status_code == 403
    assert "What you typed is still here" in page
    for typed in VALID[url].values():
        assert typed in page
    again = client.post(url, {**VALID[url], **hidden(page)})
    assert again.status_code == 302
    stored = MODEL[url].objects.get()
    assert stored.pk == Identity.of(data["key"]).id if url == HELP else stored.key == data["key"]


@pytest.mark.parametrize("url", [HELP, REVIEW, "/help/own/", "/reviews/link/"])
@pytest.mark.parametrize("fault", ["empty", "stale", "not stored"])
def test_links_of_an_error_summary_are_not_named_like_the_button(client, monkeypatch, url, fault):
    data = {
        **form(client, url),
        **VALID.get(url, {"reference": "ABCD2345", "code": "A" * 16, "email": "a@example.org"}),
    }
    data = {"empty": form(client, url), "stale": {**data, "csrfmiddlewaretoken": "old"}, "not stored": data}[fault]

    def fail(*args, **kwargs):
        raise NotStored

    if fault == "not stored":
        for view in (CallForHelpView, TestimonialFormView, SignIn, LostLink):
            monkeypatch.setattr(view, "store", fail)
    page = client.post(url, data).content.decode()

    summary = re.search(r'<div class="box summary".*?</div>', page, re.DOTALL)[0]
    links = [re.sub(r"<[^>]+>", "", link).strip() for link in re.findall(r"<a [^>]*>(.*?)</a>", summary, re.DOTALL)]
    buttons = {re.sub(r"<[^>]+>", "", name).strip() for name in re.findall(r"<button[^>]*>(.*?)</button>", page)}
    assert links
    assert buttons
    assert not [link for link in links if "press" in link.lower() or "button" in link.lower() or link in buttons]
    assert ("Go to the form" in links) == (fault != "empty")


@pytest.mark.parametrize("url", [HELP, REVIEW])
def test_a_form_left_open_overnight_is_shown_again(client, url):
    with time_machine.travel(timezone.now() - timezone.timedelta(hours=13)):
        data = {**form(client, url), **VALID[url]}

    assert client.post(url, data).status_code == 403
    assert not MODEL[url].objects.exists()


@pytest.mark.parametrize("url", [HELP, REVIEW])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_cannot_send_the_form(client, url, headers):
    response = send(client, url, {}, headers=headers)

    assert response.status_code == 403
    assert not MODEL[url].objects.exists()


@pytest.mark.parametrize(
    "headers", [{"origin": "null"}, {"origin": "http://testserver", "sec-fetch-site": "same-origin"}]
)
def test_browsers_that_hide_or_name_our_own_origin_are_accepted(client, headers):
    assert send(client, HELP, {}, headers=headers).status_code == 302


@pytest.mark.parametrize("url", [HELP, REVIEW])
@pytest.mark.parametrize("key", ["", "short", "x" * 5000, "\x00", "<b>" * 9])
def test_an_invalid_key_never_blocks_a_submission(client, url, key):
    assert send(client, url, {"key": key}).status_code == 302


BODIES = [
    ("application/x-www-form-urlencoded; charset=utf-7", b"phone=1"),
    ("application/x-www-form-urlencoded; charset=no-such", b"phone=1"),
    ("application/x-www-form-urlencoded", b"phone=%ff%fe%80"),
    ("application/x-www-form-urlencoded", b"&".join(b"p%d=1" % n for n in range(5000))),
    ("application/json", b'{"a": ' + b"[" * 5000),
    ("text/xml", b"<?xml version='1.0'?><a/>"),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nabc'),
    ("multipart/form-data; boundary=" + "x" * 500, b"--x"),
    ("///;;;=", b"phone=1"),
    ("", b"phone=1"),
]


@pytest.mark.parametrize("url", [HELP, REVIEW])
@pytest.mark.parametrize(("content_type", "body"), BODIES)
def test_no_body_however_broken_gets_a_500(client, url, content_type, body):
    response = client.generic("POST", url, body, content_type=content_type)

    assert 400 <= response.status_code < 500
    assert b'href="tel:988"' in response.content


@pytest.mark.parametrize("url", [HELP, REVIEW])
def test_a_body_too_large_is_refused_with_numbers_to_call(client, url):
    body = b"story=" + b"x" * 3_000_000

    response = client.generic("POST", url, body, content_type="application/x-www-form-urlencoded")

    assert 400 <= response.status_code < 500


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(client, method):
    assert getattr(client, method)(HELP).status_code == 405


@pytest.mark.parametrize("url", [HELP, REVIEW])
def test_a_process_for_staff_alone_serves_no_public_form(client, settings, url):
    settings.SITES = {"staff"}

    assert client.get(url).status_code == 404
    assert client.post(url, VALID[url]).status_code == 404


@pytest.mark.parametrize("charset", ["unicode_escape", "punycode", "rot13", "hex", "idna", "undefined", "no-such"])
def test_an_odd_charset_is_read_as_utf_8(charset):
    client = Client()
    parts = {**form(client, HELP), "phone": "1", "story": "\\ud800 é"}
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()
    )

    kind = f"multipart/form-data; boundary=x; charset={charset}"
    response = client.generic("POST", HELP, f"{body}--x--\r\n".encode(), kind)

    assert response.status_code == 302
    assert CallForHelp.objects.get().payload["story"] == "\\ud800 é"
