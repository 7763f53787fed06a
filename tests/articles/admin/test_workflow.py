"""The article admin: autosave, edit conflicts, the change list, comparison and history, through its addresses."""

import json
import re

import pytest
from django.contrib.admin.templatetags import admin_list
from django.utils import timezone

from articles import services
from articles.admin.autosave import PRESENCE_TIMEOUT
from articles.content import edition_snapshot
from articles.models import (
    DraftAutosave,
    Edition,
    Source,
    State,
    Text,
    blocks_of,
)
from detoxsite.core.templatetags import list_rows
from tests.articles.admin.form_data import form_data
from tests.articles.admin.test_editions import LIST, TEXTS, posted
from tests.factories import (
    make_draft,
    make_live,
    make_person,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db


def autosave_url(draft=None):
    return f"{LIST}{draft.pk if draft else 'add'}/work/"


def autosave(client, draft=None, form_data=None, page="window"):
    message = {"form_data": form_data, "page": page}
    return client.post(autosave_url(draft), json.dumps(message), content_type="application/json")


def autosaved(client, draft=None, page="window"):
    return client.get(f"{autosave_url(draft)}?page={page}").json()["form_data"]


def form_of(draft, **fields):
    """The form data of a draft as stored, with ``fields`` changed."""
    texts = Text.objects.filter(parent=draft)
    data = posted(title=draft.title, author=draft.author_id, topic=draft.article.topic_id, opened=draft.revision)
    data |= {f"{TEXTS}-TOTAL_FORMS": len(texts), f"{TEXTS}-INITIAL_FORMS": len(texts)}
    for number, text in enumerate(texts):
        row = {"id": text.pk, "parent": draft.pk, "body": text.body, "region": "main", "ordering": text.ordering}
        data |= {f"{TEXTS}-{number}-{name}": value for name, value in row.items()}
    return {**data, **fields}


# --- autosave --------------------------------------------------------------------------------------------------------


def test_an_autosave_is_offered_to_its_author_only(as_role):
    draft = make_draft()
    other = make_user("editor")
    client = as_role("editor")

    answer = autosave(client, draft, [["title", "Half a ti\0tle"], ["csrfmiddlewaretoken", "secret"]]).json()

    assert answer["others"] == []
    assert autosaved(client, draft) == [["title", "Half a title"]]
    assert "You have unsaved changes" in client.get(f"{LIST}{draft.pk}/change/").content.decode()
    client.force_login(other)
    assert autosaved(client, draft) is None


def test_a_restored_autosave_is_reviewed_before_it_is_saved(as_role):
    client, draft = as_role("editor"), make_draft("<p>As stored.</p>")
    data = form_of(
        draft, title="As typed", **{f"{TEXTS}-0-body": "<p>More words.</p>", "_kept": "1", "_page": "window"}
    )
    autosave(client, draft, list(data.items()))

    page = client.post(f"{LIST}{draft.pk}/change/", data)

    assert page.status_code == 200
    assert "This is your restored draft." in page.content.decode()
    assert 'value="As typed"' in page.content.decode()
    assert "More words." in page.content.decode()
    draft.refresh_from_db()
    assert draft.title != "As typed"

    del data["_kept"]
    assert client.post(f"{LIST}{draft.pk}/change/", data).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.revision) == ("As typed", 1)
    assert DraftAutosave.objects.get().form_data is None


def test_a_block_that_was_deleted_meanwhile_is_restored_as_a_new_one(as_role):
    client, draft = as_role("editor"), make_draft("<p>One.</p>", blocks=[Text(ordering=20, body="<p>Two.</p>")])
    data = form_of(draft, **{f"{TEXTS}-0-body": "<p>One and more.</p>"})
    Text.objects.filter(ordering=10).delete()

    shown = client.post(f"{LIST}{draft.pk}/change/", {**data, "_kept": "1"})
    again = {name: value for name, value in form_data(shown).items() if name != "_kept"}
    saved = client.post(f"{LIST}{draft.pk}/change/", again)

    assert "One and more." in shown.content.decode()
    assert saved.status_code == 302
    assert sorted(block.body for block in blocks_of(draft)) == ["<p>One and more.</p>", "<p>Two.</p>"]


def test_two_tabs_autosave_separately(as_role):
    client = as_role("editor")

    autosave(client, None, [["title", "A long article"]], page="one")
    autosave(client, None, [["title", "B"]], page="two")

    page = client.get(f"{LIST}add/").content.decode()
    assert (autosaved(client, None, "one"), autosaved(client, None, "two")) == (
        [["title", "A long article"]],
        [["title", "B"]],
    )
    assert "You have unsaved changes to “A long article” from" in page
    client.post(f"{LIST}add/", posted(topic=make_topic().pk, author=make_person().pk, texts=["<p>B.</p>"], _page="two"))
    assert (autosaved(client, None, "one"), autosaved(client, None, "two")) == ([["title", "A long article"]], None)


def test_text_typed_while_a_colleague_submitted_the_draft_is_shown_to_its_author(as_role):
    draft = make_draft()
    client = as_role("editor")
    services.submit(draft.pk, by=make_user("editor"))

    answer = autosave(client, draft, [["title", "Typed too late"]]).json()

    assert answer["closed"] == "This edition is in review now and can no longer be saved."
    assert "Typed too late" in client.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert "Typed too late" not in as_role("manager").get(f"{LIST}{draft.pk}/change/").content.decode()


def test_an_autosave_can_be_discarded(as_role):
    client, draft = as_role("editor"), make_draft()
    autosave(client, draft, [["title", "Half a title"]])

    client.post(
        autosave_url(draft),
        json.dumps({"form_data": None, "page": "window", "discard": True}),
        content_type="application/json",
    )

    assert autosaved(client, draft) is None


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "",
        "x",
        "[]",
        "{}",
        '{"form_data": 5}',
        '{"form_data": [[1]]}',
        '{"form_data": [[1,2,3]]}',
        "null",
    ],
)
def test_an_invalid_autosave_is_refused(as_role, body):
    client, draft = as_role("editor"), make_draft()

    assert client.post(autosave_url(draft), body, content_type="application/json").status_code == 400
    assert not DraftAutosave.objects.filter(form_data__isnull=False).exists()


@pytest.mark.parametrize(
    "typed",
    [
        [],
        [["articles_text_set-TOTAL_FORMS", "99999999999"]],
        [["articles_text_set-TOTAL_FORMS", "-1"], ["topic", "x"], ["author", "0"]],
        [["articles_figure_set-TOTAL_FORMS", "1"], ["articles_figure_set-0-picture", "９９"]],
        [
            ["sources-TOTAL_FORMS", "2"],
            ["sources-0-position", "1"],
            ["sources-0-year", "MMXX"],
            ["sources-1-position", "²"],
        ],
        [["articles_text_set-TOTAL_FORMS", "1"], ["articles_text_set-0-body", "<p>\udc80 <<b></p>" * 50]],
    ],
)
def test_odd_forms_are_read_as_far_as_possible(as_role, typed):
    client, draft = as_role("editor"), make_draft()

    assert autosave(client, draft, typed).status_code == 200


@pytest.mark.parametrize("name", ["\0", "\ud800", "x" * 5000])
def test_odd_window_names_break_nothing(as_role, name):
    client, draft = as_role("editor"), make_draft()

    assert autosave(client, draft, [["title", "A"]], page=name).status_code == 200
    assert client.get(autosave_url(draft), {"page": name.encode(errors="replace").decode()}).status_code == 200
    data = form_of(draft, title="Changed", _page=name.encode(errors="replace").decode())
    assert client.post(f"{LIST}{draft.pk}/change/", {**data, "_kept": "1"}).status_code == 200
    assert client.post(f"{LIST}{draft.pk}/change/", data).status_code == 302


def test_autosave_is_for_those_who_may_write(as_role):
    draft = make_draft()

    for role, status in (("editor", 200), ("manager", 200), ("clinician", 403), ("admissions", 403)):
        client = as_role(role)
        assert client.get(autosave_url(draft)).status_code == status
        assert client.get(autosave_url()).status_code == status
    client = as_role("editor")
    assert client.get(f"{LIST}99999/work/").status_code == 404


def test_autosave_needs_the_csrf_token(as_role, client):
    draft = make_draft()
    user = make_user("editor")
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(user)

    assert autosave(strict, draft).status_code == 403


# --- two people, one draft -------------------------------------------------------------------------------------------


def test_colleagues_with_the_draft_open_are_named_for_a_minute(as_role):
    client, draft = as_role("editor"), make_draft()
    ana = make_user("manager", first_name="Ana", last_name="Pop")
    now = timezone.now()
    DraftAutosave.objects.create(user=ana, edition=draft, seen_at=now)
    page = f"{LIST}{draft.pk}/change/"

    assert autosave(client, draft).json()["others"] == [str(ana)]
    assert f"{ana} has this open too" in client.get(page).content.decode()

    DraftAutosave.objects.filter(user=ana).update(seen_at=now - PRESENCE_TIMEOUT)
    assert autosave(client, draft).json()["others"] == []
    assert "has this open too" not in client.get(page).content.decode()


def test_a_save_that_would_overwrite_shows_both_and_saves_neither_unseen(as_role):
    client, draft = as_role("editor"), make_draft("<p>First words.</p>")
    mine = form_of(draft, **{f"{TEXTS}-0-body": "<p>My words.</p>"})
    client.post(f"{LIST}{draft.pk}/change/", form_of(draft, **{f"{TEXTS}-0-body": "<p>Their words.</p>"}))

    page = client.post(f"{LIST}{draft.pk}/change/", mine)

    html = page.content.decode()
    assert "Two versions of this draft" in html
    assert "<del>Their</del> words." in html
    assert "<ins>My</ins> words." in html
    assert [block.body for block in blocks_of(draft)] == ["<p>Their words.</p>"]
    assert client.post(f"{LIST}{draft.pk}/change/", form_data(page)).status_code == 302
    assert [block.body for block in blocks_of(draft)] == ["<p>My words.</p>"]


def test_additions_by_both_are_in_the_form_that_comes_back(as_role):
    client, draft = as_role("editor"), make_draft("<p>First words.</p>")
    new = {"position": 1, "title": "Mine", "container": "JAMA"}
    mine = form_of(draft) | {f"sources-0-{name}": value for name, value in new.items()} | {"sources-TOTAL_FORMS": 1}
    theirs = {**mine, "sources-0-title": "Theirs"}
    client.post(f"{LIST}{draft.pk}/change/", theirs)

    page = client.post(f"{LIST}{draft.pk}/change/", mine)
    again = client.post(f"{LIST}{draft.pk}/change/", form_data(page))
    fields = form_data(again)
    row = next(name.removesuffix("-title") for name, value in fields.items() if value == "Mine")
    client.post(f"{LIST}{draft.pk}/change/", {**fields, f"{row}-position": 2})

    assert "Two sources have the number 1." in again.content.decode()
    assert [source.title for source in draft.sources.all()] == ["Theirs", "Mine"]


def test_sources_swap_places_in_one_save(as_role):
    client, draft = as_role("editor"), make_draft(sources=2)
    data = form_of(draft) | {"sources-TOTAL_FORMS": 2, "sources-INITIAL_FORMS": 2}
    for number, source in enumerate(draft.sources.all()):
        row = {"id": source.pk, "edition": draft.pk, "position": 2 - number, "title": source.title, "container": "JAMA"}
        data |= {f"sources-{number}-{name}": value for name, value in row.items()}

    assert client.post(f"{LIST}{draft.pk}/change/", data).status_code == 302

    assert [source.title for source in draft.sources.all()] == ["Study 2", "Study 1"]


# --- the list --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(as_role):
    """One article in each status; the client of an editor who owns one of them."""
    client = as_role("editor")
    topic = make_topic()
    now = timezone.now()
    make_draft(title="A draft", topic=topic)
    make_draft(title="Sent back", topic=topic, note="Add a source.")
    make_draft(title="Waiting", topic=topic, state=State.IN_REVIEW)
    make_live(title="Live", topic=topic)
    make_live(title="Tomorrow", topic=topic, publish_at=now + timezone.timedelta(days=1))
    make_live(title="Gone", topic=topic, state=State.WITHDRAWN)
    ago, ahead = (timezone.localdate(now + timezone.timedelta(days=days)) for days in (-9, 9))
    old = make_live(title="As readers see it", topic=topic, review_due_on=ago)
    make_draft(title="Rewritten", article=old.article)
    mine = make_live(title="Mine", topic=topic, review_due_on=ahead)
    mine.article.owner = client.user
    mine.article.save()
    return client


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Mine", "Rewritten", "Gone", "Tomorrow", "Live", "Waiting", "Sent back", "A draft"]),
        ("status=draft", ["Rewritten", "A draft"]),
        ("status=sent_back", ["Sent back"]),
        ("status=in_review", ["Waiting"]),
        ("status=scheduled", ["Tomorrow"]),
        ("status=live", ["Mine", "Live"]),
        ("status=unpublished", ["Rewritten"]),
        ("status=withdrawn", ["Gone"]),
        ("review=overdue", ["Rewritten"]),
        ("review=soon", ["Mine"]),
        ("owner=me", ["Mine"]),
        ("q=rewr", ["Rewritten"]),
        ("q=as+readers+see", []),
        ("q=%00%27%22%3A%26%21", ["Mine", "Rewritten", "Gone", "Tomorrow", "Live", "Waiting", "Sent back", "A draft"]),
        ("status=nonsense", ["Mine", "Rewritten", "Gone", "Tomorrow", "Live", "Waiting", "Sent back", "A draft"]),
    ],
)
def test_the_list_answers_its_filters(shelf, query, titles):
    response = shelf.get(f"{LIST}?{query}")

    assert [edition.title for edition in response.context["cl"].result_list] == titles


def test_the_list_shows_what_readers_see_and_what_is_overdue(shelf):
    html = shelf.get(LIST).content.decode()

    assert "Unpublished changes: readers see edition 1" in html
    assert html.count("(overdue)") == 1


@pytest.mark.parametrize("query", ["", "status=draft&o=2", "q=nothing"])
def test_the_rows_of_the_list_are_those_that_django_draws(shelf, query):
    Edition.objects.filter(title="A draft").update(title='Draft of "<b>" & more')
    response = shelf.get(f"{LIST}?{query}")
    changelist = response.context["cl"]
    theirs = ["".join(admin_list.items_for_result(changelist, row, None)) for row in changelist.result_list]
    ours = ["".join(row) for row in list_rows.drawn_rows(changelist)]
    assert [re.sub("<small>.*?</small>", "", row) for row in ours] == theirs  # without the line below the title
    shown = re.sub(' data-l="[^"]*"( data-none)?', "", response.content.decode())  # the name of the column, for phones
    assert all(row in shown for row in ours)


def test_one_click_leads_from_the_list_to_a_new_draft(shelf):
    live = Edition.objects.get(title="Live")
    assert f'formaction="{LIST}{live.pk}/act/start-draft/"' in shelf.get(LIST).content.decode()

    response = shelf.post(f"{LIST}{live.pk}/act/start-draft/", {"action": "", "select_across": "0"})

    assert response.headers["Location"] == f"{LIST}{Edition.objects.get(article=live.article, number=2).pk}/change/"


def test_bulk_actions_run_on_many_editions_and_refusals_are_named(shelf):
    chosen = Edition.objects.filter(title__in=["A draft", "Waiting"])

    page = shelf.post(
        LIST, {"action": "submit_selected", "_selected_action": [one.pk for one in chosen], "note": ""}, follow=True
    ).content.decode()

    assert "Done for 1 of 2." in page
    assert "“Waiting”: This edition is in review now." in page
    assert Edition.objects.get(title="A draft").state == State.IN_REVIEW


def test_only_clinicians_withdraw_in_bulk_and_only_with_a_reason(shelf, as_role):
    live = Edition.objects.get(title="Live")
    data = {"action": "withdraw_selected", "_selected_action": [live.pk], "note": ""}

    shelf.post(LIST, {**data, "note": "Wrong."})
    assert Edition.objects.get(pk=live.pk).state == State.SIGNED_OFF
    client = as_role("clinician")
    assert "Give a reason" in client.post(LIST, data, follow=True).content.decode()
    client.post(LIST, {**data, "note": "A wrong dose."})
    assert Edition.objects.get(pk=live.pk).state == State.WITHDRAWN
    assert live.events.get().note == "A wrong dose."


# --- history ---------------------------------------------------------------------------------------------------------


def test_any_two_editions_can_be_compared(as_role):
    client = as_role("clinician")
    first = make_live("<p>Take it in the morning.</p>", title="One")
    second = make_live("<p>Take it at night.</p>", article=first.article, title="One")
    third = make_draft("<p>Take it at night. Drink water.</p>", article=first.article, title="One")

    before = client.get(f"{LIST}{third.pk}/compare/").content.decode()
    chosen = client.get(f"{LIST}{third.pk}/compare/?with={first.pk}&whole=on").content.decode()

    assert f'<option value="{second.pk}" selected>' in before
    assert "<td>Take it at night.<ins> Drink water.</ins></td>" in before
    assert f'<option value="{first.pk}" selected>' in chosen
    assert '<tr class="same"><td>One</td><td>One</td></tr>' in chosen


@pytest.mark.parametrize("query", ["", "?with=x", "?with=999999", "?with=%00"])
def test_one_edition_alone_is_compared_with_nothing(as_role, query):
    draft = make_draft()

    page = as_role("editor").get(f"{LIST}{draft.pk}/compare/{query}")

    assert "nothing to compare it with" in page.content.decode()


def test_the_timeline_shows_what_readers_saw_on_a_date_hour_by_hour(as_role):
    client = as_role("clinician")
    noon = timezone.make_aware(timezone.datetime(2026, 3, 10, 12))
    day = timezone.timedelta(days=1)
    old = make_live(title="Old", signed_off_at=noon - 3 * day, publish_at=noon - 3 * day)
    new = make_live(title="New", article=old.article, signed_off_at=noon - day, publish_at=noon)
    services.withdraw(new.pk, by=client.user, whole=True)
    gone = timezone.localdate()
    then = f"{LIST}{old.pk}/then/?on="

    def titles_on(date):
        timeline = client.get(f"{then}{date}").context["timeline"]
        return [(entry["edition"] and entry["edition"].title) for entry in timeline]

    assert titles_on("2026-03-06") == [None]
    assert titles_on("2026-03-09") == ["Old"]
    assert titles_on("2026-03-10") == ["Old", "New"]
    assert titles_on("2026-03-11") == ["New"]
    assert titles_on(gone) == ["New", None]
    assert "This date is in the future" in client.get(f"{then}{gone + day}").content.decode()


@pytest.mark.parametrize("on", ["", "x", "0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30", "%00"])
def test_an_invalid_day_gets_a_message(as_role, on):
    live = make_live()

    assert as_role("editor").get(f"{LIST}{live.pk}/then/?on={on}").status_code == 200


def test_the_history_covers_all_editions(as_role):
    client = as_role("editor")
    draft = make_draft(created_by=client.user)
    services.submit(draft.pk, by=client.user)
    services.send_back(draft.pk, by=make_user("clinician"), note="Say it <b>simpler</b>.")

    page = client.get(f"{LIST}{draft.pk}/history/").content.decode()

    assert page.index("sent back") < page.index("sent for review")
    assert "Say it &lt;b&gt;simpler&lt;/b&gt;." in page


def test_the_signature_is_shown_with_its_proof(as_role):
    client = as_role("clinician")
    make_person(name="Dana Diaz", credentials="MD", user=client.user)
    draft = make_draft(state=State.IN_REVIEW)

    page = client.get(f"{LIST}{draft.pk}/change/").content.decode()
    read = services.sign_off_fingerprint(draft)
    assert f'name="sign-off-read" value="{read}"' in page
    client.post(f"{LIST}{draft.pk}/act/sign-off/", {"sign-off-read": read, "sign-off-amber_read": "on"})

    signed = client.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert "By Dana Diaz, MD" in signed
    assert "exactly what was signed" in signed
    assert edition_snapshot.fingerprint(edition_snapshot.from_edition(draft)) in signed


@pytest.mark.parametrize("role", ["moderator", "admissions"])
@pytest.mark.parametrize("name", ["preview", "compare", "then", "history", "change"])
def test_pages_of_an_edition_need_permission(as_role, role, name):
    draft = make_draft()

    assert as_role(role).get(f"{LIST}{draft.pk}/{name}/").status_code in {302, 403, 404}


# --- sources and long texts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"doi": "https://doi.org/10.1056/NEJMra1204512"}, ("10.1056/NEJMra1204512", "")),
        ({"doi": " DOI: 10.1001/jama.2020.1 "}, ("10.1001/jama.2020.1", "")),
        ({"pmid": "https://pubmed.ncbi.nlm.nih.gov/12345678/"}, ("", "12345678")),
        ({"pmid": "PMID: 99"}, ("", "99")),
    ],
)
def test_identifiers_may_be_pasted_as_urls(as_role, typed, stored):
    client, draft = as_role("editor"), make_draft()
    source = {"position": 1, "title": "A study", "container": "JAMA", **typed}
    data = form_of(draft) | {f"sources-0-{name}": value for name, value in source.items()} | {"sources-TOTAL_FORMS": 1}

    assert client.post(f"{LIST}{draft.pk}/change/", data).status_code == 302

    [source] = Source.objects.all()
    assert (source.doi, source.pmid) == stored


@pytest.mark.parametrize("wrong", [{"doi": "11.5/x"}, {"doi": "10.1056"}, {"pmid": "12a"}, {"pmid": "1" * 12}])
def test_invalid_identifiers_are_refused_and_nothing_else_is_lost(as_role, wrong):
    client, draft = as_role("editor"), make_draft()
    source = {"position": 1, "title": "A study", "container": "JAMA", **wrong}
    data = form_of(draft, title="Changed") | {f"sources-0-{name}": value for name, value in source.items()}

    page = client.post(f"{LIST}{draft.pk}/change/", data | {"sources-TOTAL_FORMS": 1}).content.decode()

    assert 'class="errorlist"' in page
    assert 'value="Changed"' in page
    assert 'value="A study"' in page
    assert not Source.objects.exists()


def test_a_megabyte_of_text_is_refused_with_a_message_and_stays_in_the_form(as_role):
    client, draft = as_role("editor"), make_draft()
    endless = "<p>Ⱥnd so on. </p>" * 60_000

    page = client.post(f"{LIST}{draft.pk}/change/", form_of(draft, title="Changed", **{f"{TEXTS}-0-body": endless}))

    html = page.content.decode()
    assert page.status_code == 200
    assert "Split it into several blocks" in html
    assert 'value="Changed"' in html
    assert html.count("Ⱥnd so on.") >= 60_000


def test_two_hundred_blocks_are_saved(as_role):
    client, draft = as_role("editor"), make_draft()
    data = form_of(draft) | {f"{TEXTS}-TOTAL_FORMS": 201}
    for number in range(1, 201):
        row = {"body": f"<p>Block {number}.</p>", "region": "main", "ordering": (number + 1) * 10, "parent": draft.pk}
        data |= {f"{TEXTS}-{number}-{name}": value for name, value in row.items()}

    assert client.post(f"{LIST}{draft.pk}/change/", data).status_code == 302
    assert len(blocks_of(draft)) == 201
