"""Sources that are cited already, in the editor."""

import pytest
from playwright.sync_api import expect

from articles.models import Source
from tests.browser.test_admin import open_draft
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_source_that_is_cited_elsewhere_fills_a_new_row(visitor, house):
    other = make_draft()
    Source.objects.create(edition=other, position=7, title="Managing withdrawal", container="JAMA", pmid="1234567")
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, make_draft(created_by=house["editor"], sources=1))

    page.get_by_label("Cite a source again").fill("PMID 1234567")
    page.get_by_role("button", name="Managing withdrawal. JAMA").click()

    expect(page.get_by_text("Added as source 2.")).to_be_visible()
    expect(page.locator("[name=sources-1-title]")).to_have_value("Managing withdrawal")
    expect(page.locator("[name=sources-1-pmid]")).to_have_value("1234567")
    expect(page.locator("[name=sources-1-position]")).to_be_focused()
