"""The article admin in Chromium: nothing typed is lost, nothing is overwritten unseen, nothing unsafe is signed."""

import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from articles import services
from articles.models import (
    DraftAutosave,
    Edition,
    EditionEvent,
    State,
    Text,
    blocks_of,
)
from detoxsite.core import site_profile
from tests.browser.conftest import after_timers
from tests.factories import make_draft, make_live, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CALM = "<p>Ask a nurse before you change anything. Nobody here will judge you.</p>"


def open_draft(person, draft):
    """Open the draft's form and wait until the editor is ready and the first presence ping was answered."""
    with person.page.expect_response(lambda answer: answer.url.endswith("/work/")):
        person.open(f"/admin/articles/edition/{draft.pk}/change/")
    return person.page


def write(page, text):
    """Type at the end of the first text block and wait until the autosave."""
    page.get_by_role("textbox", name="Body").first.click()
    page.keyboard.press("Control+End")
    with page.expect_response(lambda answer: text.strip()[-8:] in (answer.request.post_data or "")):
        page.keyboard.type(text)


def save(page):
    with page.expect_navigation():  # the script of the autosave sends the form
        page.get_by_role("button", name="Save and continue editing").click()


STOP_ONCE = """() => {
  const stop = (event) => {
    if (event.defaultPrevented) return; // the autosave asks the server first
    event.preventDefault();
    document.removeEventListener("submit", stop);
    event.target.dataset.stopped = "";
  };
  document.addEventListener("submit", stop);
}"""


def test_unsaved_text_is_offered_after_the_window_was_closed(visitor, house):
    draft = make_draft(CALM, created_by=house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    page.evaluate(STOP_ONCE)
    page.get_by_role("button", name="Save and continue editing").click()
    page.locator("form[data-stopped]").wait_for()  # the autosave goes on
    write(page, " Sleep comes back.")
    with page.expect_response(lambda answer: '"Sleep"' in (answer.request.post_data or "")):
        page.get_by_label("Title").first.fill("Sleep")
    page.close(run_before_unload=False)

    editor.page = editor.page.context.new_page()
    page = open_draft(editor, draft)
    assert page.get_by_label("Title").first.input_value() == draft.title
    page.get_by_role("button", name="Restore").click()
    page.wait_for_selector("text=This is your restored draft.")
    assert page.get_by_label("Title").first.input_value() == "Sleep"
    page.locator(".ProseMirror", has_text="Sleep comes back.").wait_for()
    save(page)

    assert "Sleep comes back." in blocks_of(draft)[0].body
    assert not DraftAutosave.objects.filter(form_data__isnull=False).exists()


def test_a_new_article_is_autosaved_before_its_first_save(visitor, house):
    editor = visitor()
    editor.sign_in(house["editor"])
    editor.open("/admin/articles/edition/add/")
    page = editor.page
    after_timers(page, 600)  # the autosave begins 600 ms after the page has loaded
    page.get_by_label("Title").first.fill("Not saved yet")
    write(page, "A new text.")

    page.reload()
    page.get_by_role("button", name="Restore").click()
    page.wait_for_selector("text=This is your restored draft.")

    assert page.get_by_label("Title").first.input_value() == "Not saved yet"
    assert "A new text." in page.get_by_role("textbox", name="Body").first.inner_text()
    assert not Edition.objects.exists()


def test_an_expired_session_loses_no_text(visitor, house):
    draft = make_draft(CALM, created_by=house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    Session.objects.all().delete()
    editor.watching = False  # the browser reports the refused requests

    box = page.get_by_role("textbox", name="Body").first
    box.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" The third day is better.")
    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_selector("text=Not saved: the server cannot be reached, or you are signed out.")

    second = visitor()
    second.page.close()
    second.page = page.context.new_page()
    second.watching = False
    second.sign_in_with_password(house["editor"])
    second.page.close()
    save(page)

    assert "The third day is better." in blocks_of(draft)[0].body


def test_while_the_server_cannot_be_reached_the_browser_keeps_the_text(visitor, house):
    draft = make_draft(CALM, created_by=house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    editor.watching = False  # the browser reports the requests that fail

    page.context.set_offline(True)
    page.get_by_label("Title").first.fill("Typed in the dark")
    page.wait_for_selector("text=Your typing is kept in this browser.")
    page.route("**/work/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="Restore").click()
    page.wait_for_selector("text=This is your restored draft.")

    assert page.get_by_label("Title").first.input_value() == "Typed in the dark"
    assert not DraftAutosave.objects.filter(form_data__isnull=False).exists()


def test_two_people_with_one_draft_see_each_other_and_both_texts(visitor, house):
    draft = make_draft(CALM, created_by=house["editor"])
    first, second = visitor(), visitor()
    first.sign_in(house["editor"])
    one = open_draft(first, draft)
    second.sign_in(house["manager"])
    two = open_draft(second, draft)
    assert "Editor has this open too." in two.locator("[data-others]").inner_text()

    write(one, " Eat when you can.")
    save(one)
    write(two, " Drink water.")
    save(two)
    second.check()

    compared = two.locator(".overtaken .compared").inner_text()
    assert "Eat when you can." in compared
    assert "Drink water." in compared
    assert "Drink water." not in blocks_of(draft)[0].body
    assert "Drink water." in two.get_by_role("textbox", name="Body").first.inner_text()

    save(two)
    assert "Drink water." in blocks_of(draft)[0].body


def test_findings_block_a_text_until_it_is_fixed_and_the_old_page_stays_until_the_new_one_is_due(visitor, house):
    live = make_live("<p>Old words, still good.</p>", title="Sleep in detox", slug="sleep", author=make_person())
    editor = visitor()
    editor.sign_in(house["editor"])
    editor.open("/admin/articles/edition/")
    editor.click("Edit Sleep in detox")
    draft = Edition.objects.get(state=State.DRAFT)
    page = open_draft(editor, draft)

    write(page, " We guarantee that every addict sleeps.")
    page.wait_for_selector(".findings.red li")
    assert "guarantee" in page.locator(".findings.red").inner_text()
    save(page)
    editor.click("Send for review")
    assert "Fix 1 red finding first" in page.locator(".messagelist").inner_text()
    assert Edition.objects.get(pk=draft.pk).state == State.DRAFT

    page = open_draft(editor, draft)
    box = page.get_by_role("textbox", name="Body").first
    box.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    write(page, "Many people with addiction sleep badly at first. Sleep comes back.")
    page.get_by_label("What changed").fill("How sleep comes back.")
    save(page)
    editor.click("Send for review")

    assert "Sent for review." in page.locator(".messagelist").inner_text()

    clinician = visitor()
    clinician.sign_in(house["clinician"])
    clinician.click("article to sign off", role="link")
    clinician.click("Sleep in detox", role="link")
    clinician.open(f"/admin/articles/edition/{draft.pk}/compare/")
    assert "Old words, still good." in clinician.page.locator(".compared del").first.inner_text()
    clinician.open(f"/admin/articles/edition/{draft.pk}/change/")
    clinician.page.get_by_label("Requested changes").fill("Say when to ask a nurse.")
    clinician.click("Send back")

    page = open_draft(editor, draft)
    assert "Say when to ask a nurse." in page.content()
    write(page, " Ask a nurse on the third night.")
    save(page)
    editor.open(f"/admin/articles/edition/{draft.pk}/versions/")
    assert "Ask a nurse on the third night." in page.locator(".compared").inner_text()
    editor.open("/admin/my-messages/")
    editor.open(f"/admin/articles/edition/{draft.pk}/change/")
    editor.click("Send for review")

    tomorrow = timezone.localtime(timezone.now() + timezone.timedelta(days=1))
    clinician.open(f"/admin/articles/edition/{draft.pk}/change/")
    clinician.page.get_by_label("Publish at").fill(tomorrow.strftime("%Y-%m-%dT%H:%M"))
    seen = clinician.page.get_by_label("I have read the amber findings")
    if seen.count():
        seen.check()
    clinician.click("Sign off and publish")
    assert "exactly what was signed" in clinician.page.content()

    reader = visitor(width=360)
    reader.open("/articles/sleep/")
    assert "Old words, still good." in reader.page.content()
    with time_machine.travel(timezone.now() + timezone.timedelta(days=1, minutes=1)):
        site_profile.expire()
        reader.page.reload()  # their browser may keep the old page for five seconds
        reader.check()
        assert "Ask a nurse on the third night." in reader.page.content()
    assert services.is_as_signed(Edition.objects.get(pk=draft.pk))
    assert live.events.count() == 0
    kinds = list(draft.events.order_by("at").exclude(kind=EditionEvent.Kind.SAVED).values_list("kind", flat=True))
    assert kinds == ["started", "submitted", "sent_back", "submitted", "signed_off"]


def test_a_false_alarm_is_waived_beside_the_text(visitor, house):
    draft = make_draft("<p>No detox can guarantee anything. We guarantee quiet rooms.</p>", created_by=house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    finding = page.locator(".findings.red li").first
    finding.get_by_text("False alarm?").click()
    finding.get_by_label("Reason").fill("It is about rooms, not about recovery.")
    finding.get_by_role("button", name="Mark as a false alarm").click()
    page.wait_for_selector("text=1 marked as a false alarm")

    editor.open(f"/admin/articles/edition/{draft.pk}/change/")
    editor.click("Send for review")
    assert Edition.objects.get().state == State.IN_REVIEW
    editor.open(f"/admin/articles/edition/{draft.pk}/history/")
    assert "It is about rooms, not about recovery." in page.content()


def test_a_colleague_without_an_account_reads_a_draft_by_a_link_that_ends(visitor, house):
    draft = make_draft(CALM, created_by=house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    editor.open(f"/admin/articles/edition/{draft.pk}/change/")
    editor.click("Create a share link")
    link = re.search(r"http\S+/articles/shown/\S+/", editor.page.locator(".messagelist").inner_text())[0]

    colleague = visitor(width=360)
    colleague.open(link.removeprefix(colleague.origin))
    assert "Nobody here will judge you." in colleague.page.content()
    with time_machine.travel(timezone.now() + timezone.timedelta(days=7, minutes=1)):
        colleague.page.goto(link)
        assert "Nobody here will judge you." not in colleague.page.content()


def test_the_page_can_be_seen_as_it_was_on_a_given_day(visitor, house):
    old = make_live("<p>Old words.</p>", slug="sleep", title="Sleep as it was")
    make_live("<p>New words.</p>", article=old.article, title="Sleep as it is")
    compliance = visitor(width=390)
    compliance.sign_in(house["clinician"])
    compliance.open(f"/admin/articles/edition/{old.pk}/then/")
    compliance.page.get_by_label("as readers saw it on").fill(timezone.localdate().isoformat())
    compliance.click("Show", exact=True)
    compliance.page.locator(".timeline a").first.click()
    assert "Old words." in compliance.page.content()
    assert Text.objects.count() == 2
