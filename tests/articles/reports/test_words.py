"""Words across the site: found passage by passage, and replaced in new drafts only."""

import pytest
from django.utils import timezone

from articles import services
from articles.admin import words_report
from articles.models import Callout, Edition, EditionEvent, KeyFacts, PullQuote, State, Text
from articles.reports import words as words_module
from articles.reports.words import Words, editions_with
from tests.factories import make_draft, make_live

pytestmark = pytest.mark.django_db

URL = "/admin/articles/edition/reports/words/"


def search(client, words, **more):
    return client.get(URL, {"q": words, **more})


def passages(response):
    """Title, place and words with their surroundings of each passage."""
    return [
        (one["edition"].title, passage.place, f"{passage.before}[{passage.found}]{passage.after}")
        for one in response.context["found"]
        for passage, _ in one["passages"]
    ]


def keys(response):
    return [passage.key for one in response.context["found"] for passage, _ in one["passages"]]


def replace(client, words, replacement, chosen, **more):
    return client.post(f"{URL}?q={words}", {"replacement": replacement, "passage": chosen}, **more)


def new_draft(edition):
    return Edition.objects.filter(article=edition.article, state=State.DRAFT).first()


def test_whole_words_are_found_in_every_kind_of_text_with_what_is_around_them(as_role):
    blocks = [
        Callout(ordering=20, title="For addicts", body="<p>One addict’s way.</p>"),
        KeyFacts(ordering=30, rows="Addict | A word to avoid", is_dosing=True),
        PullQuote(ordering=40, quote="I was an addict.", attribution="Mo"),
    ]
    body = "<p>An <strong>addict</strong> &amp; others. Addiction is an illness, no “addict-like” trait.</p>"
    make_live(body, title="An addict", summary="Words about an addict.", blocks=blocks)
    make_live("<p>Addictive, addicted.</p>", title="Others")

    found = passages(search(as_role("editor"), "addict"))

    assert found == [
        ("An addict", "Title", "An [addict]"),
        ("An addict", "Summary", "Words about an [addict]."),
        ("An addict", "Text", "An [addict] & others. Addiction is an illness, no “addict-like” trait."),
        ("An addict", "Text", "An addict & others. Addiction is an illness, no “[addict]-like” trait."),
        ("An addict", "Note box", "One [addict]’s way."),
        ("An addict", "Key facts", "[Addict] | A word to avoid"),
        ("An addict", "Pull quote", "I was an [addict]."),
    ]


def test_words_in_a_text_with_doses_are_found_too(as_role):
    live = make_live("<p>Water.</p>", blocks=[Text(ordering=20, body="<p>Take Librium twice.</p>", is_dosing=True)])

    assert editions_with(Words("Librium")) == [live.pk]
    assert passages(search(as_role("editor"), "librium")) == [(live.title, "Text", "Take [Librium] twice.")]


@pytest.mark.parametrize(
    ("typed", "cased", "count"),
    [
        ("the patient's room", "", 1),  # straight or curly apostrophe
        ("patient’s  room", "", 1),
        ("Patient", "", 2),
        ("Patient", "on", 1),
        ("patient room", "", 0),
        ("50%", "", 1),
        ("the", "", 0),  # of itself in no index
    ],
)
def test_exact_words_are_matched_whatever_their_quotation_marks_and_blanks(as_role, typed, cased, count):
    make_live("<p>Patient 1: the patient’s&nbsp;room, 50% full.</p>", title="Rooms", summary="About rooms.")

    assert len(passages(search(as_role("editor"), typed, cased=cased))) == count


@pytest.mark.parametrize("typed", ["(?!", "a\\", "[x", "%", "' OR 1=1", "\0", "x" * 201, "<b>", "𝕏 ".strip() * 50, "-"])
def test_no_typed_sign_is_read_as_a_pattern(as_role, typed):
    make_live()

    assert search(as_role("editor"), typed).status_code == 200


def test_only_what_readers_see_is_searched(as_role):
    make_draft("<p>Junkie.</p>")
    make_live("<p>Junkie.</p>", state=State.WITHDRAWN)
    old = make_live("<p>Junkie.</p>")
    make_live("<p>Person.</p>", article=old.article)
    make_live("<p>Junkie.</p>", publish_at=timezone.now() + timezone.timedelta(days=1))

    assert passages(search(as_role("editor"), "junkie")) == []


def test_the_chosen_passages_are_replaced_in_a_new_draft_and_the_signed_text_stays(as_role):
    body = "<p>Addict &lt;3. An addict, <em>addict</em>.</p>"
    callout = Callout(ordering=20, title="An addict", body="<p>To an addict.</p>")
    live = make_live(body, title="An addict", blocks=[callout])
    client = as_role("editor")
    chosen = keys(search(client, "addict"))

    response = replace(client, "addict", "person with addiction", [chosen[0], chosen[1], chosen[3], chosen[5]])

    assert response.status_code == 302
    draft = new_draft(live)
    assert draft.title == "An person with addiction"
    assert draft.articles_text_set.get().body == (
        "<p>Person with addiction &lt;3. An addict, <em>person with addiction</em>.</p>"
    )
    assert draft.articles_callout_set.get().title == "An addict"
    assert draft.articles_callout_set.get().body == "<p>To an person with addiction.</p>"
    assert draft.text.startswith("Person with addiction <")
    assert client.user in draft.contributors.all()  # who may not sign it off
    assert draft.versions.count() == 1
    assert draft.events.get(kind=EditionEvent.Kind.SAVED).note.endswith("in 4 of 6 places")
    live.refresh_from_db()
    assert live.title == "An addict"
    assert live.articles_text_set.get().body == body
    assert services.is_as_signed(live)
    assert [one["reason"] for one in search(client, "addict").context["found"]] == [
        "Edition 2 is a draft, and is left alone. Change the words there."
    ]


def test_a_draft_or_a_scheduled_edition_that_exists_is_left_alone_and_named(as_role):
    for title, later in (
        ("With draft", {}),
        ("In review", {"state": State.IN_REVIEW}),
        ("Archived", {"archived_at": timezone.now()}),
    ):
        live = make_live("<p>An addict.</p>", title=title)
        make_draft("<p>An addict, edited.</p>", article=live.article, **later)
    live = make_live("<p>An addict.</p>", title="Scheduled")
    make_live("<p>Soon.</p>", article=live.article, publish_at=timezone.now() + timezone.timedelta(days=1))
    client = as_role("editor")
    found = search(client, "addict")
    count = Edition.objects.count()
    assert {one["edition"].title: one["reason"][:20] for one in found.context["found"]} == {
        "With draft": "Edition 2 is a draft",
        "In review": "Edition 2 is in revi",
        "Archived": "Edition 2 is an arch",
        "Scheduled": "Edition 2 is schedul",
    }
    assert 'name="passage"' not in found.content.decode()

    page = replace(client, "addict", "person", keys(found), follow=True).content.decode()

    assert Edition.objects.count() == count
    assert not Text.objects.filter(body__contains="person").exists()
    for title in ("With draft", "In review", "Archived", "Scheduled"):
        assert f"“{title}”: Edition 2 is" in page


def test_what_does_not_fit_starts_no_draft_and_says_why(as_role):
    live = make_live(title="Addict " + "x" * 80)
    client = as_role("editor")
    chosen = keys(search(client, "addict"))

    page = replace(client, "addict", "person with addiction", chosen, follow=True).content.decode()

    assert "The new words do not fit" in page
    assert new_draft(live) is None


def test_quotations_are_not_chosen_by_themselves(as_role):
    make_live("<p>An addict.</p>", blocks=[PullQuote(ordering=20, quote="An addict.", attribution="Mo")])

    [one] = search(as_role("editor"), "addict").context["found"]

    assert [is_chosen for _, is_chosen in one["passages"]] == [True, False]


def test_a_form_that_is_not_complete_keeps_what_was_chosen(as_role):
    live = make_live("<p>An addict, addict.</p>")
    client = as_role("editor")
    first, second = keys(search(client, "addict"))

    without_words = replace(client, "addict", "", [second])
    without_places = replace(client, "addict", "person", [])

    assert "Type the new words." in without_words.content.decode()
    [one] = without_words.context["found"]
    assert [is_chosen for _, is_chosen in one["passages"]] == [False, True]
    assert "Choose at least one passage." in without_places.content.decode()
    assert new_draft(live) is None
    for key in ("x", "1:text1:body", f"{live.pk}:text9:body:0", f"{live.pk}:0:state:0", first.replace(":0", ":9")):
        assert replace(client, "addict", "person", [key]).status_code in (200, 302)
    assert new_draft(live) is None


def test_only_editors_replace(as_role):
    make_live("<p>An addict.</p>")
    client = as_role("clinician")
    found = search(client, "addict")

    assert passages(found)
    assert "Replace in new drafts" not in found.content.decode()
    assert replace(client, "addict", "person", keys(found)).status_code == 403


def test_only_as_many_editions_are_looked_through_as_are_asked_for(as_role, monkeypatch):
    monkeypatch.setattr(words_report, "PER_PAGE", 1)
    monkeypatch.setattr(words_report, "PAGES_AHEAD", 0)
    monkeypatch.setattr(words_module, "READ_FIRST", 0)
    live = [make_live(f"<p>{body}</p>") for body in ("Junkie.", "Junkies.", "Junkie.", "Junkies.", "Junkie.")]
    client = as_role("editor")

    assert editions_with(Words("junkie"), at_most=2) == [live[4].pk, live[2].pk]
    assert editions_with(Words("junkie")) == [live[4].pk, live[2].pk, live[0].pk]
    for number, key, is_all in ((1, live[4].pk, False), (2, live[2].pk, False), (3, live[0].pk, True)):
        context = client.get(URL, {"q": "junkie", "p": number}).context
        assert ([one["edition"].pk for one in context["found"]], context["is_all"]) == ([key], is_all)
