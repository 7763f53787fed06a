"""The social card of an article."""

import io

import pytest
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from articles import services
from articles.content import social_cards
from articles.models import Edition, State
from detoxsite.core.models import SiteProfile
from tests.factories import make_draft


def opened(drawn):
    return Image.open(io.BytesIO(drawn))


@pytest.mark.parametrize("title", ["Opioids", "Baclofen: what it does, and why you must not stop at once", "W" * 90])
def test_a_card_has_the_announced_size_and_is_small(title):
    drawn = social_cards.draw(title, "Harbor Light Detox")

    assert opened(drawn).size == (1200, 630)
    assert len(drawn) < 40_000


def test_titles_of_different_words_make_different_cards():
    assert social_cards.draw("One", "Detox") != social_cards.draw("Two", "Detox")
    assert social_cards.draw("One", "Detox") != social_cards.draw("One", "Other")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=90), st.text(max_size=40))
def test_a_title_in_any_script_can_be_drawn_or_gets_no_card(title, name):
    drawn = social_cards.draw(title, name)

    assert drawn == b"" or (opened(drawn).size == (1200, 630) and len(drawn) < 40_000)


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Café – “now”…", "Café – “now”…"),
        ("Tiếng Việt", "Tiếng Việt"),
        ("Step ①, ⅔ of it", "Step 1, 2⁄3 of it"),
        ("Sleep 🙂 well", "Sleep well"),
        ("戒酒", ""),
        ("Naloxone и ты", ""),
        ("  \x00\u202e ", ""),
    ],
)
def test_a_title_is_drawn_unchanged_or_not_at_all(title, written):
    assert social_cards.renderable_text(title) == written


@pytest.fixture
def waiting(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_draft(state=State.IN_REVIEW, title="Sleep without pills")


def test_signing_off_draws_the_card_and_the_site_serves_it(waiting, clinician, client):
    services.sign_off(waiting.pk, by=clinician, read=services.sign_off_fingerprint(waiting))

    edition = Edition.objects.get()
    with default_storage.open(edition.card) as file:
        assert file.read() == social_cards.draw("Sleep without pills", SiteProfile().name)
    html = client.get(edition.get_absolute_url()).content.decode()
    assert f'og:image" content="http://testserver/media/{edition.card}"' in html


def test_a_card_that_cannot_be_drawn_or_stored_stops_no_sign_off(waiting, clinician, monkeypatch, caplog):
    monkeypatch.setattr(social_cards, "draw", lambda *words: 1 / 0)

    services.sign_off(waiting.pk, by=clinician, read=services.sign_off_fingerprint(waiting))

    edition = Edition.objects.get()
    assert (edition.state, edition.card) == (State.SIGNED_OFF, "")
    assert "No card for edition" in caplog.text
