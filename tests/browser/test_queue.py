"""The queue in real Chromium: a nurse on a phone, keys alone on a desktop, two people at one request."""

import os

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from intake import services
from intake.casework import contact_plan
from intake.models import AccessLogEntry, CallForHelp, ContactAttempt
from intake.records import open_pages
from tests.browser.conftest import CALLED_OFFLINE, PASSWORD
from tests.factories import make_call, make_user
from tests.intake.casework.test_contact_plan import attempt, save_plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUEUE = "/admin/intake/callforhelp/"


def url(call):
    return f"{QUEUE}{call.pk}/change/"


def test_a_nurse_with_a_thumb_from_the_queue_to_the_end(visitor, house):
    call = make_call(name="Sam", story="He had a seizure last night.", substances=["alcohol"], recent="yes")
    not_now = "morning" if contact_plan.is_within_hours(["night"]) else "night"
    for minutes in (20, 30, 40, 50):
        waiting = {
            "created_at": timezone.now() - timezone.timedelta(minutes=minutes),
            "phone": f"(212) 555-01{minutes}",
        }
        make_call(substances=["opioids"], recent="yes", times=[not_now], language="es", **waiting)
    following = make_call(phone="(212) 555-0160")
    nurse = visitor(width=390, dark=True, touch=True)
    nurse.page.set_viewport_size({"width": 390, "height": 844})
    nurse.sign_in(house["admissions"])
    nurse.open(QUEUE)
    page = nurse.page
    assert page.locator(".queue .mono").first.inner_text() == call.reference
    assert page.locator(".queue .mono").nth(1).inner_text() == following.reference, "it can be called now"
    fifth, thumbs = page.locator(".queue > li").nth(4).bounding_box(), page.locator(".thumbs").bounding_box()
    assert page.locator(".queue > li").first.bounding_box()["height"] >= 44
    assert fifth["y"] + fifth["height"] <= thumbs["y"], "five requests can be seen at a time"
    _picture(page, "five-390-dark")

    page.get_by_role("link", name=call.reference).tap()
    page.wait_for_url("**/change/")
    bar = page.get_by_role("navigation", name="Shortcuts")
    expect(bar.get_by_role("button", name="Call", exact=True)).to_be_in_viewport()
    assert [one.bounding_box()["height"] >= 44 for one in bar.locator("> *").all()] == [True] * 4
    page.locator("#act-contact").get_by_label("Note for colleagues").fill("Rang twice.")
    bar.get_by_role("button", name="I am calling").tap()
    expect(page.get_by_role("heading", name="Yours until")).to_be_focused()
    expect(page.get_by_role("button", name="I am calling")).to_have_count(0)
    expect(page.locator(".status")).to_contain_text("Admissions is calling")
    expect(bar.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+12125550123")
    expect(page.locator("#act-contact").get_by_label("Note for colleagues")).to_have_value("Rang twice.")
    nurse.check()

    contact = page.locator("#act-contact")
    contact.get_by_label("How").select_option("voicemail")
    contact.get_by_label("Result").select_option("safe_message")
    nurse.click("Save this attempt")
    assert "Do not leave a voicemail." in page.inner_text("body")
    assert page.locator("#act-contact").get_by_label("Note for colleagues").input_value() == "Rang twice."
    page.locator("#act-contact").get_by_label("Reason to go against").fill("He asked for it when he rang us.")
    nurse.click("Save this attempt")
    page.locator("#act-contact").get_by_label("Result").select_option("reached")
    nurse.click("Save this attempt")
    page.locator("#act-close").get_by_label("How did it end?").select_option("admitted")
    nurse.click("Close this request")
    bar.get_by_role("link", name="Next").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text(following.reference)
    expect(bar.get_by_role("button", name="Call", exact=True)).to_be_visible()

    call.refresh_from_db()
    assert (call.status, call.outcome) == ("closed", "admitted")
    assert [contact.payload["unsafe"] for contact in call.contact_attempts.all()] == [
        "He asked for it when he rang us.",
        "",
    ]
    assert AccessLogEntry.objects.filter(call=call).count() == 1


CALLED = """() => {
    window.called = [];
    window.addEventListener("click", (event) => {
        const link = event.target.closest("a.dial");
        if (!link || event.defaultPrevented) return;
        event.preventDefault();
        window.called.push(link.getAttribute("href"));
    });
}"""


def test_a_call_claims_before_it_dials_and_does_not_dial_what_a_colleague_took(visitor, house):
    call, taken = make_call(phone="(212) 555-0123"), make_call(phone="(212) 555-0199")
    nurse = visitor()
    nurse.sign_in(house["admissions"])
    page = nurse.page
    nurse.open(url(call))
    page.evaluate(CALLED)
    page.get_by_role("button", name="Call (212) 555-0123").click()
    expect(page.get_by_role("heading", name="Yours until")).to_be_visible()
    page.wait_for_function("called.length === 1")
    assert page.evaluate("called") == ["tel:+12125550123"]
    call.refresh_from_db()
    assert call.claimed_by == house["admissions"]

    services.release(call.pk, by=house["admissions"])
    services.claim(call.pk, by=house["manager"])
    page.get_by_role("link", name="Call (212) 555-0123").click()  # again: it asks first
    expect(page.get_by_role("heading", name="Manager is calling")).to_be_focused()
    assert page.evaluate("called") == ["tel:+12125550123"]

    nurse.open(url(taken))
    page.evaluate(CALLED)
    services.claim(taken.pk, by=house["manager"])
    page.get_by_role("button", name="Call (212) 555-0199").click()
    expect(page.get_by_role("heading", name="Manager is calling")).to_be_focused()
    expect(page.locator("[data-said]")).to_contain_text("Manager already has it.")
    assert page.evaluate("called") == []

    nurse.open(url(make_call(phone="", email="sam@example.org")))
    page.evaluate(CALLED)
    page.get_by_role("button", name="Email sam@example.org").click()
    expect(page.get_by_role("heading", name="Yours until")).to_be_visible()
    page.wait_for_function("called.length === 1")
    assert page.evaluate("called[0]").startswith("mailto:sam@example.org?")
    nurse.check()


def test_a_page_opened_before_the_plan_changed_dials_no_more(visitor, house):
    not_now = "morning" if contact_plan.is_within_hours(["night"]) else "night"
    call = make_call(phone="(212) 555-0123")
    nurse = visitor()
    nurse.sign_in(house["admissions"])
    page = nurse.page
    nurse.open(url(call))
    page.evaluate(CALLED)
    save_plan(call, house["manager"], hours=[not_now])
    page.get_by_role("button", name="Call (212) 555-0123").click()
    expect(page.locator("[data-said]")).to_contain_text("Not dialed: the contact plan or the number has changed.")
    assert page.evaluate("called") == []

    services.release(call.pk, by=house["admissions"])
    nurse.open(url(call))
    reason = page.locator("#act-dial").get_by_label("Why does it have to be now?")
    reason.fill("She may be dying.")
    page.get_by_role("button", name="I am calling").click()
    expect(page.get_by_role("heading", name="Yours until")).to_be_focused()
    expect(reason).to_have_value("She may be dying.")
    nurse.click("Call anyway")
    page.evaluate(CALLED)
    page.get_by_role("link", name="Call (212) 555-0123").click()
    assert page.evaluate("called") == ["tel:+12125550123"]


def test_nothing_is_lost_by_a_double_tap_the_back_button_or_a_session_that_is_gone(visitor, house):
    call = make_call(phone="(212) 555-0123")
    nurse = visitor(width=390, touch=True)
    nurse.sign_in(house["admissions"])
    page, bar = nurse.page, nurse.page.get_by_role("navigation", name="Shortcuts")
    contact, note = page.locator("#act-contact"), page.locator("#act-contact").get_by_label("Note for colleagues")
    nurse.open(QUEUE)
    nurse.open(url(call))
    page.evaluate(CALLED)
    bar.get_by_role("button", name="Call", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Yours until")).to_be_visible()
    page.wait_for_function("called.length > 0")
    assert page.evaluate("called") == ["tel:+12125550123"], "two taps dial once"

    contact.get_by_label("Result").select_option("no_answer")
    note.fill("Rang twice, then a machine.")
    contact.get_by_role("button", name="Save this attempt").dblclick()
    expect(page.get_by_role("listitem").filter(has_text="Attempt saved.")).to_have_count(1)
    expect(page.get_by_role("heading", name="Attempts: 1 of 5")).to_be_visible()
    page.go_back()
    page.go_forward()
    expect(page.get_by_role("heading", name="Attempts: 1 of 5")).to_be_visible()
    assert ContactAttempt.objects.count() == 1

    contact.get_by_label("Result").select_option("no_answer")
    note.fill("She asked us to call after six.")
    page.context.set_offline(True)
    contact.get_by_role("button", name="Save this attempt").click()
    expect(contact.get_by_role("alert")).to_contain_text("Not sent: this device has no connection.")
    page.context.set_offline(False)
    expect(contact.get_by_role("alert")).to_have_count(0)
    Session.objects.all().delete()
    bar.get_by_role("button", name="I am calling").tap()
    expect(page.locator("[data-said]")).to_contain_text("you are signed out")
    expect(note).to_have_value("She asked us to call after six.")
    page.evaluate(CALLED_OFFLINE)
    contact.get_by_role("button", name="Save this attempt").click()
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    assert page.get_by_label("contact-note").input_value() == "She asked us to call after six."


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1280, False), (1280, True), (320, False)])
def test_the_queue_at_every_width_and_in_dark_mode(visitor, house, width, dark):
    call = make_call(
        name="Sam",
        email="somebody.with.a.long.address@subdomain.example.org",
        whom="other",
        language="es",
        leave=["voicemail", "text"],
        times=["evening", "night"],
        story="My brother took too much. " * 12,
        substances=["opioids"],
        recent="yes",
        created_at=timezone.now() - timezone.timedelta(minutes=17),
    )
    make_call(is_quarantined=True)
    make_call(created_at=timezone.now() - timezone.timedelta(hours=30))
    attempt(call, "no_answer", by=house["manager"])
    save_plan(call, house["manager"], voicemail=True, hours=["evening"], never="His job.", say="Only his sister.")
    open_pages.record_view(call, by=house["manager"])
    nurse = visitor(width=width, dark=dark)
    nurse.sign_in(house["admissions"])
    for path in ("/admin/", QUEUE, f"{QUEUE}?queue=spam", f"{QUEUE}enter/", url(call)):
        nurse.open(path)
        name = path.strip("/").replace("/", "_").replace("?", "_")[-12:]
        _picture(nurse.page, f"{name}-{width}{'-dark' if dark else ''}")


def _picture(page, name):
    """Save a screenshot for people to look at, if PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_the_front_desk_opens_a_request_in_an_emergency(visitor, house):
    call = make_call(name="Sam", story="He had a seizure last night.")
    desk = visitor(width=390)
    desk.sign_in(make_user("front_desk"))
    desk.open(url(call))
    assert "seizure" not in desk.page.inner_text("body")
    desk.page.locator("summary", has_text="Open in an emergency").click()
    desk.page.locator("#act-break-glass").get_by_label("Reason").fill("He does not pick up")
    desk.click("Open in an emergency")

    assert "He had a seizure last night." in desk.page.inner_text("body")
    desk.page.locator("summary", has_text="before now").click()
    assert "Opened in an emergency" in desk.page.locator("[aria-labelledby=readers_title]").inner_text()
    desk.check()


def test_searching_puts_nothing_into_the_address(visitor, house):
    call = make_call(phone="(212) 555-0199")
    make_call()
    nurse = visitor(width=390)
    nurse.sign_in(house["admissions"])
    nurse.open(QUEUE)
    nurse.page.get_by_label("Phone, email or reference").fill("212 555 0199")
    nurse.click("Find", exact=True)

    assert nurse.page.locator(".queue .mono").all_inner_texts() == [call.reference]
    assert nurse.page.url == nurse.origin + QUEUE
    nurse.page.get_by_label("Phone, email or reference").fill("555")
    nurse.click("Find", exact=True)
    assert "0 found" in nurse.page.inner_text("body")


def test_the_queue_works_with_the_keyboard_alone(visitor, house):
    call = make_call(name="Sam")
    nurse = visitor()
    nurse.sign_in(house["admissions"])
    nurse.open(QUEUE)
    page = nurse.page

    _go(page, f"document.activeElement.textContent.includes('{call.reference}')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    _go(page, "document.activeElement.matches('#act-claim .quiet')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Claimed for ten minutes.")
    _go(page, "document.activeElement.id === 'id_contact-outcome'")
    page.keyboard.type("Reached")
    page.keyboard.press("Tab")
    page.keyboard.type("She wants to come on Monday.")
    _go(page, "document.activeElement.closest('#act-contact') && document.activeElement.type === 'submit'")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Attempt saved.")
    _go(page, "document.activeElement.id === 'id_close-outcome'")
    page.keyboard.type("Referred")
    _go(page, "document.activeElement.closest('#act-close') && document.activeElement.type === 'submit'")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Closed.")
    nurse.check()

    call.refresh_from_db()
    assert call.outcome == "referred"
    contact = ContactAttempt.objects.get()
    assert (contact.outcome, contact.payload["note"]) == ("reached", "She wants to come on Monday.")


def _go(page, there):
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"Boolean({there})"):
            return
    raise AssertionError(f"No key leads to {there}")


def test_two_people_at_one_request_see_each_other_and_no_plan_is_overwritten(visitor, house):
    call = make_call(times=["now"])
    nurse = visitor()
    nurse.sign_in(house["admissions"])
    nurse.page.clock.install()
    nurse.open(url(call))
    page = nurse.page
    page.get_by_text("Change the contact plan", exact=True).first.click()
    page.locator("#act-plan").get_by_label("What must never be mentioned").fill("the cat")

    open_pages.record_view(call, by=house["manager"])
    save_plan(call, house["manager"], never="the dog")
    with page.expect_request("**/here/") as after_typing:
        page.clock.run_for(31_000)
    page.wait_for_selector("text=Manager has this open too. This request has changed")
    with page.expect_request("**/here/") as after_nothing:
        page.clock.run_for(31_000)
    # whoever types is there, and stays signed in
    assert ["x-background" in sent.value.headers for sent in (after_typing, after_nothing)] == [False, True]
    page.locator("#act-plan").get_by_role("button", name="Change the contact plan").click()
    page.wait_for_selector("text=Two contact plans: yours is not saved")
    nurse.check()
    _picture(page, "merge-1280")
    assert "the dog" in page.inner_text(".overtaken")
    assert page.locator("#act-plan").get_by_label("What must never be mentioned").input_value() == "the cat"
    page.locator("#act-plan").get_by_role("button", name="Change the contact plan").click()
    page.wait_for_selector("text=Contact plan saved.")

    call.refresh_from_db()
    assert call.plan.payload["never"] == "the cat"


def test_the_waiting_time_keeps_counting(visitor, house):
    make_call(created_at=timezone.now() - timezone.timedelta(minutes=59))
    nurse = visitor()
    nurse.sign_in(house["admissions"])
    nurse.page.clock.install()
    nurse.open(QUEUE)
    assert nurse.page.locator("[data-clock]").inner_text() == "59 min"
    nurse.page.clock.run_for(60_000)

    assert nurse.page.locator("[data-clock]").inner_text() == "1 h 00 min"


def test_a_request_is_entered_on_a_phone(visitor, house):
    nurse = visitor(width=390)
    nurse.sign_in(house["admissions"])
    nurse.open(QUEUE)
    nurse.click("Enter a request", role="link")
    nurse.page.get_by_label("How did they ask?").select_option("walk_in")
    nurse.page.get_by_label("What is going on?").fill("She shakes since she stopped.")
    nurse.click("Save and open")
    assert "Give a phone number or an email address." in nurse.page.inner_text("body")
    assert nurse.page.get_by_label("What is going on?").input_value() == "She shakes since she stopped."
    nurse.page.get_by_label("Phone number").fill("(212) 555-0142")
    nurse.click("Save and open")

    assert nurse.page.url.endswith("/change/")
    assert CallForHelp.objects.get().channel == "walk_in"


@pytest.mark.parametrize("width", [390, 1280])
def test_one_request_can_be_printed(visitor, house, width):
    call = make_call(name="Sam", story="My brother took too much. " * 12)
    attempt(call, "no_answer", by=house["manager"])
    nurse = visitor(width=width)
    nurse.sign_in(house["admissions"])
    nurse.open(url(call))
    nurse.page.get_by_text("Print this request", exact=True).first.click()
    nurse.page.get_by_label("To whom").fill("Dr. Ruiz")
    nurse.page.get_by_label("Purpose").fill("The visit on Monday")
    nurse.click("Print", exact=True)

    assert "42 CFR part 2 prohibits" in nurse.page.inner_text("main")
    assert nurse.page.get_by_role("button", name="Print").is_visible()
    _picture(nurse.page, f"print-{width}")
    nurse.page.emulate_media(media="print")
    assert not nurse.page.get_by_role("button", name="Print").is_visible()


def test_the_queue_works_without_scripts(visitor, house):
    call = make_call(name="Sam")
    nurse = visitor(width=390, scripts=False)
    page = nurse.page
    page.goto(nurse.origin + QUEUE)
    page.get_by_label("Email").fill(house["admissions"].email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name=call.reference).click()
    page.get_by_role("button", name="Call (212) 555-0123").click()
    expect(page.get_by_role("link", name="Call (212) 555-0123")).to_have_attribute("href", "tel:+12125550123")
    expect(page.get_by_role("button", name="I am calling")).to_have_count(0)
    page.get_by_label("Result").select_option("reached")
    page.get_by_role("button", name="Save this attempt").click()

    assert ContactAttempt.objects.get().outcome == "reached"
    assert "Attempts: 1 of 5" in page.inner_text("body")


def test_while_a_colleague_calls_the_page_says_so(visitor, house):
    call = make_call()
    services.claim(call.pk, by=house["manager"])
    nurse = visitor(width=390)
    nurse.sign_in(house["admissions"])
    nurse.open(url(call))

    assert "Manager is calling" in nurse.page.inner_text("#content-main")
    assert nurse.page.get_by_role("button", name="I am calling").count() == 0


def test_an_open_queue_announces_new_requests_and_changes_only_on_reload(visitor, house):
    first = make_call()
    nurse = visitor(width=390)
    nurse.sign_in(house["admissions"])
    nurse.page.clock.install()
    nurse.open(QUEUE)
    page = nurse.page
    CallForHelp.objects.update(stored_at=timezone.now() - timezone.timedelta(minutes=5))
    second = make_call(story="He is not breathing.", phone="(212) 555-0199")
    page.clock.run_for(31_000)
    page.wait_for_selector("text=1 new request, 1 in danger.")
    nurse.check()
    _picture(page, "news-390")

    assert page.locator(".queue .mono").all_inner_texts() == [first.reference]
    nurse.click("Reload the queue.", role="link")
    assert page.locator(".queue .mono").all_inner_texts() == [second.reference, first.reference]


def test_on_a_phone_targets_are_easy_to_hit(visitor, house):
    call = make_call()
    nurse = visitor(width=390)
    nurse.sign_in(house["admissions"])
    for path, aims in (
        (QUEUE, "a.addlink"),
        (f"{QUEUE}enter/", ".act select, .act input:not([type]), .act [type=tel], .act label:has(input), summary"),
        (url(call), "summary, .act button, .act select, #act-plan label:has(input)"),
    ):
        nurse.open(path)
        nurse.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        heights = nurse.page.locator(f"main :is({aims})").evaluate_all(
            """parts => parts.filter((part) => part.checkVisibility()).map(
                (part) => [part.outerHTML.slice(0, 80), part.getBoundingClientRect().height])"""
        )
        assert heights
        assert [what for what, height in heights if height < 44] == []
