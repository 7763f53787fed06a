"""Each role's job from start to end, in real Chromium."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from articles.content.default_first_page import default_blocks
from articles.models import (
    Article,
    ArticleList,
    CallToAction,
    CenterFact,
    CenterFacts,
    Costs,
    Edition,
    Kind,
    PersonCard,
    Question,
    Reviews,
    SitePart,
    Step,
    Text,
    blocks_of,
)
from detoxsite.core import site_profile
from intake.alerting import escalation
from intake.models import CallForHelp
from testimonials.models import Report, Testimonial
from testimonials.services import author
from tests.browser.test_admin import save
from tests.factories import make_draft, make_live, make_page, make_person, make_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADINGS = ["What happens first", "The second day", "Food and sleep", "Who is there", "Going home"]
SENTENCE = "Nurses look in on you by day and by night, and they change your medicine when your body asks for it. "
SIGNS = [
    "shaking hands",
    "sweating",
    "a fast heart",
    "poor sleep",
    "an upset stomach",
    "headache",
    "worry",
    "bad dreams",
]
PACK = [*("soft clothes", "slippers", "a book", "your medicine list", "insurance card", "a photo", "phone numbers"),
        *("a notebook", "toothbrush", "warm socks")]  # fmt: skip
QUOTES = [
    "I thought the second night would never end, and then somebody came in with tea and sat down and said nothing at "
    "all for a while, which was what I needed most, and when I looked up again it was getting light outside.",
    "They told me the truth about how bad it could get and how long it might last, so that when it came I knew its "
    "name, and I knew that it would pass, and I knew that somebody would be there every single hour of it.",
]


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_every_public_page_can_be_used_by_everyone(visitor, house, width, dark):
    make_live(
        "<h2>First</h2><p>Naloxone.[1]</p><table><tbody><tr><th>Day</th><td>One</td></tr></tbody></table>",
        slug="an-article",
        sources=2,
    )
    CenterFact.objects.create(group="license", name="License", value="No. 1", evidence="https://example.org/")
    page = make_page(
        blocks=[
            Step(ordering=20, label="Day 1", title="You arrive", body="<p>A nurse meets you.</p>"),
            Text(ordering=30, body="<h2>More</h2>"),
            Step(ordering=40, title="You rest"),
            Question(ordering=50, title="May I call home?", body="<p>Yes.</p>"),
            PersonCard(ordering=60, person=make_person()),
            CenterFacts(ordering=70, title="Facts you can check", group="license"),
            CallToAction(ordering=80, title="Talk to us", visit=True),
            SitePart(ordering=90, title="If it cannot wait", part="crisis"),
            ArticleList(ordering=100, title="Latest"),
            Reviews(ordering=110, title="Voices"),
            SitePart(ordering=120, title="Where we are", part="place"),
            SitePart(ordering=130, title="Topics", part="topics"),
            Costs(ordering=140, title="Cost", body="<p>Most plans pay.</p>"),
        ],
        parent=make_page("about"),
        slug="house",
    )
    reviews = [make_review("published", reply="Thank you for writing.") for _ in range(12)]
    make_review("declined")
    author.withdraw(reviews[0].pk, how="by phone")
    first = Article.objects.create(kind=Kind.HOME)
    blocks = sorted(default_blocks(site_profile.current()), key=lambda block: block.kind != "costs")
    for number, block in enumerate(blocks, 2):
        block.ordering = number * 10
    make_live("<p>What it costs comes first here.</p>", article=first, blocks=blocks)
    someone = visitor(width=width, dark=dark)

    for path in (
        *("/", "/articles/", "/articles/an-article/", "/articles/topics/alcohol/", "/search/?q=naloxone"),
        page.get_absolute_url(),
        *(f"/reviews/{reviews[0].pk}/", f"/reviews/{reviews[1].pk}/", f"/reviews/{reviews[1].pk}/tell/"),
        *(f"/reviews/?after={reviews[5].pk}", "/reviews/how/", "/reviews/told/"),
        *("/search/?q=nothing", "/reviews/", "/reviews/new/", "/reviews/sent/", "/help/", "/help/sent/"),
        *("/privacy/", "/accessibility/", "/no-such-page/", "/accounts/login/"),
    ):
        someone.open(path)
        assert someone.page.context.cookies() == [] or path == "/accounts/login/"


def test_a_reader_goes_back_to_where_they_were_and_reports_a_review(visitor, house):
    reviews = [make_review("published", words=f"These are the words of number {number}.") for number in range(25)]
    someone = visitor(width=360, scripts=False)
    someone.page.goto(f"{someone.origin}/reviews/")

    for _ in range(2):
        someone.page.get_by_role("link", name="Older reviews").click()
    assert "number 0." in someone.page.inner_text("main")
    someone.page.go_back()
    assert "number 14." in someone.page.inner_text("main")
    someone.page.get_by_role("link", name="Newer reviews").click()
    assert "number 24." in someone.page.inner_text("main")
    someone.page.get_by_role("link", name="Report this review").first.click()
    someone.page.get_by_role("button", name="Send report").click()
    assert "There is 1 thing to fix" in someone.page.inner_text("main")
    someone.page.get_by_label("It puts someone in danger").check()
    someone.page.get_by_role("button", name="Send report").click()

    assert "Thank you for telling us" in someone.page.inner_text("main")
    assert Report.objects.get().review == reviews[24]


def test_the_first_tab_stop_leads_to_the_main_content(visitor, house):
    someone = visitor()
    someone.open("/help/")

    someone.page.keyboard.press("Tab")
    someone.page.keyboard.press("Enter")

    assert someone.page.evaluate("document.activeElement.id") == "main"


def test_a_call_for_help_from_an_old_phone_to_the_nurse_who_closes_it(visitor, house):
    caller = visitor(width=320, scripts=False)
    caller.page.goto(caller.origin + "/help/")
    caller.page.get_by_label("Email address").fill("sam at example.org")
    caller.page.get_by_label("What should we call you?").fill("Sam")
    caller.page.get_by_role("button", name="Ask us to call", exact=True).first.click()
    assert caller.page.title() == "Error: Contact us | Quiet Cove"
    assert "An email address needs an @ sign" in caller.page.locator("#id_email_error").inner_text()
    assert caller.page.get_by_label("What should we call you?").input_value() == "Sam"

    caller.page.get_by_label("Email address").fill("")
    caller.page.get_by_label("Phone number").fill("212 555 0199")
    caller.page.get_by_label("Leave a voicemail").check()
    caller.page.get_by_label("What is going on?").fill("My hands shake 🙏")
    caller.page.get_by_role("button", name="Ask us to call", exact=True).last.click()
    reference = caller.page.locator(".ref:not(.code)").inner_text()
    assert caller.page.url == caller.origin + "/help/sent/"
    assert caller.page.title() == "Thank you | Quiet Cove"
    assert CallForHelp.objects.get().reference == reference

    escalation.send_due()
    [message] = mail.outbox
    assert "Sam" not in message.body
    link = re.search(r"http\S+", message.body)[0]

    nurse = visitor(width=390)
    nurse.sign_in_with_password(house["admissions"])
    assert "1 unclaimed request" in nurse.page.locator(".waiting").inner_text().replace("\n", " ")
    nurse.open("/admin/intake/callforhelp/")
    assert "212 555" not in nurse.page.content()
    nurse.open(link.removeprefix(nurse.origin))
    assert "My hands shake 🙏" in nurse.page.content()
    nurse.click("I am calling")
    expect(nurse.page.get_by_role("link", name="212 555 0199")).to_have_attribute("href", "tel:+12125550199")
    nurse.page.get_by_label("Result").select_option("Left a safe message")
    nurse.page.get_by_label("Note for colleagues").fill("First name and number only.")
    nurse.click("Save this attempt")
    nurse.page.get_by_label("How did it end?").select_option("Referred elsewhere")
    nurse.click("Close this request")
    assert CallForHelp.objects.get().status == "closed"
    nurse.click("Reopen")
    assert CallForHelp.objects.get().status == "new"


def test_back_and_send_again_is_still_one_request(visitor, house):
    caller = visitor(width=360, scripts=False)
    caller.page.goto(caller.origin + "/help/")
    send = caller.page.get_by_role("button", name="Ask us to call", exact=True).first
    caller.page.get_by_label("Phone number").fill("212 555 0199")
    send.click()
    reference = caller.page.locator(".ref:not(.code)").inner_text()

    caller.page.go_back()
    caller.page.get_by_label("Phone number").fill("212 555 0199")
    send.click()

    assert caller.page.locator(".ref:not(.code)").inner_text() == reference
    assert CallForHelp.objects.count() == 1


def test_leaving_quickly_clears_the_reference(visitor, house):
    caller = visitor(scripts=False)
    caller.page.goto(caller.origin + "/help/")
    caller.page.get_by_label("Phone number").fill("212 555 0199")
    caller.page.get_by_role("button", name="Ask us to call", exact=True).first.click()
    assert [cookie["name"] for cookie in caller.page.context.cookies()] == ["sent"]

    caller.page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="sun"))
    with caller.page.expect_request("https://www.weather.gov/**") as away:
        caller.page.get_by_role("link", name="Leave this page quickly").click()

    assert "referer" not in away.value.headers
    assert caller.page.context.cookies(caller.origin + "/help/sent/") == []


def type_article(page):
    """About 1,100 words: five headings, two lists of 8 and 10 items, two long quotations, as fast as keys go.

    Of the paragraphs, which are alike, the first is typed; the others arrive at once, as from dictation.
    """
    keys = page.keyboard
    for number, heading in enumerate(HEADINGS):
        keys.type(f"## {heading}")
        keys.press("Enter")
        for write in (keys.insert_text if number else keys.type, keys.insert_text):
            write((SENTENCE * 5).strip())
            keys.press("Enter")
        items = {0: SIGNS, 2: PACK}.get(number, [])
        if items:
            keys.type("- ")
            for item in items:
                keys.type(item)
                keys.press("Enter")
            keys.press("Enter")
        if number in {1, 3}:
            keys.type("> ")
            keys.type(QUOTES[number // 2])
            keys.press("Enter")
            keys.press("Enter")


def test_an_article_from_the_first_word_to_the_reader(visitor, house):
    editor = visitor()
    editor.sign_in_with_password(house["editor"])
    editor.open("/admin/articles/edition/add/")
    page = editor.page
    page.get_by_label("Title").first.fill("Five days and five nights")
    page.get_by_label("Summary").fill("What the first days of detox are like, told hour by hour.")
    page.get_by_label("Topic").select_option("First days")
    page.get_by_label("Written by").select_option("Wanda Writer, RN")
    box = page.get_by_role("textbox", name="Body")
    box.click()
    type_article(page)
    editor.check()
    save(page)
    editor.check()

    edition = Edition.objects.get()
    body = blocks_of(edition)[0].body
    assert re.findall(r"<h2>(.*?)</h2>", body) == HEADINGS
    assert [re.sub(r"<.*?>", "", item) for item in re.findall(r"<li>.*?</li>", body)] == SIGNS + PACK
    assert [re.sub(r"<.*?>", "", quote) for quote in re.findall(r"<blockquote>.*?</blockquote>", body)] == QUOTES
    assert "&nbsp;" not in body
    assert "\u00a0" not in body
    assert 1050 <= edition.word_count <= 1250

    editor.click("Send for review")
    clinician = visitor()
    clinician.sign_in_with_password(house["clinician"])
    clinician.click("article to sign off", role="link")
    clinician.click("Five days and five nights", role="link")
    clinician.open(f"/admin/articles/edition/{edition.pk}/preview/")
    clinician.open(f"/admin/articles/edition/{edition.pk}/change/")
    clinician.page.get_by_label("Requested changes").fill("Say what to do about seizures.")
    clinician.click("Send back")

    editor.open(f"/admin/articles/edition/{edition.pk}/change/")
    assert "Say what to do about seizures." in page.content()
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" A seizure means 911.")
    save(page)
    editor.click("Send for review")
    clinician.open(f"/admin/articles/edition/{edition.pk}/change/")
    clinician.page.get_by_label("I have read the amber findings").check()  # no sources, quotations without a speaker
    clinician.click("Sign off and publish")

    site_profile.expire()
    reader = visitor(width=360)
    reader.open("/")
    reader.click("Search", role="link")
    reader.page.get_by_label("Search the articles").fill("seizure nurses")
    reader.click("Search", exact=True)
    reader.click("Five days and five nights", role="link")
    assert reader.page.get_by_role("heading", level=2, name=HEADINGS[4]).is_visible()
    assert "Dana Diaz, MD" in reader.page.content()
    assert [link.inner_text() for link in reader.page.locator(".toc a").all()] == HEADINGS


def test_the_manager_changes_the_phone_number_and_creates_an_account(visitor, house):
    manager = visitor()
    manager.sign_in_with_password(house["manager"])
    manager.open("/admin/detoxsite/siteprofile/1/change/")
    manager.page.get_by_label("Phone:").fill("(212) 555-0177")
    manager.click("Save", exact=True)
    manager.open("/help/")
    assert manager.page.get_by_role("link", name="(212) 555-0177").first.is_visible()
    manager.open("/admin/detoxsite/user/add/")
    manager.page.get_by_label("Email address").fill("new@example.org")
    manager.page.get_by_label("moderator").check()
    manager.click("Save", exact=True)
    link = re.search(r"http\S+/accounts/welcome/\S+/", manager.page.locator(".messagelist").inner_text())[0]

    newcomer = visitor(width=360)
    newcomer.open(link.removeprefix(newcomer.origin))
    newcomer.page.get_by_label("New password", exact=True).fill("a longer password 5")
    newcomer.page.get_by_label("New password confirmation").fill("a longer password 5")
    newcomer.click("Save and sign in")
    assert "reviews to decide on" in newcomer.page.content()
    newcomer.open("/accounts/2fa/")
    newcomer.open("/accounts/password/change/")


def test_compliance_reads_the_admin_log(visitor, house):
    make_draft()
    make_review()
    reader = visitor(width=390)
    reader.sign_in_with_password(house["compliance"])
    reader.open("/admin/admin/logentry/")
    reader.open("/admin/testimonials/testimonial/")  # which is in the access log from now on
    reader.open("/admin/detoxsite/sealedaccess/")
    reader.open("/admin/access-report/")
    reader.click("Mark as read")
    reader.page.goto(reader.origin + "/admin/intake/callforhelp/")
    assert reader.page.title() == "You do not have access to this page | Quiet Cove"


def test_text_that_fills_a_field_is_received_whole(visitor, house):
    """With line breaks and emoji, which a browser counts in its own way."""
    review = make_review("published")
    someone = visitor(width=360)
    page = someone.page

    def fill(name):
        """Type until the browser takes no more; returns what it then holds."""
        field = page.locator(f'textarea[name="{name}"]')
        limit = int(field.get_attribute("maxlength"))
        field.fill("We rest. 👍\n" * (limit // 12 - 2))  # 12 characters each, as a browser counts
        field.press("Control+End")
        page.keyboard.insert_text("We rest. " * 5)
        held = field.input_value()
        assert len(held.encode("utf-16-le")) // 2 == limit
        assert held.count("\n") > 100
        return held

    someone.open("/help/")
    page.get_by_label("Phone number").fill("2\u200b12-555-0177 (work)")
    story = fill("story")
    page.get_by_role("button", name="Ask us to call", exact=True).first.click()
    page.wait_for_url("**/help/sent/")
    assert CallForHelp.objects.get().payload["story"] == story

    someone.open("/reviews/new/")
    words = fill("words")
    page.get_by_label("I stayed here").check()
    page.get_by_label("Email address").fill("writer@example.org")
    page.get_by_role("button", name="Send my review").click()
    page.wait_for_url("**/reviews/sent/?*")
    assert Testimonial.objects.latest("pk").versions.get().payload["words"] == words.strip()

    someone.open(f"/reviews/{review.pk}/tell/")
    report = fill("text")
    page.get_by_label("It puts someone in danger").check()
    page.get_by_role("button", name="Send report").click()
    page.wait_for_url("**/reviews/told/?*")
    assert Report.objects.get().payload["text"] == report.strip()
