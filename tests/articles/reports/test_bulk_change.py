"""Topic, owner and author of many documents at once, through the list of articles."""

import pytest
from django.utils import timezone

from articles import bulk_change
from articles.models import Article, Kind, State
from detoxsite.core.exceptions import Refused
from tests.factories import make_draft, make_live, make_page, make_person, make_topic, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"


def change(client, *editions, **values):
    data = {"action": "change_selected", "_selected_action": [edition.pk for edition in editions]}
    applied = {"apply": "yes", **{name: value.pk for name, value in values.items()}} if values else {}
    return client.post(f"{LIST}?kind=all", data | applied, follow=True)


def test_the_action_first_asks_what_to_change_and_names_what_was_chosen(as_role):
    editions = [make_live(title="Sleep"), make_draft(title="Tremor")]

    page = change(as_role("editor"), *editions).content.decode()

    assert "<li>Tremor, draft</li><li>Sleep, signed off</li>" in page
    assert "Change 2 documents" in page
    assert all(f'name="_selected_action" value="{edition.pk}"' in page for edition in editions)


def test_topic_and_owner_change_at_once_whatever_the_state(as_role):
    topic, owner = make_topic(name="Medicines"), make_user("editor")
    live, draft = make_live(), make_draft()
    client = as_role("editor")

    page = change(client, live, draft, topic=topic, owner=owner).content.decode()

    assert "Changed 2 of 2." in page
    for edition in (live, draft):
        article = Article.objects.get(pk=edition.article_id)
        assert (article.topic, article.owner, article.path) == (topic, owner, edition.article.path)
        assert edition.events.filter(kind="moved", by=client.user).count() == 1
    live.rendering.refresh_from_db()
    assert live.rendering.topic_id == topic.pk


def test_a_move_by_a_colleague_meanwhile_stays_and_a_deleted_draft_is_refused(monkeypatch):
    live, gone, owner, topic = make_live(slug="sleep"), make_draft(), make_user("editor"), make_topic(name="Medicines")

    def lock_late(kind, slug):
        Article.objects.filter(pk=live.article_id).update(slug="nights", path="articles/nights", topic=topic)

    monkeypatch.setattr("articles.relocation.lock_address", lock_late)
    bulk_change.change(live.pk, by=owner, owner=owner)
    article = Article.objects.get(pk=live.article_id)
    assert (article.slug, article.topic, article.owner) == ("nights", topic, owner)
    gone.delete()
    with pytest.raises(Refused, match="no longer exists"):
        bulk_change.change(gone.pk, by=owner, owner=owner)


def test_the_owner_of_a_page_and_of_the_first_page_changes_and_a_page_has_no_topic(as_role):
    page, home = make_page("about"), make_live(article=Article.objects.create(kind=Kind.HOME), title="Home")
    below = make_page("house", parent=page)
    owner = make_user("manager")
    client = as_role("editor")

    change(client, below, home, owner=owner)
    refused = change(client, below, topic=make_topic()).content.decode()

    assert list(Article.objects.filter(owner=owner).values_list("path", flat=True)) == ["", "about/house"]
    assert "“House” was left as it is: A page has no topic." in refused
    assert "Changed 0 of 1." in refused


def test_the_author_of_a_draft_changes_as_a_save_does(as_role):
    author, draft = make_person(), make_draft()
    client = as_role("editor")

    change(client, draft, author=author)

    draft.refresh_from_db()
    assert (draft.author, draft.revision) == (author, 1)
    assert client.user in draft.contributors.all()
    assert draft.versions.get().content["author_id"] == author.pk


def test_a_byline_that_was_signed_stays_and_each_is_named_with_the_reason(as_role):
    author, topic = make_person(), make_topic()
    skipped = {
        "Live": (make_live(title="Live"), "The byline was signed off with the text."),
        "Review": (make_draft(title="Review", state=State.IN_REVIEW), "It is in review."),
    }
    before = {title: edition.author_id for title, (edition, _) in skipped.items()}
    client = as_role("editor")

    page = change(client, *(edition for edition, _ in skipped.values()), author=author).content.decode()
    half = change(client, skipped["Live"][0], author=author, topic=topic).content.decode()
    put_aside = change_archived(client, author)

    for title, (edition, reason) in skipped.items():
        assert f"“{title}” was left as it is: {reason}" in page
        edition.refresh_from_db()
        assert edition.author_id == before[title]
    assert "“Live”: The byline was signed off with the text." in half
    assert "Changed 1 of 1." in half
    assert Article.objects.get(pk=skipped["Live"][0].article_id).topic == topic
    assert "It is an archived draft." in put_aside


def change_archived(client, author):
    edition = make_draft(title="Aside", archived_at=timezone.now())
    data = {"action": "change_selected", "_selected_action": [edition.pk], "apply": "yes", "author": author.pk}
    return client.post(f"{LIST}?kind=all&status=archived", data, follow=True).content.decode()


def test_nothing_chosen_or_a_foreign_value_is_an_error_of_the_form(as_role):
    draft = make_draft()
    client = as_role("editor")
    data = {"action": "change_selected", "_selected_action": [draft.pk], "apply": "yes"}

    assert "Choose a topic, an owner or an author." in client.post(LIST, data).content.decode()
    for value in ("x", "0", "9" * 30, "\0"):
        assert client.post(LIST, data | {"owner": value}).context["form"].errors["owner"]
    outsider = make_user("moderator")
    assert "Select a valid choice" in client.post(LIST, data | {"owner": outsider.pk}).content.decode()


def test_who_only_reads_articles_has_no_such_action(as_role):
    draft = make_draft()

    change(as_role("clinician"), draft, owner=make_user("editor"))

    assert Article.objects.get(pk=draft.article_id).owner is None


def test_a_selection_that_is_too_large_changes_nothing(as_role, monkeypatch):
    monkeypatch.setattr("articles.admin.bulk_change.MAX_SELECTED", 1)
    drafts, owner = [make_draft(), make_draft()], make_user("editor")

    page = change(as_role("editor"), *drafts, owner=owner).content.decode()

    assert "Select 1 at most." in page
    assert not Article.objects.filter(owner=owner).exists()
