"""Blocks of pages: how they are rendered, compared, checked and copied."""

import re
import threading
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles import editorial_gate, jobs, services
from articles.content import edition_snapshot
from articles.models import (
    Article,
    CallToAction,
    CenterFact,
    CenterFacts,
    Edition,
    Figure,
    Kind,
    PersonCard,
    Picture,
    Question,
    Rendering,
    Step,
    Text,
    blocks_of,
)
from tests.core.test_images import picture_file
from tests.factories import make_draft, make_page, make_person, make_user

pytestmark = pytest.mark.django_db

OUTSIDE = "<p>Outside, at any hour.</p>"


def page_with(*blocks, **fields):
    for number, block in enumerate(blocks, 2):
        block.ordering = number * 10
    return make_page(body="<h2>How it goes</h2><p>One day after the other.</p>", blocks=blocks, **fields)


def prose_of(client, page):
    html = client.get(page.get_absolute_url()).content.decode()
    return re.search(r'<div class="prose broad">.*</article>', html, re.DOTALL)[0]


def test_blocks_of_one_kind_in_a_row_are_one_list(client):
    person = make_person(name="Ann Ames", credentials="RN", role="Nurse", bio="Ann works nights.")
    page = page_with(
        Step(label="Day 1", title="You arrive", body="<p>A nurse meets you.</p>"),
        Step(title="You rest"),
        Text(body="<h2>Questions</h2>"),
        Question(title="May I smoke?", body=OUTSIDE),
        Question(title="May I call?", body="<p>Yes.</p>"),
        PersonCard(person=person),
        CallToAction(title="Talk to us", visit=True),
    )

    prose = " ".join(prose_of(client, page).split())

    assert len(re.findall('<ol class="steps">', prose)) == len(re.findall('<div class="qa">', prose)) == 1
    assert re.search(r'<ol class="steps">.*Day 1.*<h3>You arrive</h3>.*<h3>You rest</h3>.*</ol>', prose)
    assert re.search(r'<div class="qa"> <div class="open"><h3>May I smoke\?</h3><p>Outside', prose)
    assert re.search(r">AA</text>.*<h3>Ann Ames, RN</h3><p class=\"role\">Nurse</p></div>", prose)
    assert "works nights" not in prose  # she has no page, and agreed to no more than her name
    assert re.search(r'<h2 id="talk-to-us">Talk to us</h2>.*href="tel:.*href="/help/".*href="/#place"', prose)
    assert 'id="talk"' not in prose  # the page says itself whom to call
    assert "details" not in prose


def test_a_heading_without_one_above_is_on_the_second_level(client):
    page = make_page(body="<p>First words.</p>", blocks=[Question(title="May I?", body=OUTSIDE, ordering=20)])
    assert "<h2>May I?</h2>" in prose_of(client, page)


def test_a_card_changes_with_its_person(client):
    person = make_person(name="Ann Ames")
    page = page_with(PersonCard(person=person))
    person.name, person.bio, person.has_page = "Ann Baker", "Ann works nights.", True
    person.save()

    jobs.finish_renderings()

    prose = prose_of(client, page)
    assert f'<a href="{person.get_absolute_url()}">Ann Baker, RN</a>' in prose
    assert "<p>Ann works nights.</p>" in prose

    person.has_page = False
    person.save()

    prose = prose_of(client, page)  # no job has run since
    assert "Ann Baker, RN" in prose
    assert "works nights" not in prose
    assert person.get_absolute_url() not in prose


def test_a_call_to_action_has_a_button():
    draft = make_draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        CallToAction.objects.create(
            parent=draft, region="main", ordering=20, title="Nothing", call=False, ask=False, visit=False
        )


def test_every_word_is_in_the_snapshot_and_in_the_comparison():
    person = make_person(name="Ann Ames", credentials="RN")
    page = page_with(
        Step(label="Day 1", title="You arrive", body="<p>A nurse meets you.</p>"),
        Question(title="May I smoke?", body=OUTSIDE),
        CallToAction(title="Talk to us", ask=False),
        PersonCard(person=person),
    )

    lines = edition_snapshot.as_lines(edition_snapshot.from_edition(page))

    assert lines[5:] == [
        *("Day 1 You arrive", "A nurse meets you.", "May I smoke?", "Outside, at any hour."),
        *("Talk to us", "[Button: call]", "Person: Ann Ames, RN"),
    ]
    assert services.is_as_signed(page)


def test_what_is_typed_makes_the_same_lines_as_what_is_stored():
    person = make_person()
    fields = {
        **{f"articles_{name}_set-TOTAL_FORMS": "1" for name in ("question", "calltoaction", "personcard")},
        "articles_question_set-0-title": "May I smoke?",
        "articles_question_set-0-body": OUTSIDE,
        "articles_calltoaction_set-0-title": "Talk to us",
        "articles_calltoaction_set-0-ordering": "30",
        "articles_calltoaction_set-0-ask": "on",
        "articles_personcard_set-0-person": str(person.pk),
        "articles_personcard_set-0-ordering": "40",
    }

    lines = edition_snapshot.as_lines(edition_snapshot.from_form(fields))

    assert lines[3:] == ["May I smoke?", "Outside, at any hour.", "Talk to us", "[Button: ask]", f"Person: {person}"]


@pytest.mark.parametrize(
    "block",
    [
        Step(title="Stop", body="<p>Stop taking Xanax at home, alone.</p>"),
        Question(title="How do I stop?", body="<p>Stop taking Xanax at home, alone.</p>"),
        CallToAction(title="Stop taking Xanax at home, alone"),
    ],
)
def test_dangerous_advice_is_found_in_every_block(block):
    block.pk, block._state.adding, block.ordering = None, True, 20
    article = Article.objects.create(kind=Kind.HOUSE, slug="stop")
    draft = make_draft("<p>Call us.</p>", article=article, blocks=[block])

    found = editorial_gate.check_edition(draft).red

    assert ("stop-alone", 1) in {(finding.code, finding.place) for finding in found}


def test_blocks_are_copied_into_a_new_draft():
    page = page_with(Step(title="You arrive"), Question(title="May I?", body=OUTSIDE), CallToAction(title="Call"))

    draft = services.start_draft(page.pk, by=make_user())

    assert [type(block) for block in blocks_of(draft)] == [Text, Step, Question, CallToAction]
    assert Edition.objects.get(pk=page.pk).fingerprint


def test_facts_are_printed_from_one_place_with_evidence_and_date(client):
    fact = CenterFact.objects.create(
        group="license", name="License", value="No. 1", evidence="https://example.org/", checked_on=date(2026, 11, 2)
    )
    CenterFact.objects.create(group="insurer", name="A plan", value="In network")
    page = page_with(CenterFacts(title="Facts you can check", group="license"))

    prose = prose_of(client, page)
    assert '<caption id="facts-you-can-check">' in prose
    assert re.search(r'License</th><td>No\. 1 .*November 2, 2026.*href="https://example.org/">Look up License', prose)
    assert "A plan" not in prose

    fact.value = "No. 2"
    fact.save()
    jobs.finish_renderings()
    assert "No. 2" in prose_of(client, page)

    fact.delete()
    jobs.finish_renderings()
    assert "Facts you can check" not in prose_of(client, page)  # no empty shell


def test_a_fact_changed_elsewhere_is_not_a_changed_signature():
    CenterFact.objects.create(group="license", name="License", value="No. 1")
    page = page_with(CenterFacts(title="Facts", group="license"))
    CenterFact.objects.update(value="No. 2")
    assert services.is_as_signed(page)
    assert edition_snapshot.as_lines(edition_snapshot.from_edition(page))[-2:] == [
        *("Facts", "[Facts about the center: license]"),
    ]


def test_an_opening_picture_stands_beside_the_title(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="House", alt="A house by the water", credit="Us")
    picture.image.save("house.png", ContentFile(picture_file().read()), save=True)
    page = make_page("about", blocks=[Figure(picture=picture, is_opening=True, ordering=5)])

    html = client.get("/about/").content.decode()

    assert re.search(
        r'<header class="split two">.*<h1>About</h1>.*alt="A house by the water".*</header>', html, re.DOTALL
    )
    assert html.count("A house by the water") == 1
    assert "Opening picture" in edition_snapshot.as_lines(edition_snapshot.from_edition(page))[3]


def plan(name="A plan", days=0, **fields):
    checked_on = timezone.localdate() - timedelta(days=days)
    return CenterFact.objects.create(
        **{"group": "insurer", "name": name, "value": "In network", "checked_on": checked_on, **fields}
    )


def test_plans_are_dated_and_one_that_nobody_checked_lately_says_so(client):
    plan("New plan", evidence="https://example.org/plan"), plan("Old plan", days=183)
    page = page_with(CenterFacts(title="Plans", group="insurer"))

    prose = " ".join(prose_of(client, page).split())

    assert re.search(r'<h2 id="plans">Plans</h2> <ul class="plain plans">', prose)
    assert re.search(r"<b>New plan</b><span>In network</span><small>Checked <time.*Look up New plan</a>", prose)
    assert re.search(r"<b>Old plan</b><span>Not checked lately</span><small>Checked <time", prose)


def test_a_fact_that_has_ended_is_gone_and_its_last_day_is_shown(client):
    today = timezone.localdate()
    plan("Last day", group="license", ends_on=today), plan("Ended", group="license", ends_on=today - timedelta(days=1))

    prose = prose_of(client, page_with(CenterFacts(title="Facts", group="license")))

    assert "Last day" in prose
    assert "Ended" not in prose


@pytest.mark.parametrize(
    ("group", "fields", "days"),
    [("license", {"ends_in": 3}, 4), ("insurer", {}, 183), ("insurer", {"days": 183}, None), ("license", {}, None)],
)
def test_a_page_is_finished_again_on_the_day_on_which_its_facts_change_by_themselves(group, fields, days):
    today = timezone.localdate()
    ends_on = today + timedelta(days=fields.pop("ends_in")) if "ends_in" in fields else None
    plan(group=group, ends_on=ends_on, **fields)
    page = page_with(CenterFacts(title="Facts", group=group))
    changes_on = Rendering.objects.get(pk=page.pk).facts.get("changes_on")

    assert changes_on == (days and (today + timedelta(days=days)).isoformat())
    if days:
        assert jobs.outdate_by_date(today + timedelta(days=days - 1)) == 0
        assert jobs.outdate_by_date(today + timedelta(days=days)) == 1
        assert Rendering.objects.filter(pk=page.pk, renderer="").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["changed", "added"])
def test_a_fact_that_changes_during_a_sign_off_is_on_the_page_afterwards(change):
    """Two connections: while an edition is being signed off, the fact is saved. The writer waits, and outdates it."""
    kept, order = plan(), []
    draft = make_draft(
        state="in_review",
        article=Article.objects.create(kind=Kind.HOUSE, slug="plans"),
        blocks=[CenterFacts(title="Plans", group="insurer", ordering=20)],
        created_by=make_user(),
    )
    signer = make_user("manager")
    make_person(user=signer)

    def write():
        try:
            if change == "added":
                plan("Another plan")
            else:
                CenterFact.objects.filter(pk=kept.pk).update(value="Not in network")
            order.append("written")
        finally:
            connection.close()

    with transaction.atomic():
        services.sign_off(draft.pk, by=signer, read=services.sign_off_fingerprint(draft), amber_read=True)
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.3)
        order.append("signed off")
    writer.join()

    assert order == ["signed off", "written"]
    assert Rendering.objects.get(pk=draft.pk).renderer == ""
