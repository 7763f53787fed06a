"""The portal of a request, on a phone that runs no scripts, from the first "received" until all is erased."""

import re

import pytest

from detoxsite.core.encryption import sealing
from intake import services
from intake.models import AnswersRevision, CallForHelp, Message
from tests.factories import make_call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def answer(call, *, by, text):
    """Store an answer by staff that the person can read."""
    message = Message(call=call, by=by)
    message.seal({"text": text})
    key = sealing.PublicKey(bytes(call.return_key))
    message.sealed_for_author = key.seal({"text": text}, message.sealing_context("sealed_for_author"))
    message.save(force_insert=True)


def press(caller, name, role="button"):
    """A page without scripts cannot be inspected from outside, so only pages with scripts are checked."""
    caller.page.get_by_role(role, name=name).first.click()
    if caller.has_scripts:
        caller.check()


def send_button(page):
    return page.get_by_role("button", name="Ask us to call", exact=True).first


def ask(caller, **fields):
    caller.page.goto(caller.origin + "/help/")
    for label, text in fields.items():
        caller.page.get_by_label(label.replace("_", " ")).fill(text)
    send_button(caller.page).click()
    return caller.page.locator(".ref:not(.code)").inner_text(), caller.page.locator(".code").inner_text()


@pytest.mark.parametrize(("width", "dark", "scripts"), [(390, False, False), (320, False, True), (1280, True, True)])
def test_from_the_code_to_erasing(visitor, house, width, dark, scripts):
    caller = visitor(width=width, scripts=scripts, dark=dark)
    caller.has_scripts, page = scripts, caller.page
    reference, code = ask(caller, Phone_number="212 555 0199", What_is_going_on="My hands shake a little.")
    assert re.fullmatch(r"(\w{4} ){3}\w{4}", code)
    page.reload()
    assert page.locator(".code").inner_text() == code

    page.get_by_role("link", name="your private page").first.click()
    assert page.title() == "Your page | Quiet Cove"
    page.get_by_label("Your number").fill(reference.lower())
    page.get_by_label("Your code").fill("2222 2222 2222 2222")
    press(caller, "Open my page")
    assert "do not match" in page.locator("#problems").inner_text()
    page.get_by_label("Your code").fill(code.replace(" ", "-").lower())
    press(caller, "Open my page")
    assert page.url == caller.origin + "/help/own/page/"
    press(caller, "Who looked at my request", "link")
    assert "Nobody has opened it yet." in page.locator("main").inner_text()
    press(caller, "Back to your page", "link")
    assert "My hands shake a little." in page.locator(".answers").inner_text()

    press(caller, "Change how and when we reach you", role="link")
    page.get_by_label("Night, 10 to 6").check()
    page.get_by_label("Leave a voicemail").check()
    press(caller, "Save changes")
    assert "Saved." in page.get_by_role("status").inner_text()
    assert "Night, 10 to 6" in page.locator(".answers").inner_text()
    assert AnswersRevision.objects.get().payload == {"leave": ["voicemail"], "times": ["night"]}

    call = CallForHelp.objects.get()
    services.record_attempt(call.pk, by=house["admissions"], outcome="no_answer", unsafe="They asked us to.")
    page.get_by_role("textbox", name="Write to us").fill("Can I bring my dog? 🐕")
    press(caller, "Send to our staff")
    answer(call, by=house["admissions"], text="No, but we know a good kennel.")
    press(caller, "Check for updates", role="link")
    thread = page.locator(".thread").inner_text()
    assert "We tried, and nobody picked up." in thread
    assert thread.index("Can I bring my dog? 🐕") < thread.index("No, but we know a good kennel.")

    press(caller, "Cancel my request", role="link")
    press(caller, "Yes, cancel my request")
    assert "Nobody will call." in page.get_by_role("status").inner_text()
    page.get_by_role("textbox", name="Write to us").fill("I was afraid. Please call.")
    press(caller, "Send to our staff")
    assert CallForHelp.objects.get().status == "new"

    press(caller, "Erase my request", role="link")
    press(caller, "Yes, erase it for good")
    assert page.get_by_role("heading", level=1).inner_text() == "Your request is erased"
    assert page.context.cookies(caller.origin + "/help/own/") == []
    assert CallForHelp.objects.get().erased_at
    page.go_back()
    assert "My hands" not in page.content()


def test_crisis_steps_come_first_and_never_in_the_way(visitor, house):
    caller = visitor(width=390)
    ask(caller, Phone_number="212 555 0199", What_is_going_on="He is not breathing, his lips are blue")

    caller.check()
    first = caller.page.locator(".first")
    assert first.bounding_box()["y"] < caller.page.get_by_role("heading", level=1).bounding_box()["y"]
    assert caller.page.get_by_role("link", name="Call 911 now").get_attribute("href") == "tel:911"
    assert caller.page.locator(".code").is_visible()


def test_the_printed_page_has_number_and_code_on_its_first_sheet(visitor, house, tmp_path):
    caller = visitor(width=800)
    ask(caller, Phone_number="212 555 0199")

    caller.page.emulate_media(media="print")
    box = caller.page.locator(".code").bounding_box()

    assert box["y"] + box["height"] < 900
    assert caller.page.locator(".bar").is_hidden()


def test_a_manager_sees_what_is_due_and_adds_a_consent_text(visitor, house):
    from django.utils import timezone

    now = timezone.now()
    for outcome in ("not_reached", "spam", "spam"):
        make_call(
            status="closed",
            outcome=outcome,
            closed_at=now - timezone.timedelta(days=400),
            warning_count=2,
            warning_sent_at=now - timezone.timedelta(days=9),
        )
    manager = visitor(width=390)
    manager.sign_in(house["manager"])

    manager.click("requests ready to erase, after your approval", role="link")
    assert "This cannot be undone." in manager.page.content()
    manager.click("Erase 3 requests for good")
    assert "Approved: 3 requests." in manager.page.content()
    manager.open("/admin/detoxsite/consenttext/add/")
    manager.page.get_by_label("Body").fill("You ask us to call you.")
    manager.page.get_by_label("Approved by").fill("Counsel")
    manager.click("Save", exact=True)
    manager.open("/help/")
    assert "You ask us to call you." in manager.page.locator(".consent").inner_text()
    for path in ("reading", "disclosure", "consenttext", "erasure_batch"):
        manager.open(f"/admin/intake/{path}/")
