"""The preview of what somebody has in the form: it shows what a save would make of it, and stores nothing."""

import pytest
from django.utils import timezone

from articles.models import Article, Callout, DraftAutosave, Edition, Figure, Source, Text, blocks_of
from detoxsite.core.locking import locked
from tests.articles.admin.form_data import form_data
from tests.factories import make_draft, make_person, make_topic, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"


@pytest.fixture
def editor(client):
    user = make_user("editor")
    client.force_login(user)
    return user


def autosave(user, edition, fields, page="tab"):
    pairs = [[name, str(value)] for name, value in fields.items()]
    now = timezone.now()
    DraftAutosave.objects.create(user=user, edition=edition, page=page, form_data=pairs, seen_at=now, autosaved_at=now)


def stored():
    rows = [list(model.objects.order_by("pk").values()) for model in (Article, Edition, Text, Callout, Figure, Source)]
    return [{name: value for name, value in row.items() if name != "search"} for one in rows for row in one]


def preview(client, edition, page="tab"):
    return client.get(f"{LIST}{edition.pk}/preview/live/?page={page}")


def test_the_preview_shows_what_is_typed_and_stores_nothing(client, editor):
    draft = make_draft("<p>Rest.</p>", sources=1, blocks=[Callout(title="Old", body="<p>Gone.</p>", ordering=20)])
    fields = form_data(client.get(f"{LIST}{draft.pk}/change/"))
    fields |= {
        "title": "Sleep at last",
        "articles_text_set-0-body": "<p>Sleep, and rest [1].</p><script>x</script>",
        "articles_callout_set-0-DELETE": "on",
        "articles_pullquote_set-TOTAL_FORMS": 1,
        "articles_pullquote_set-0-quote": "I slept.",
        "articles_pullquote_set-0-ordering": 5,
        "articles_figure_set-TOTAL_FORMS": 1,  # no picture is chosen yet
        "articles_figure_set-0-ordering": 30,
    }
    autosave(editor, draft, fields)
    before = stored()
    response = preview(client, draft)
    html = response.content.decode()

    assert "Sleep at last" in html.partition("<h1")[2].partition("</h1>")[0]
    assert "Sleep, and rest <sup>" in html
    assert "<script>x" not in html
    assert "Gone." not in html
    assert html.index("I slept.") < html.index("Sleep, and rest")
    assert stored() == before
    assert [block.kind for block in blocks_of(draft)] == ["text", "callout"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_another_tab_and_a_sent_draft_show_what_is_saved(client, editor):
    draft = make_draft("<p>Rest.</p>")
    autosave(editor, draft, {"articles_text_set-TOTAL_FORMS": 1, "articles_text_set-0-body": "<p>Typed.</p>"})
    assert "Typed." in preview(client, draft).content.decode()
    assert "Rest." in preview(client, draft, page="other").content.decode()
    Edition.objects.filter(pk=draft.pk).update(state="in_review")
    assert "Rest." in preview(client, draft).content.decode()


def test_a_draft_that_is_handed_in_meanwhile_shows_what_is_saved(client, editor, monkeypatch):
    draft = make_draft("<p>Rest.</p>")
    autosave(editor, draft, {"articles_text_set-TOTAL_FORMS": 1, "articles_text_set-0-body": "<p>Typed.</p>"})

    def locked_late(rows, pk):
        rows.filter(pk=pk).update(state="in_review")
        return locked(rows, pk)

    monkeypatch.setattr("articles.admin.live_preview.locked", locked_late)
    assert "Rest." in preview(client, draft).content.decode()


def test_a_new_article_has_a_preview_before_its_first_save(client, editor):
    make_topic()
    make_person()
    address = f"{LIST}add/preview/live/?page=tab"
    assert "Nothing to show yet" in client.get(address).content.decode()
    autosave(
        editor, None, {"title": "New", "articles_text_set-TOTAL_FORMS": 1, "articles_text_set-0-body": "<p>Hi.</p>"}
    )
    html = client.get(address).content.decode()
    assert "Hi." in html
    assert not Edition.objects.exists()
    assert not Article.objects.exists()


@pytest.mark.parametrize("junk", [{"kind": "zz"}, {"articles_text_set-TOTAL_FORMS": "9" * 9}, {"author": "\u0662"}, {}])
def test_junk_makes_no_error(client, editor, junk):
    draft = make_draft()
    autosave(
        editor,
        draft,
        {"articles_text_set-0-ordering": "x" * 50, "sources-TOTAL_FORMS": 1, "sources-0-year": "-9", **junk},
    )
    assert preview(client, draft).status_code == 200
    autosave(editor, None, junk)
    assert client.get(f"{LIST}add/preview/live/?page=tab").status_code == 200


def test_only_who_may_see_drafts_sees_it(client):
    draft = make_draft()
    client.force_login(make_user("moderator"))
    assert preview(client, draft).status_code == 403
    client.logout()
    assert preview(client, draft).status_code == 302
