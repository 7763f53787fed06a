"""Comments in a real browser: words are selected, found again after other words changed, resolved, seen at sign-off."""

import pytest
from playwright.sync_api import expect

from articles import services
from articles.models import Comment, Edition, State
from tests.browser.test_admin import open_draft, save, write
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = "<p>Drink water at night.</p><p>Eat when you can. Rest.</p>"
SELECT = """(part, words) => {
  const text = part.firstChild, start = text.data.lastIndexOf(words);
  (part.closest(".ProseMirror") ?? part.ownerDocument.body).focus();
  part.ownerDocument.getSelection().setBaseAndExtent(text, start, text, start + words.length);
}"""
MARKED = "view => [...view.CSS.highlights.get('comments')].map((range) => range.toString())"


def comment(page, text):
    """Comment on what is selected."""
    page.locator(".comment-here").click()
    form = page.get_by_role("form", name="New comment")
    expect(form.get_by_label("Comment", exact=True)).to_be_focused()
    form.get_by_label("Comment", exact=True).fill(text)
    form.get_by_role("button", name="Save comment").click()
    expect(page.locator("[data-thread]", has_text=text)).to_be_visible()


def test_a_comment_leads_to_its_words_until_it_is_signed_off(visitor, house):
    draft = make_draft(BODY, title="Nights", created_by=house["editor"], state=State.IN_REVIEW)
    editor, clinician = visitor(), visitor()
    editor.sign_in(house["editor"])
    clinician.sign_in(house["clinician"])
    fingerprint = services.sign_off_fingerprint(draft)

    clinician.open(f"/admin/articles/edition/{draft.pk}/change/")
    frame = clinician.page.frame_locator("[data-comment-page]")
    frame.locator("p", has_text="Eat when you can.").evaluate(SELECT, "Eat when you can")
    comment(clinician.page, "How much?")
    assert (Comment.objects.get().quote, services.sign_off_fingerprint(draft)) == ("Eat when you can", fingerprint)
    assert frame.locator("main").evaluate(f"main => ({MARKED})(main.ownerDocument.defaultView)") == ["Eat when you can"]
    clinician.check()
    clinician.click("Send back", exact=True)

    page = open_draft(editor, draft)
    write(page, " Sleep comes back.")
    page.get_by_role("link", name="1 comment open").click()  # it leads to the tab of the comments
    page.locator("[data-to-words]").click()
    assert page.evaluate("getSelection().toString()") == "Eat when you can"
    assert page.evaluate(f"({MARKED})(window)") == ["Eat when you can"]
    page.keyboard.type("Eat much")  # in place of the words
    expect(page.get_by_text("The words have changed.")).to_be_visible()
    page.keyboard.press("Control+Z")
    expect(page.get_by_text("The words have changed.")).to_be_hidden()
    page.get_by_role("tab", name="Checks").click()
    page.get_by_role("textbox", name="Body").locator("p").last.evaluate(SELECT, "Sleep")
    page.keyboard.press("Control+Alt+M")
    expect(page.get_by_role("form", name="New comment").get_by_label("Comment", exact=True)).to_be_focused()
    page.keyboard.type("After a week?")
    page.keyboard.press("Control+Shift+Enter")  # sends the text for review, but not while a comment is written
    page.get_by_role("button", name="Save comment").click()
    second = page.locator("[data-thread]", has_text="After a week?")
    expect(second).to_be_visible()
    page.locator("[data-thread]", has_text="How much?").get_by_role("button", name="Resolve").click()
    expect(page.locator("#comments .meta").first).to_have_text("1 open, 1 resolved")
    editor.check()
    save(page)
    editor.click("Send for review")
    page.get_by_text("New comment").click()
    page.get_by_label("Comment", exact=True).fill("Sent\ntoo early?")

    clinician.open(f"/admin/articles/edition/{draft.pk}/change/")
    page = clinician.page
    expect(page.locator("[data-thread]", has_text="How much?")).to_contain_text("Resolved since the last round")
    page.get_by_label("1 comment is open: I have read them and sign off anyway").check()
    clinician.click("Sign off and publish", exact=True)
    draft.refresh_from_db()
    assert draft.state == State.SIGNED_OFF
    assert services.is_as_signed(Edition.objects.get(pk=draft.pk))
    assert draft.events.get(kind="signed_off").note == "With 1 comment left open"

    page = editor.page  # here nobody has read it again since
    page.locator("[data-thread]", has_text="After a week?").get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Its comments stay as they are.")).to_be_visible()
    expect(page.locator("#comments blockquote")).to_have_text("Sent too early?", use_inner_text=True)


def test_without_scripts_words_are_typed_and_on_a_phone_nothing_is_cut_off(visitor, house):
    draft = make_draft(BODY, created_by=house["editor"], state=State.IN_REVIEW)
    clinician = visitor(width=390, scripts=False)
    clinician.page.context.add_cookies(signed_in(visitor, house["clinician"]))
    page = clinician.page
    page.goto(f"{clinician.origin}/admin/articles/edition/{draft.pk}/change/")

    bar = page.get_by_role("navigation", name="What to do")
    assert bar.get_by_role("link").all_inner_texts() == ["Read", "Comments", "Sign off", "Send back"]
    for link in bar.get_by_role("link").all():
        box = link.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 800
    page.get_by_text("New comment").click()
    page.get_by_label("The words").fill("Drink tea")
    page.get_by_label("Comment", exact=True).fill("How much?")
    page.get_by_role("button", name="Save comment").click()
    expect(page.get_by_text("These words are not there as you typed them.")).to_be_visible()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("How much?")
    page.get_by_label("The words").fill("Drink water")
    page.get_by_role("button", name="Save comment").click()
    expect(page.locator("[data-thread]")).to_contain_text("How much?")


def signed_in(visitor, user):
    person = visitor()
    person.sign_in(user)
    return person.page.context.cookies()
