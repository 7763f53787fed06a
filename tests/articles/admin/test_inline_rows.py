"""What is kept of the rows on an edition's page: nobody sees what was kept for someone with other permissions."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db.models import NOT_PROVIDED

from articles.admin import inline_rows
from articles.admin.inlines import ARTICLE_INLINES
from articles.models import Callout, KeyFacts
from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"
EVERY_VISIT = re.compile(r'nonce="[^"]*"|name="(?:csrfmiddlewaretoken|_page)" value="[^"]*"')


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(inline_rows, "_classes", {})


def page(client, user, edition):
    client.force_login(user)
    return EVERY_VISIT.sub("", client.get(f"{LIST}{edition.pk}/change/").content.decode())


def make_limited(*left_out):
    """An editor without some permissions."""
    user = make_user("editor")
    permissions = Permission.objects.filter(group__user=user).exclude(codename__in=left_out)
    user.user_permissions.set(permissions)
    user.groups.clear()
    return user


@pytest.mark.parametrize("is_limited_first", [True, False])
def test_nobody_gets_the_rows_of_someone_with_other_permissions(client, is_limited_first):
    draft = make_draft(sources=1)
    editor, limited = make_user("editor"), make_limited("add_picture", "delete_text", "add_callout")
    users = [limited, editor] if is_limited_first else [editor, limited]
    pages = {user: page(client, user, draft) for user in users}
    for part in ('data-upload="/admin/articles/picture/upload/"', "articles_text_set-0-DELETE", "callout_set-empty"):
        assert part in pages[editor]
        assert part not in pages[limited]
    assert "sources-0-DELETE" in pages[limited]


def test_a_permission_that_is_taken_away_counts_at_the_next_visit(client):
    draft, user = make_draft(), make_limited("add_picture")
    assert "articles_text_set-0-DELETE" in page(client, user, draft)
    user.user_permissions.remove(Permission.objects.get(codename="delete_text"))
    assert "articles_text_set-0-DELETE" not in page(client, user, draft)


def test_a_page_is_the_same_whatever_was_shown_before(client):
    user = make_user("editor")
    blocks = [Callout(title="Call 911", body="<p>Now.</p>", ordering=20), KeyFacts(rows="Days|5", ordering=30)]
    draft = make_draft('<p>Typed "by" <b>hand</b> &amp; more __prefix__.</p>', sources=2, blocks=blocks)
    other = make_draft("<p>Another.</p>", sources=3)
    first = page(client, user, draft)
    inline_rows._classes.clear()
    assert page(client, user, other) != first
    client.post(f"{LIST}{other.pk}/change/", {"sources-TOTAL_FORMS": "1", "sources-INITIAL_FORMS": "0"})
    assert page(client, user, draft) == first
    assert f'name="sources-__prefix__-edition" value="{draft.pk}"' in first


def test_classes_of_people_with_equal_permissions_are_made_once_and_few_are_kept(client, monkeypatch):
    draft = make_draft()
    page(client, make_user("editor"), draft)
    kept = dict(inline_rows._classes)
    page(client, make_user("editor"), draft)
    assert inline_rows._classes == kept
    monkeypatch.setattr(inline_rows, "MAX_CLASSES", len(kept))
    page(client, make_limited("delete_text"), draft)
    assert len(inline_rows._classes) <= len(kept)


def test_a_row_that_is_refused_shows_its_message_and_the_next_page_does_not(client):
    draft, user = make_draft(), make_user("editor")
    before = page(client, user, draft)
    form = {"articles_text_set-TOTAL_FORMS": 2, "articles_text_set-INITIAL_FORMS": 0, "title": "T", "opened": 0}
    form |= {"articles_text_set-0-body": "", "articles_text_set-1-body": "<p>Typed.</p>"}
    form |= {
        f"articles_text_set-{n}-{name}": value for n in (0, 1) for name, value in (("region", "main"), ("ordering", 1))
    }
    html = client.post(f"{LIST}{draft.pk}/change/", form).content.decode()
    assert "errorlist" in html
    assert "Typed." in html
    assert page(client, user, draft) == before


def test_no_field_of_a_blank_row_begins_with_what_changes():
    """Its widgets are kept."""
    for inline in ARTICLE_INLINES:
        fields = [inline.model._meta.get_field(name) for name in inline.fields]
        assert not [field.name for field in fields if callable(field.default) and field.default is not NOT_PROVIDED]
