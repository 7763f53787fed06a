"""The frame of the staff pages: found without a mouse, on a phone and in the dark, on every kind of page."""

import pytest
from playwright.sync_api import expect

from tests.dashboard.page_checks import TOO_SMALL
from tests.factories import make_draft, make_live

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    *("/admin/", "/admin/articles/edition/?q=nothing-like-it", "/admin/articles/synonym/add/", "/accounts/2fa/"),
    "/admin/guide/admissions/",
)


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_every_kind_of_page_stands_in_the_frame(visitor, house, width, dark):
    """All others: tests/dashboard/test_every_page.py."""
    draft = make_draft(title="Food", created_by=house["manager"])
    manager = visitor(width=width, dark=dark)
    manager.sign_in(house["manager"])
    page = manager.page

    for path in (*PAGES, f"/admin/articles/edition/{draft.pk}/change/"):
        manager.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        if width < 992:
            expect(page.get_by_role("navigation", name="Most used").get_by_role("link")).to_have_count(4)
            assert page.evaluate(TOO_SMALL) == [], path
        else:
            expect(page.get_by_role("navigation", name="Staff site")).to_be_visible()


def test_anything_is_found_with_keys_alone(visitor, house):
    make_live(slug="sleep", title="Sleep in detox")
    manager = visitor()
    manager.sign_in(house["manager"])
    page, dialog = manager.page, manager.page.get_by_role("dialog", name="Find anything")

    page.locator("body").press("Control+k")
    expect(dialog.get_by_role("link", name="Calls for help")).to_be_visible()
    manager.check()
    page.keyboard.type("slee")
    expect(dialog.get_by_role("link")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("link", name="Sleep in detox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator("body").press("/")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("x")
    page.keyboard.press("Escape")  # once, though something is typed
    expect(dialog).to_be_hidden()
    page.locator("body").press("/")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("on-call shifts")  # and Enter at once, before anything is found
    with page.expect_navigation(url="**/admin/intake/shift/"):
        page.keyboard.press("Enter")


def test_light_or_dark_is_remembered(visitor, house):
    editor = visitor()
    editor.sign_in(house["editor"])
    page = editor.page
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)

    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(background)
    editor.open("/accounts/2fa/")

    assert light != dark == page.evaluate(background)


def test_on_a_phone_without_scripts_the_menu_opens_and_leads_on(visitor, house):
    editor = visitor(width=390, scripts=False)
    editor.sign_in(house["editor"])
    page = editor.page
    menu = page.get_by_role("navigation", name="Staff site")
    expect(menu).to_be_hidden()

    page.get_by_role("button", name="Menu", exact=True).click()
    menu.get_by_role("link", name="Find anything").click()
    page.get_by_role("searchbox").last.fill("pictures")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="Pictures Publish").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Pictures")
