"""A finding of the editorial checks leads to its words: in the editor, and on the clinician's page."""

import pytest
from playwright.sync_api import expect

from articles.models import Callout, KeyFacts, PullQuote, Source
from tests.browser.conftest import after_timers
from tests.browser.test_admin import open_draft, save
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SELECTED = """() => {
  const field = document.activeElement;
  if (field.value === undefined) return getSelection().toString();
  return field.value.slice(field.selectionStart, field.selectionEnd);
}"""
SEEN = """() => {
  const field = document.activeElement;
  const box = (field.value === undefined ? getSelection().getRangeAt(0) : field).getBoundingClientRect();
  return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
}"""


def press(page, words, *, nth=0, key="Enter"):
    """Press a finding with the keyboard, and return what is selected then, after the editor has taken notice."""
    link = page.locator("[data-findings] a[data-finding]", has_text=words).nth(nth)
    link.focus()
    page.keyboard.press(key)
    after_timers(page, 150)
    return page.evaluate(SELECTED)


def step(page, key):
    """Press a key that leads to another finding, wherever the cursor is; return what is selected, and where."""
    page.keyboard.press(key)
    after_timers(page, 150)
    return page.evaluate(SELECTED), focused(page)


def focused(page):
    return page.evaluate("document.activeElement.closest('[id]').id || document.activeElement.name")


def block_of_focus(page):
    return page.evaluate("document.activeElement.closest('.blk, .inline-related')?.id")


def test_a_finding_pressed_selects_its_words_in_the_editor(visitor, house):
    filler = "<p>Rest, eat, and drink water.</p>" * 25
    draft = make_draft(
        f"<h2>Days</h2>{filler}<p>We guarantee calm.</p>",
        title="What an addict can expect",
        blocks=(
            Callout(ordering=20, tone="note", title="For the drunk", body="<p>We guarantee&nbsp;calm. Ask us.</p>"),
            KeyFacts(ordering=30, title="Facts", rows="Rooms | Quiet\nWho comes | Any junkie"),
            PullQuote(ordering=40, quote="It helped.", attribution="A former addict"),
        ),
        created_by=house["editor"],
    )
    for number, title in ((1, "Study one"), (2, "Study two")):
        Source.objects.create(edition=draft, position=number, title=title, container="JAMA", year=2025)
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    page.get_by_role("textbox", name="Body").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("Many alco")
    page.keyboard.press("Control+b")
    page.keyboard.type("holics")
    page.keyboard.press("Control+b")
    page.keyboard.insert_text(" sl\u00adeep badly.\u00a0")
    with page.expect_response(lambda answer: "badly" in (answer.request.post_data or "")):
        page.keyboard.type("Ask a nurse.")
    page.wait_for_selector("[data-findings] a:has-text('alcoholics')")

    assert press(page, "alcoholics") == "alcoholics"
    assert block_of_focus(page) == "articles_text_set-0"
    assert page.evaluate(SEEN)
    page.keyboard.press("ArrowRight")
    page.keyboard.type(" who rest")
    assert "alcoholics who rest sl" in page.get_by_role("textbox", name="Body").first.inner_text()

    assert press(page, "We guarantee calm", nth=0) == "guarantee"
    assert block_of_focus(page) == "articles_text_set-0"
    assert press(page, "We guarantee calm", nth=1) == "guarantee"
    assert block_of_focus(page) == "articles_callout_set-0"
    assert page.evaluate(SEEN)
    assert press(page, "What an addict") == "addict"
    assert focused(page) == "id_title"
    assert press(page, "For the drunk") == "drunk"
    assert focused(page) == "id_articles_callout_set-0-title"
    assert press(page, "Any junkie") == "junkie"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Row 2, fact"
    assert press(page, "[2] Study two") == "Study two"
    assert focused(page) == "id_sources-1-title"

    found = page.locator("[data-findings] a[data-finding]")
    expect(found).to_have_count(8)
    steps = [step(page, "F8") for _ in range(8)]
    assert len(set(steps)) == 8
    assert (step(page, "F8"), step(page, "Shift+F8")) == (steps[0], steps[-1])

    page.locator("#id_title").fill("What people can expect")
    page.locator("[data-findings] a[data-finding]", has_text="What an addict").click()
    assert page.get_by_text("These words are not in this part of the form.").is_visible()
    assert focused(page) == "id_title"


def test_a_finding_on_a_phone_is_found_by_touch_and_by_mouse(visitor, house):
    draft = make_draft("<p>One addict.</p><p>Two.</p><p>One addict.</p>", created_by=house["editor"])
    editor = visitor(width=360)
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    links = page.locator("[data-findings] a[data-finding]", has_text="One addict.")
    links.nth(1).click()
    after_timers(page, 150)

    assert page.evaluate(SELECTED) == "addict"
    assert page.evaluate("getSelection().anchorNode.parentElement.previousElementSibling.textContent") == "Two."
    assert page.evaluate(SEEN)
    editor.check()


def test_the_second_round_shows_the_note_and_the_change_first(visitor, house):
    filler = "<p>Rest, eat, and drink water.</p>" * 25
    draft = make_draft(
        f"{filler}<p>You can stop on your own.</p><p>Many <strong>alco</strong>holics sl\u00adeep badly.</p>",
        title="Sleep",
        created_by=house["editor"],
    )
    path = f"/admin/articles/edition/{draft.pk}/change/"
    editor, clinician = visitor(), visitor(width=360, dark=True)
    editor.sign_in(house["editor"])
    clinician.sign_in(house["clinician"])
    open_draft(editor, draft)
    editor.click("Send for review")

    clinician.open(path)
    assert not clinician.page.get_by_text("What changed since").count()
    clinician.page.get_by_label("Requested changes").fill("Say who should not stop alone.")
    clinician.click("Send back")

    page = open_draft(editor, draft)
    note = page.get_by_role("region", name="Requested changes")
    assert "Say who should not stop alone." in note.inner_text()
    assert note.bounding_box()["y"] < page.locator("#id_title").bounding_box()["y"]
    page.get_by_role("textbox", name="Body").first.click()
    page.keyboard.press("Control+End")
    with page.expect_response(lambda answer: "doctor" in (answer.request.post_data or "")):
        page.keyboard.type(" Ask a doctor first.")
    save(page)
    editor.click("Send for review")

    clinician.open("/admin/articles/edition/?status=in_review")
    assert "Round 2: sent back by you on" in clinician.page.locator("#result_list").inner_text()
    clinician.click("Sleep", role="link")
    page = clinician.page
    assert "Say who should not stop alone." in page.get_by_role("region", name="Review, round 2").inner_text()
    assert page.locator(".changed ins").all_inner_texts() == [" Ask a doctor first."]
    tops = [page.locator(part).bounding_box()["y"] for part in (".note", ".new-words", ".as-read", ".words")]
    assert tops == sorted(tops)
    in_page = page.frame_locator(".as-read iframe").locator("a.to-changes")
    note = page.locator("[name=send-back-note]")
    note.fill("Not yet.")
    assert "_changelist_filters" in page.url  # where the link back, which has only the path, would load the page anew
    page.locator(".changed .kind a").press("Enter")
    expect(in_page).to_be_focused()
    in_page.press("Enter")
    expect(page.locator("#changed-1")).to_be_focused()
    expect(note).to_have_value("Not yet.")

    without_scripts = visitor(width=360, scripts=False)
    without_scripts.page.context.add_cookies(page.context.cookies())
    without_scripts.page.goto(page.url)
    for view in (page, without_scripts.page):
        view.locator("[data-findings] a", has_text="alcoholics").press("Enter")
        assert view.locator("mark:target").inner_text() == "alco**holics"
        assert view.evaluate("document.activeElement === document.querySelector(':target')")
        assert 0 <= view.locator("mark:target").bounding_box()["y"] < 800
    clinician.check()
    clinician.click("In the preview", role="link")
    assert clinician.page.locator("mark:target").inner_text() == "alco"
