"""Menus and footer by keyboard alone: moved, taken into another group, put on the site, and seen by a reader."""

import pytest
from playwright.sync_api import expect

from detoxsite.core import site_profile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/admin/articles/menuedition/"


def press(page, role, name):
    """Press Enter on what has a name, as somebody who got there with Tab."""
    target = page.get_by_role(role, name=name, exact=True)
    target.focus()
    expect(target).to_be_focused()
    target.press("Enter")


def test_an_entry_is_moved_and_put_on_the_site_by_keyboard(visitor, house):
    staff, reader = visitor(), visitor(width=360)
    page = staff.page
    staff.sign_in(house["editor"])
    staff.open(f"{PAGE}?menu=sheet")
    press(page, "button", "Edit the menus")
    expect(page.get_by_role("heading", name="Menu", exact=True)).to_be_visible()
    entry = page.get_by_role("link", name="Write a review /reviews/new/")
    said, preview = page.locator("[data-said]"), page.frame_locator("iframe")
    entry.focus()
    expect(entry).to_be_focused()

    for key, heard in (
        ("ArrowUp", "“Write a review” moved up."),
        ("ArrowLeft", "“Write a review” moved out of its group."),
        ("ArrowUp", "“Write a review” moved up."),
        ("ArrowRight", "“Write a review” moved into a group."),
        ("ArrowRight", "“Write a review” is in a group already. There is no third level."),
    ):
        said.evaluate("line => { line.textContent = '' }")
        page.keyboard.press(f"Alt+{key}")
        expect(said).to_have_text(heard)
        expect(entry).to_be_focused()

    words = page.get_by_label("Words in the menu")
    words.fill("Tell us your story")
    entry.focus()
    expect(entry).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(said).to_have_text("“Write a review” moved up.")
    expect(words).to_have_value("Tell us your story")
    press(page, "button", "Save")
    expect(page.get_by_text("“Tell us your story” is saved in the draft.")).to_be_visible()
    after = ["All articles", "Alcohol", "First days", "Tell us your story", "Search"]
    expect(preview.locator(".groups > li", has_text="All articles").get_by_role("link")).to_have_text(after)
    staff.check()
    page.set_viewport_size({"width": 320, "height": 800})
    staff.check()

    press(page, "button", "Put on the site")
    expect(page.get_by_text("On the site now. Visitors see the new menus.")).to_be_visible()
    staff.check()
    site_profile.expire()
    reader.open("/privacy/")
    reader.page.locator("summary").click()
    shown = reader.page.locator(".groups > li", has_text="All articles").get_by_role("link")
    expect(shown).to_have_text(after)
    reader.check()


def test_without_a_script_the_focus_comes_back_to_the_button_that_was_pressed(visitor, house):
    staff = visitor(scripts=False)
    page = staff.page
    staff.sign_in(house["manager"])
    page.goto(f"{staff.origin}{PAGE}?menu=foot")
    press(page, "button", "Edit the menus")
    down = page.get_by_role("button", name="Move down: Articles", exact=True)
    for after in (["Search", "Articles", "Reviews"], ["Search", "Reviews", "Articles"]):
        down.press("Enter")
        expect(page.locator(".tree ul").first.locator("b")).to_have_text(["What detox is like", *after])
        expect(down).to_be_focused()
