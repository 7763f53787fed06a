"""The job of the first page: a draft of the default blocks, and a quotation more."""

from playwright.sync_api import expect

from .staff import Staff

QUOTE = ("You do not have to be ready. You can ask us one question and hang up.", "Maya Ortiz, RN (sample quotation)")


def compose_first_page(editor: Staff, clinician: Staff) -> None:
    with editor.job("first page: a block more than the default"):
        editor.open_list("articles/edition/")
        editor.link("First page")
        editor.choose(editor.page.locator("#id_author"), "Maya Ortiz")
        editor.button("Start a draft")
        row = editor.add_block("Pull quote", "pullquote")
        editor.fill(row.locator("[name$=-quote]"), QUOTE[0])
        editor.fill(row.locator("[name$=-attribution]"), QUOTE[1])
        editor.button("Save and continue editing")
        title = editor.page.locator("#id_title").input_value()
        editor.button("Send for review")
        editor.told("Sent for review")
    with clinician.job("first page: read and signed off"):
        clinician.open_list("")
        clinician.follow(clinician.page.locator('a[href*="status=in_review"]', has_text="page").first)
        clinician.link(title)
        seen = clinician.page.get_by_label("I have read the amber findings")
        if seen.count():
            clinician.check(seen)
        clinician.button("Sign off and publish")
        clinician.told("Signed off under your name.")


def see_first_page(page, origin: str) -> None:
    page.goto(origin)
    page.reload()  # finished pages begin anew within a second
    expect(page.get_by_text(QUOTE[0])).to_be_visible()
