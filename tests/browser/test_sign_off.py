"""A clinician reads and signs off in real Chromium: with keys alone, and with a thumb on a phone."""

import pytest
from playwright.sync_api import expect

from articles import services
from articles.models import State
from tests.factories import make_draft, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITIONS = "/admin/articles/edition/"


@pytest.fixture
def handed_in():
    edition = make_draft(title="What a first night is like")
    services.submit(edition.pk, by=make_user("editor"))
    return edition


def go(page, there):
    """Press Tab until ``there`` (a JavaScript expression) holds for what has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(f"(one => Boolean({there}))(document.activeElement)"):
            return
    raise AssertionError(f"No key leads to {there}")


def assert_signed_off(edition, clinician):
    edition.refresh_from_db()
    assert (edition.state, edition.signed_off_by) == (State.SIGNED_OFF, clinician)


def test_a_clinician_signs_off_with_keys_alone(visitor, house, handed_in):
    clinician = visitor()
    clinician.sign_in(house["clinician"])
    page = clinician.page
    go(page, f"one.textContent.trim() === '{handed_in.title}'")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{handed_in.pk}/change/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(handed_in.title)
    go(page, "one.type === 'submit' && one.textContent.includes('Sign off')")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed off under your name.")).to_be_visible()

    assert_signed_off(handed_in, house["clinician"])


def test_a_clinician_signs_off_with_a_thumb(visitor, house, handed_in):
    clinician = visitor(width=390, touch=True)
    clinician.page.set_viewport_size({"width": 390, "height": 844})
    clinician.sign_in(house["clinician"])
    page = clinician.page
    waiting = page.get_by_role("link", name=handed_in.title).first
    expect(waiting).to_be_in_viewport()
    waiting.tap()
    page.wait_for_url(f"**/{handed_in.pk}/change/")
    page.get_by_role("button", name="Sign off").tap()
    expect(page.get_by_text("Signed off under your name.")).to_be_visible()

    clinician.check()
    assert_signed_off(handed_in, house["clinician"])
