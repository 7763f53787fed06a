"""Drafts beside the workflow, through the admin: archived and brought back, deleted, copied, and their versions."""

import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import InternalError, connection, transaction
from django.utils import timezone

from articles import editorial_gate, versions
from articles.admin.editions import EditionAdmin
from articles.menus import draft as menu_draft
from articles.models import (
    Article,
    DraftAutosave,
    DraftVersion,
    Edition,
    EditionEvent,
    KeyFacts,
    Kind,
    MenuEntry,
    PersonCard,
    State,
    Step,
    Text,
    Waiver,
    blocks_of,
)
from detoxsite.core.exceptions import Refused
from detoxsite.core.models import Redirect
from tests.articles.admin.test_editions import LIST, TEXTS, posted
from tests.articles.admin.test_workflow import form_of
from tests.factories import make_draft, make_live, make_page, make_person, make_user

pytestmark = pytest.mark.django_db

SURE = {"delete-draft-sure": "on"}


def act(client, edition, name, data=None, **options):
    return client.post(f"{LIST}{edition.pk}/act/{name}/", data or {}, **options)


def titles(client, query=""):
    return [edition.title for edition in client.get(f"{LIST}{query}").context["cl"].result_list]


# --- archive ---------------------------------------------------------------------------------------------------------


def test_an_archived_draft_leaves_the_list_and_comes_back(as_role):
    client = as_role("editor")
    draft = make_draft(title="Aside")
    live = make_live(title="Live")
    rewritten = make_draft(title="Rewritten", article=live.article)

    for edition in (draft, rewritten):
        assert act(client, edition, "archive").status_code == 302

    assert titles(client) == ["Live"]
    assert client.get(LIST).context["cl"].result_count == 1
    assert titles(client, "?status=draft") == []
    assert titles(client, "?status=archived") == ["Rewritten", "Aside"]
    page = client.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert "draft, archived" in page
    assert "act/bring-back/" in page
    assert "act/submit/" not in page
    assert act(client, draft, "bring-back").status_code == 302
    assert titles(client) == ["Live", "Aside"]
    assert [event.kind for event in draft.events.all()] == ["brought_back", "archived"]


def test_an_archived_draft_cannot_be_saved_handed_in_or_replaced(as_role):
    client = as_role("editor")
    live = make_live()
    draft = make_draft(title="Aside", article=live.article)
    act(client, draft, "archive")

    assert client.post(f"{LIST}{draft.pk}/change/", form_of(draft, title="Changed")).status_code == 403
    assert "This draft is archived. Bring it back first." in act(client, draft, "submit").content.decode()
    answer = act(client, live, "start-draft").content.decode()
    assert "An archived draft (edition 2) is in the way. Bring it back or delete it." in answer
    with pytest.raises(Refused, match="archived"):
        editorial_gate.waive(draft.pk, by=client.user, key="any", reason="A joke.")
    names = re.findall(r"act/([a-z-]+)/", client.get(f"{LIST}{draft.pk}/change/").content.decode())
    assert names[0] == "bring-back"
    draft.refresh_from_db()
    assert (draft.title, draft.state) == ("Aside", State.DRAFT)


# --- delete ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_deleted_after_a_confirmation_with_its_address(as_role):
    client = as_role("editor")
    draft = make_draft(title="Not needed", sources=1, blocks=[KeyFacts(ordering=20, rows="Form | Tablet")])
    client.post(f"{LIST}{draft.pk}/change/", form_of(draft, title="Not needed any more"))
    Waiver.objects.create(edition=draft, key="k", code="c", excerpt="e", reason="r", by=client.user)

    assert "Check the box to confirm." in act(client, draft, "delete-draft").content.decode()
    assert Edition.objects.filter(pk=draft.pk).exists()
    answer = act(client, draft, "delete-draft", SURE)

    assert answer.headers["Location"] == LIST
    for model in (Edition, Article, Text, KeyFacts, EditionEvent, Waiver, DraftVersion):
        assert not model.objects.exists(), model
    assert "Delete this draft" in [entry.get_change_message() for entry in LogEntry.objects.all()]
    assert client.get(f"{LIST}{draft.pk}/change/").status_code == 302
    make_draft(slug=draft.article.slug)  # the address is free again


def test_a_deleted_draft_leaves_signed_editions_as_they_were(as_role):
    client = as_role("editor")
    live = make_live("<p>Signed words.</p>", sources=1)
    draft = make_draft(article=live.article)

    answer = act(client, draft, "delete-draft", SURE)

    assert answer.headers["Location"] == f"{LIST}{live.pk}/change/"
    assert Edition.objects.get() == live
    assert [block.body for block in blocks_of(live)] == ["<p>Signed words.</p>"]
    assert client.get(live.get_absolute_url()).status_code == 200
    assert live.events.get().note == "Edition 2, a draft"


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.SIGNED_OFF, State.WITHDRAWN])
def test_what_was_handed_in_or_signed_is_not_deleted(as_role, state):
    client = as_role("manager")
    edition = make_draft(state=state) if state == State.IN_REVIEW else make_live(state=state)

    assert "act/delete-draft/" not in client.get(f"{LIST}{edition.pk}/change/").content.decode()
    assert "changed the status" in act(client, edition, "delete-draft", SURE).content.decode()
    assert Edition.objects.filter(pk=edition.pk).exists()


@pytest.mark.parametrize("table", ["articles_editionevent", "articles_waiver"])
def test_the_history_of_a_draft_goes_with_the_draft_only(table):
    draft, user = make_draft(), make_user()
    EditionEvent.objects.create(edition=draft, kind=EditionEvent.Kind.SAVED, by=user)
    Waiver.objects.create(edition=draft, key="k", code="c", excerpt="e", reason="r", by=user)

    with (
        pytest.raises(InternalError, match="never deleted before"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("needed_by", ["page below", "redirect", "link"])
def test_an_address_that_something_needs_is_not_deleted(as_role, needed_by):
    client = as_role("editor")
    page = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="about"))
    if needed_by == "redirect":
        Redirect.objects.create(path="/old", target="/about/")
    elif needed_by == "link":
        make_page("visit", body='<p>See <a href="/about/">who we are</a>.</p>')
    else:
        make_page("team", parent=page)

    answer = act(client, page, "delete-draft", SURE)

    told = {"redirect": "/old", "page below": "/about/team/", "link": "“Visit”"}[needed_by]
    assert f"These need its address: {told}." in answer.content.decode()
    assert Edition.objects.filter(pk=page.pk).exists()
    assert len(blocks_of(page)) == 1


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_page_that_the_menus_name_is_not_deleted(as_role, is_closed):
    client = as_role("manager")
    page = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="about"))
    menus = menu_draft.start(by=client.user)
    MenuEntry.objects.create(edition=menus, menu="sheet", label="About", document=page.article)
    if is_closed:
        menu_draft.discard(by=client.user, revision=menus.revision)

    answer = html.unescape(act(client, page, "delete-draft", SURE).content.decode())

    kept = f"Edition {menus.number} of the menus, which is kept, names this page: it cannot be deleted. Archive"
    assert (kept if is_closed else "The draft of the menus names this page. Take it out there first.") in answer
    assert Edition.objects.filter(pk=page.pk).exists()


def test_a_draft_in_which_a_colleague_has_unsaved_words_is_not_deleted(as_role):
    client = as_role("editor")
    draft, colleague = make_draft(), make_user("editor", first_name="Ana")
    typed = DraftAutosave.objects.create(
        user=colleague, edition=draft, seen_at=timezone.now(), form_data=[["title", "Typed"]]
    )

    assert (
        "Ana has changes in this draft that are not saved." in act(client, draft, "delete-draft", SURE).content.decode()
    )
    typed.form_data = None
    typed.save()
    assert act(client, draft, "delete-draft", SURE).status_code == 302


def test_a_save_of_a_draft_that_was_deleted_meanwhile_is_told_so(as_role, monkeypatch):
    client = as_role("editor")
    draft = make_draft()
    data = form_of(draft, title="Too late")
    load = EditionAdmin.get_queryset

    def overtaken(self, request):
        rows = list(load(self, request).filter(pk=draft.pk))
        if rows:
            Text.objects.filter(parent=draft).delete()
            Edition.objects.filter(pk=draft.pk).delete()
        found = load(self, request)
        found._result_cache = rows
        found.get = lambda **_: rows[0]
        return found

    monkeypatch.setattr(EditionAdmin, "get_queryset", overtaken)

    answer = client.post(f"{LIST}{draft.pk}/change/", data)

    assert answer.status_code == 302
    assert "Perhaps it was deleted?" in client.get(answer.headers["Location"]).content.decode()


# --- duplicate -------------------------------------------------------------------------------------------------------


def test_a_copy_has_all_blocks_and_sources_an_address_of_its_own_and_no_sign_off(as_role):
    client = as_role("editor")
    live = make_live(slug="sleep", title="Sleep", sources=2, blocks=[KeyFacts(ordering=20, rows="Form | Tablet")])
    Waiver.objects.create(edition=live, key="k", code="c", excerpt="e", reason="r", by=make_user())

    for slug in ("sleep-copy", "sleep-copy-2"):
        answer = act(client, live, "duplicate")
        copy = Edition.objects.latest("pk")
        assert answer.headers["Location"] == f"{LIST}{copy.pk}/change/"
        assert (copy.title, copy.state, copy.number, copy.article.slug) == ("Copy of Sleep", State.DRAFT, 1, slug)
        assert (copy.signed_off_by, copy.publish_at, copy.created_by) == (None, None, client.user)
        assert (copy.article.owner, copy.article.topic) == (client.user, live.article.topic)
        assert [type(block) for block in blocks_of(copy)] == [Text, KeyFacts]
        assert [source.title for source in copy.sources.all()] == ["Study 1", "Study 2"]
        assert copy.word_count == live.word_count
        assert not copy.waivers.exists()
        assert copy.events.get().note == "Copy of edition 1 of /articles/sleep/"
    assert len(blocks_of(live)) == 2


def test_who_worked_on_a_text_signs_off_no_copy_of_it(as_role):
    writer, waiver, contributor, clinician = (make_user("clinician") for _ in range(4))
    draft = make_draft(created_by=writer)
    draft.contributors.add(contributor)
    Waiver.objects.create(edition=draft, key="k", code="c", excerpt="e", reason="r", by=waiver)
    for user in (writer, waiver, contributor, clinician):
        make_person(user=user)

    act(as_role("editor"), draft, "duplicate")

    copy = Edition.objects.latest("pk")
    assert set(editorial_gate.able_to_sign(copy)) == {clinician}


def test_a_page_is_copied_beside_the_page_with_every_kind_of_block(as_role):
    client = as_role("editor")
    cards = [Step(ordering=20, title="You arrive"), PersonCard(ordering=30, person=make_person())]
    page = make_page("team", parent=make_page("about"), title="T" * 90, blocks=cards)
    Redirect.objects.create(path="/about/team-copy", target="/privacy/")

    act(client, page, "duplicate")

    copy = Edition.objects.latest("pk")
    assert (copy.article.path, copy.title) == ("about/team-copy-2", "Copy of " + "T" * 82)
    assert [type(block) for block in blocks_of(copy)] == [Text, Step, PersonCard]


def test_there_is_no_copy_of_the_first_page(as_role):
    client, draft = as_role("editor"), make_draft(article=Article.objects.create(kind=Kind.HOME))

    act(client, draft, "duplicate")

    assert list(Edition.objects.all()) == [draft]


# --- versions --------------------------------------------------------------------------------------------------------


def save(client, draft, body):
    draft.refresh_from_db()
    answer = client.post(f"{LIST}{draft.pk}/change/", form_of(draft, **{f"{TEXTS}-0-body": body}))
    assert answer.status_code == 302


def test_two_saves_are_compared_and_the_first_is_restored_as_a_new_save(as_role):
    client = as_role("editor")
    fields = {"topic": make_live().article.topic_id, "author": make_person().pk}
    source = {"position": 1, "title": "A study", "container": "JAMA"}
    client.post(f"{LIST}add/", posted(title="First", texts=["<p>Slow words.</p>"], sources=[source], **fields))
    draft = Edition.objects.get(title="First")
    blocks = Text.objects.filter(parent=draft)
    data = form_of(draft, title="Second", **{f"{TEXTS}-0-body": "<p>Quick words.</p>"})
    row = {"id": draft.sources.get().pk, "edition": draft.pk, **source, "title": "Another study"}
    data |= {f"sources-0-{name}": value for name, value in row.items()}
    assert (
        client.post(
            f"{LIST}{draft.pk}/change/", {**data, "sources-TOTAL_FORMS": 1, "sources-INITIAL_FORMS": 1}
        ).status_code
        == 302
    )

    page = client.get(f"{LIST}{draft.pk}/versions/").content.decode()
    assert "<td><del>Slow</del> words.</td>" in page
    assert "<td><ins>Quick</ins> words.</td>" in page
    assert act(client, draft, "restore", {"restore-version": 1}).status_code == 302

    draft.refresh_from_db()
    assert (draft.title, draft.revision, draft.text) == ("First", 3, "Slow words.")
    assert [block.body for block in blocks] == ["<p>Slow words.</p>"]
    assert [source.title for source in draft.sources.all()] == ["A study"]
    assert [one.revision for one in draft.versions.all()] == [3, 2, 1]
    assert draft.events.first().note == "Version 1 restored"
    same = client.get(f"{LIST}{draft.pk}/versions/?new=3&old=1").content.decode()
    assert "These two have the same text." in same


def test_every_kind_of_block_comes_back(as_role):
    client = as_role("editor")
    person = make_person()
    page = make_draft(
        article=Article.objects.create(kind=Kind.HOUSE, slug="about"),
        blocks=[Step(ordering=20, label="Day 1", title="You arrive"), PersonCard(ordering=30, person=person)],
    )
    page.revision = 1
    page.save()
    versions.keep(page, by=client.user)
    Step.objects.all().delete()
    PersonCard.objects.all().delete()

    act(client, page, "restore", {"restore-version": 1})

    _, step, card = blocks_of(page)
    assert (step.label, step.title, card.person) == ("Day 1", "You arrive", person)


def test_who_has_the_form_open_meanwhile_is_shown_both_versions(as_role):
    client = as_role("editor")
    draft = make_draft("<p>First words.</p>")
    save(client, draft, "<p>First words.</p>")
    save(client, draft, "<p>Second words.</p>")
    draft.refresh_from_db()
    mine = form_of(draft, **{f"{TEXTS}-0-body": "<p>My words.</p>"})
    act(client, draft, "restore", {"restore-version": 1})

    assert "Two versions of this draft" in client.post(f"{LIST}{draft.pk}/change/", mine).content.decode()


def test_only_a_draft_goes_back_and_only_to_what_is_kept(as_role):
    client = as_role("editor")
    draft = make_draft()
    save(client, draft, "<p>Words.</p>")

    assert "no longer kept" in act(client, draft, "restore", {"restore-version": 9}).content.decode()
    for odd in ("", "x", "99999999999999999999", "-1"):
        assert act(client, draft, "restore", {"restore-version": odd}).status_code == 200
        assert client.get(f"{LIST}{draft.pk}/versions/", {"new": odd, "old": odd}).status_code == 200
    Edition.objects.filter(pk=draft.pk).update(state=State.IN_REVIEW)
    assert "Only a draft" in act(client, draft, "restore", {"restore-version": 1}).content.decode()
    assert "Restore" not in client.get(f"{LIST}{draft.pk}/versions/").content.decode()


def test_a_version_that_shows_what_is_gone_is_not_restored(as_role):
    client = as_role("editor")
    card = PersonCard(ordering=30, person=make_person())
    draft = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="about"), blocks=[card])
    versions.keep(draft, by=client.user)
    PersonCard.objects.all().delete()
    card.person.delete()

    assert "shows a person that was deleted" in act(client, draft, "restore", {"restore-version": 0}).content.decode()
    assert len(blocks_of(draft)) == 1


def test_the_oldest_versions_go_first_and_all_a_month_after_the_sign_off(as_role, monkeypatch):
    monkeypatch.setattr(versions, "MAX_VERSIONS", 2)
    client = as_role("editor")
    draft = make_draft()
    for number in range(3):
        save(client, draft, f"<p>Words {number}.</p>")
    assert [one.revision for one in draft.versions.all()] == [3, 2]

    assert versions.delete_old(timezone.now() + 2 * versions.RETENTION) == 0
    live = make_live()
    DraftVersion.objects.create(edition=live, revision=1, by=client.user, content={}, lines=[])
    assert versions.delete_old() == 0
    assert versions.delete_old(timezone.now() + versions.RETENTION) == 1
