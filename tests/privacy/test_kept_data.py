"""Everything that is kept has a row, and page and document say what the code does."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from detoxsite.core.encryption.sealed_models import SealedModel
from detoxsite.core.kept_data import About, listed, period
from detoxsite.core.public_forms import rate_limit, tickets
from detoxsite.pages import kept_data
from intake.models import CallForHelp, Outcome
from intake.portal.views import portal_cookie
from intake.reception import journal
from intake.reception.views import sent_cookie
from intake.records import retention
from testimonials import jobs, pending_photos
from testimonials.crisis_notice import crisis_cookie
from testimonials.models import Testimonial

from .__main__ import DOCUMENT, with_tables

ROOT = DOCUMENT.parents[1]
PACKAGES = ("detoxsite", "articles", "intake", "testimonials")


def named_models() -> Counter:
    return Counter([model for row in kept_data.rows() for model in row.models] + list(kept_data.NOTHING_OF_A_PERSON))


def locked_cookies() -> set[str]:
    """The names of all cookies of the code."""
    sources = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    calls = [call for source in sources for call in re.findall(r"= LockedCookie\((.*)", source)]
    return {re.match(r'"(\w+)"', call)[1] for call in calls}


# --- nothing is forgotten ---------------------------------------------------------------------------------------------


def test_every_model_is_in_exactly_one_row_or_holds_nothing_of_a_person():
    models = {model for model in apps.get_models() if not model._meta.app_label.startswith("tests")}

    assert named_models() == Counter(models)


def test_what_holds_nothing_of_a_person_refers_to_no_one_and_seals_nothing():
    people = {get_user_model(), CallForHelp, Testimonial}

    for model, reason in kept_data.NOTHING_OF_A_PERSON.items():
        assert reason
        assert not issubclass(model, SealedModel)
        referred = {field.related_model for field in model._meta.get_fields() if field.concrete and field.is_relation}
        assert not referred & people, model


def test_every_cookie_is_in_exactly_one_row(settings):
    named = Counter(name for row in kept_data.rows() for name in row.cookies)
    of_django = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"}

    assert named == Counter(locked_cookies() | of_django)
    assert {sent_cookie.name, portal_cookie.name, crisis_cookie.name} < set(named)


def test_every_row_says_what_where_why_and_how_long():
    for row in kept_data.rows():
        for text in (row.what, row.where, row.why, row.how_long):
            assert text, row
            assert not text.endswith("."), row
            assert "|" not in text, row
        if row.about.is_public:
            assert "`" not in f"{row.what}{row.why}{row.how_long}", row


# --- the document and the page ----------------------------------------------------------------------------------------


def test_the_document_says_what_is_kept_now():
    text = DOCUMENT.read_text()

    assert with_tables(text) == text, "out of date: run script/privacy"
    assert "42 CFR 2.25" in text


def test_the_page_has_every_row_about_visitors_and_none_about_staff(client, db):
    html = client.get("/privacy/").content.decode()
    kept = html.partition('id="kept"')[2]
    shown = re.findall(r'scope="rowgroup">([^<]+)<', kept)
    public = [row for row in kept_data.rows() if row.about.is_public]

    assert len(shown) == len(public) > 20
    captions = re.findall(r"<caption>([^<]+)<", kept)
    assert captions == [about.value for about in About if about is not About.STAFF]
    assert "sealed" not in kept
    assert "INDEX_KEY" not in kept


CHANGES = [
    (retention.PERIODS, Outcome.SPAM, timedelta(days=11), "11 days if it ended as “Not a request"),
    (retention.PERIODS, Outcome.ADMITTED, timedelta(days=31), "31 days if it ended as “Admitted here”"),
    (journal, "RETENTION", 91, "91 days"),
    (jobs, "CONFIRM_WITHIN", timedelta(days=15), "never confirm your address: 15 days"),
    (jobs, "RETENTION", timedelta(days=3 * 365), "3 years after you last wrote it"),
    (pending_photos, "HOLD_PERIOD", timedelta(days=2), "2 days"),
    (sent_cookie, "max_age", 2 * 60 * 60, "2 hours, or until"),
    (portal_cookie, "max_age", 45 * 60, "45 minutes after"),
    (rate_limit, "MAX_WINDOW", 2 * 60 * 60, "2 hours at most"),
    (tickets, "TICKET_LIFE", 25 * 60, "nothing after 25 minutes"),
    (crisis_cookie, "max_age", 20 * 60, "20 minutes, or until"),
]


@pytest.mark.parametrize(("holder", "name", "value", "said"), CHANGES, ids=[said for *_, said in CHANGES])
def test_a_changed_period_changes_page_and_document(client, db, monkeypatch, holder, name, value, said):
    change = monkeypatch.setitem if isinstance(holder, dict) else monkeypatch.setattr
    before = client.get("/privacy/").content.decode()
    assert said not in before

    change(holder, name, value)

    assert said in client.get("/privacy/").content.decode()
    assert said in with_tables(DOCUMENT.read_text())


def test_the_sentences_of_the_page_agree_with_the_tables():
    """templates/privacy.html tells these periods in sentences, too: change both."""
    assert set(retention.PERIODS.values()) == {timedelta(days=365), timedelta(days=30), timedelta(days=7)}
    assert retention.PERIODS[Outcome.REACHED] == timedelta(days=365), "about a year"
    assert timedelta(days=14) == jobs.CONFIRM_WITHIN, "14 days"
    assert timedelta(days=730) == jobs.RETENTION, "two years"
    assert sent_cookie.max_age == 60 * 60, "one hour"
    assert portal_cookie.max_age == 30 * 60, "half an hour"
    assert crisis_cookie.max_age == 10 * 60, "ten minutes"


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=365), "a year"),
        (timedelta(days=730), "2 years"),
        (timedelta(days=400), "400 days"),
        (timedelta(days=1), "a day"),
        (3600.0, "an hour"),
        (5400, "90 minutes"),
        (60, "a minute"),
        (61, "61 seconds"),
    ],
)
def test_a_period_in_words(length, words):
    assert period(length) == words


def test_a_list_in_words():
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]
