"""Many staff pages at once, asked of the real web server over a socket while the database keeps them all waiting."""

import html
import re
import threading
import time
from urllib.parse import urlencode

import psycopg2
import pytest
from django.db import connection

from detoxsite.core import middleware
from detoxsite.ops import http_server
from intake.models import CallForHelp
from tests.core.public_forms.test_forms import HELP, VALID, form, hidden
from tests.factories import make_topic

WORDS = 'Two <b>words</b> & a "quote"'
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EIGHT_TABS = ("/admin/", "/admin/articles/edition/", "/admin/articles/topic/", "/admin/articles/picture/") * 2


@pytest.fixture
def frozen():
    """A function that freezes the table of sessions, which every page of staff reads; another that thaws it."""
    other = psycopg2.connect(**{**connection.get_connection_params(), "cursor_factory": None})

    def freeze():
        other.cursor().execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")

    yield freeze, other.rollback
    other.close()


def cookies_of(client):
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}


def in_parallel(send, paths, headers):
    answers = []

    def ask(path):
        answers.append(send("GET", path, headers=headers))

    threads = [threading.Thread(target=ask, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    return threads, answers


def until_taken(places):
    deadline = time.monotonic() + 60
    while middleware.staff_places._value != middleware.MAX_STAFF_REQUESTS - places:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_eight_pages_and_more_are_served_while_people_ask_for_help(server, as_role, client, frozen):
    freeze, thaw = frozen
    asked = {**form(client, HELP), **VALID[HELP]}
    cookies = cookies_of(as_role("editor"))
    freeze()

    eight, answers = in_parallel(server, EIGHT_TABS, cookies)
    until_taken(8)
    help_page = server("GET", HELP)
    sent = server("POST", HELP, urlencode(asked, doseq=True), FORM)
    thaw()
    for thread in eight:
        thread.join()

    assert [status for status, _, _ in answers] == [200] * 8
    assert help_page[0] == 200
    assert sent[0] == 302
    assert CallForHelp.objects.count() == 1


def test_beyond_that_a_page_keeps_what_was_typed(server, as_role, frozen):
    freeze, thaw = frozen
    client, topic = as_role("editor"), make_topic()
    url = f"/admin/articles/topic/{topic.pk}/change/"
    fields = hidden(client.get(url).content.decode())
    typed = {
        **fields,
        "name": "Sleep",
        "slug": "sleep",
        "icon": "moon",
        "position": "1",
        "intro": WORDS,
        "_save": "Save",
    }
    cookies = cookies_of(client)
    freeze()
    tabs, answers = in_parallel(server, EIGHT_TABS + EIGHT_TABS[:4], cookies)
    until_taken(12)

    help_page = server("GET", HELP)
    page = server("GET", "/admin/?q=1", headers=cookies)
    save = server("POST", url, urlencode(typed), cookies | FORM)
    sign_in = server("POST", "/accounts/login/", urlencode({"login": "a@example.org", "password": "hunter2"}), FORM)
    thaw()
    for thread in tabs:
        thread.join()
    kept = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', save[2], re.DOTALL))
    again = server("POST", url, urlencode({name: html.unescape(value) for name, value in kept.items()}), cookies | FORM)

    assert [status for status, _, _ in answers] == [200] * 12
    assert help_page[0] == 200
    for busy in (page, save, sign_in):
        assert (busy[0], busy[1]["Retry-After"]) == (503, "5")
        assert "<h1>Many pages at once</h1>" in busy[2]
        assert "default-src 'none'" in busy[1]["Content-Security-Policy"]
        assert "no-store" in busy[1]["Cache-Control"]
    assert 'href="/admin/?q=1">Try again</a>' in page[2]
    assert f'action="{url}"' in save[2]
    assert not re.search("hunter2|a@example.org", sign_in[2])
    assert again[0] == 302
    topic.refresh_from_db()
    assert topic.intro == WORDS


def test_the_limits_leave_threads_for_people_who_ask_for_help():
    assert http_server.THREADS - middleware.MAX_STAFF_REQUESTS == 4
    assert middleware.MAX_STAFF_REQUESTS >= 8
