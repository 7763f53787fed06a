"""Moderation in real Chromium: on a phone, with the keyboard alone, with scripts and without."""

import os

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from detoxsite.core import images
from testimonials.models import StaffName, Status
from testimonials.services import author, moderation, photos, reports
from tests.browser.conftest import PASSWORD, after_timers
from tests.core.test_images import picture_file
from tests.factories import make_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUEUE = "/admin/testimonials/testimonial/"
WORDS = "👩‍👩‍👧 Kyle sat with me till 5 a.m.\n\nCafe\u0301 talk with Dana 🇺🇸🇲🇽 helped. Call 212-555-0147 👍🏽!"


def url(review):
    return f"{QUEUE}{review.pk}/change/"


def days_ago(days):
    return timezone.now() - timezone.timedelta(days=days)


def select(page, text):
    """Select ``text`` in the original as a person would with a pointer."""
    page.evaluate(
        """(wanted) => {
            const root = document.querySelector("[data-original]");
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
              node.parentElement.closest("[data-label]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
            const nodes = [];
            let all = "";
            while (walker.nextNode()) { nodes.push([walker.currentNode, all.length]); all += walker.currentNode.data; }
            const at = (place, isEnd) => nodes.findLast(([, start]) => (isEnd ? start < place : start <= place));
            const start = all.indexOf(wanted), end = start + wanted.length;
            const [first, last] = [at(start, false), at(end, true)];
            getSelection().setBaseAndExtent(first[0], start - first[1], last[0], end - last[1]);
        }""",
        text,
    )
    after_timers(page, 50)


def right(page):
    return page.locator("[data-shown]").evaluate("part => part.textContent")


def left(page):
    """The original without the labels of its marks."""
    return page.locator("[data-original]").evaluate(
        """part => {
            const copy = part.cloneNode(true);
            copy.querySelectorAll("[data-label]").forEach((label) => label.remove());
            return copy.textContent;
        }"""
    )


def _picture(page, name):
    """Save a screenshot for people to look at, if PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def with_photo(review):
    photo = photos.hold(images.reencode(picture_file()))
    photo.review = review
    photo.save()
    return review


@pytest.mark.parametrize("width", [390, 1280])
def test_checked_or_selected_parts_are_removed_at_once(visitor, house, width):
    review = make_review(words=WORDS)
    moderator = visitor(width=width)
    moderator.sign_in_with_password(house["moderator"])
    moderator.open(url(review))
    page = moderator.page
    assert left(page) == right(page) == WORDS

    stays = page.locator("[data-stays]")
    expect(stays).to_contain_text("“Kyle”")
    page.get_by_label("Take out “Kyle”").check()
    expect(stays).not_to_contain_text("Kyle")
    expect(stays).to_contain_text("“212-555-0147”")
    expected = WORDS.replace("Kyle", "[name removed]")
    assert right(page) == expected
    assert page.locator("mark.out").inner_text().startswith("Kyle")
    assert "out: a name" in page.locator("mark.out").inner_text()

    page.get_by_label("What it is").select_option("date")
    select(page, "till 5 a.m.")
    page.locator("[data-take]:visible").first.click()
    expected = expected.replace("till 5 a.m.", "[date removed]")
    assert right(page) == expected
    assert left(page) == WORDS

    page.get_by_label("What it is").select_option("number")
    select(page, "\u200d👧")  # selecting part of a family emoji selects all of it
    page.locator("[data-take]:visible").first.click()
    expected = expected.replace("👩‍👩‍👧", "[number removed]")
    assert right(page) == expected
    select(page, "\u0301 ")
    page.locator("[data-take]:visible").first.click()
    assert right(page) == expected.replace("e\u0301 ", "[number removed] ")
    page.get_by_role("button", name="Undo").click()
    assert right(page) == expected
    moderator.check()
    _picture(page, f"marked-{width}")

    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_selector("text=is published.")
    review.refresh_from_db()
    assert review.shown_words == expected


def test_the_preview_is_what_the_server_publishes(visitor, house):
    """Neighbors of one kind, overlaps, and a selection over a match look the same in the browser and on the server."""
    words = "Ann Ann  Kyle, then Marcus Marcus and 212-555-0147 tomorrow. They sat with us until it got light again."
    review = make_review(words=words)
    moderator = visitor()
    moderator.sign_in(house["moderator"])
    moderator.open(url(review))
    page = moderator.page
    for part in ("Ann Ann", "Kyle,", "then Mar", "arcus Marc"):
        select(page, part)
        page.locator("[data-take]:visible").first.click()
    for box in page.locator("[data-matches] input").all():
        box.check()
    seen = right(page)
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_selector("text=is published.")

    review.refresh_from_db()
    assert review.shown_words == seen
    assert "Marcus" not in seen


def test_moderation_works_with_keyboard_shortcuts_alone(visitor, house):
    first = make_review(words="Kyle was kind.", submitted_at=days_ago(3))
    second = make_review(words="It was clean.", submitted_at=days_ago(2))
    third = make_review(words="Buy pillows now.", submitted_at=days_ago(1))
    moderator = visitor()
    moderator.sign_in(house["moderator"])
    moderator.open(url(first))
    page, keys = moderator.page, moderator.page.keyboard

    keys.press("j")
    page.wait_for_url(f"**/{second.pk}/**")
    keys.press("k")
    page.wait_for_url(f"**/{first.pk}/**")
    page.wait_for_selector("[data-keys]:not([hidden])")
    page.get_by_label("Take out “Kyle”").focus()
    keys.press("r")
    assert right(page) == "[name removed] was kind."
    keys.press("u")
    assert right(page) == "Kyle was kind."
    keys.press("?")
    assert page.get_by_text("Take out the selection, or the match in focus").is_visible()
    moderator.check()

    keys.press("a")
    page.wait_for_selector("text=Press a again to publish this review.")
    first.refresh_from_db()
    assert first.status == Status.PENDING
    keys.press("a")
    page.wait_for_selector(f"text=Review {first.pk} is published.")
    assert f"/{second.pk}/" in page.url

    page.goto(moderator.origin + url(third))
    keys.press("d")
    assert page.evaluate("document.activeElement.name") == "propose-reason"
    keys.press("a")  # goes into the field and is no shortcut
    page.get_by_label("Why").select_option("elsewhere")
    page.locator("#act-propose button").press("Enter")
    page.wait_for_selector(f"text=Review {third.pk} stays as it is")
    third.refresh_from_db()
    assert third.proposed_reason == "elsewhere"


def test_one_key_publishes_nothing_and_shortcuts_can_be_switched_off(visitor, house):
    review = make_review()
    moderator = visitor()
    moderator.sign_in(house["moderator"])
    moderator.open(url(review))
    page, keys = moderator.page, moderator.page.keyboard

    page.get_by_label("Note for the second person").fill("")
    page.get_by_label("Note for the second person").press_sequentially("a ja! rad?")
    keys.press("Escape")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    keys.down("a")
    keys.down("a")  # held down
    keys.down("a")
    keys.up("a")
    keys.press("Control+a")
    review.refresh_from_db()
    assert review.status == Status.PENDING
    assert page.get_by_label("Note for the second person").input_value() == "a ja! rad?"

    page.get_by_text("Keyboard shortcuts", exact=True).click()
    page.get_by_label("Use these shortcuts in this browser").uncheck()
    page.reload()
    page.wait_for_selector("[data-keys]:not([hidden])")
    keys.press("d")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    keys.press("a")
    keys.press("a")
    review.refresh_from_db()
    assert review.status == Status.PENDING


def test_moderation_works_with_tab_and_enter(visitor, house):
    review = make_review(words="Kyle was kind.")
    moderator = visitor()
    moderator.sign_in(house["moderator"])
    moderator.open(url(review))
    page = moderator.page

    _go(page, "document.activeElement.name === 'approve-span'")
    page.keyboard.press("Space")
    _go(page, "document.activeElement.dataset.act === 'approve'")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is published.")

    review.refresh_from_db()
    assert review.shown_words == "[name removed] was kind."


def _go(page, there):
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"Boolean({there})"):
            return
    raise AssertionError(f"No key leads to {there}")


def test_reviews_are_read_one_after_the_other_with_a_thumb(visitor, house):
    reviews = [make_review(words="Kyle kept it clean.", submitted_at=days_ago(20 - number)) for number in range(15)]
    moderator = visitor(width=390, dark=True, touch=True)
    moderator.page.set_viewport_size({"width": 390, "height": 844})
    moderator.sign_in(house["moderator"])
    moderator.open(url(reviews[2]))
    page = moderator.page
    around, bar = page.get_by_role("navigation", name="Other reviews"), page.get_by_role("navigation", name="Shortcuts")
    expect(around).to_contain_text("3 of 15")
    expect(page.locator("[data-original]")).to_be_in_viewport()

    bar.get_by_role("link", name="Skip").tap()
    page.wait_for_url(f"**/{reviews[3].pk}/**")
    expect(around).to_contain_text("4 of 15")
    around.get_by_role("link", name="Previous").tap()
    page.wait_for_url(f"**/{reviews[2].pk}/**")
    page.locator("[data-original] mark").tap()
    expect(page.locator("[data-shown]")).to_have_text("[name removed] kept it clean.")
    expect(page.get_by_role("heading", name="What readers would see")).to_contain_text("1 change")
    bar.get_by_role("link", name="Publish").tap()
    page.get_by_role("button", name="Publish", exact=True).tap()
    page.wait_for_url(f"**/{reviews[3].pk}/**")
    expect(around).to_contain_text("3 of 14")
    moderator.check()
    page.go_back()  # a look back changes nothing
    page.wait_for_url(f"**/{reviews[2].pk}/**")
    expect(page.locator("[data-shown]")).to_have_text("[name removed] kept it clean.")
    reviews[2].refresh_from_db()
    assert reviews[2].shown_words == "[name removed] kept it clean."

    moderator.open(QUEUE)
    page.get_by_label("Number of a review or email").fill(f"review {reviews[9].pk}")
    page.get_by_role("button", name="Find", exact=True).tap()
    expect(page.get_by_role("main").locator(".found")).to_contain_text("1 found")
    expect(page.locator(".queue > li")).to_have_count(1)
    assert page.url == moderator.origin + QUEUE
    moderator.check()


def test_enter_in_a_field_only_previews(visitor, house):
    review = make_review(words="Kyle was kind.", allow=["words"])
    moderator = visitor()
    moderator.sign_in(house["moderator"])
    moderator.open(url(review))
    page = moderator.page

    page.get_by_label("Take out “Kyle”").press("Enter")

    review.refresh_from_db()
    assert review.status == Status.PENDING


def test_moderation_works_without_scripts(visitor, house):
    review = make_review(words=WORDS)
    moderator = visitor(width=360, scripts=False)
    page = moderator.page
    page.goto(moderator.origin + QUEUE)
    page.get_by_label("Email").fill(house["moderator"].email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name=f"Review {review.pk}").click()
    page.get_by_label("Take out “Kyle”").check()
    page.get_by_label("Also take out (these exact words)").fill("till 5 a.m.")
    page.get_by_label("What it is").select_option("date")
    page.get_by_role("button", name="Preview").click()
    expected = WORDS.replace("Kyle", "[name removed]").replace("till 5 a.m.", "[date removed]")
    assert page.locator("[data-shown]").text_content() == expected
    page.get_by_label("Show the name").check()
    page.get_by_role("button", name="Publish", exact=True).click()

    review.refresh_from_db()
    assert (review.shown_words, review.shown_name) == (expected, "Mo")


def test_two_people_and_a_reply(visitor, house):
    review = make_review(words="Kevin in the next bed is a thief.")
    shown = make_review("published", words="It was clean.")
    moderator = visitor(width=390)
    moderator.sign_in(house["moderator"])
    moderator.open(url(review))
    page = moderator.page
    page.get_by_label("Why").select_option("person")
    page.get_by_label("Note for the second person").fill("Names a patient.")
    moderator.click("Propose to withhold")
    moderator.open(url(shown))
    page.get_by_label("Reply from the center").fill("Thank you for choosing us!")
    moderator.click("Save reply")
    assert "Thanking someone for coming, staying or trusting us tells others" in page.inner_text("#act-reply")
    _picture(page, "reply-390")
    page.get_by_label("Reply from the center").fill("Thank you for writing this down.")
    moderator.click("Save reply")

    second = visitor()
    second.sign_in(house["manager"])
    second.click("review that needs a second person", role="link")
    second.click(f"Review {review.pk}", role="link")
    assert "Names a patient." in second.page.inner_text("#content-main")
    _picture(second.page, "second-1280")
    second.click("Agree: withhold")

    review.refresh_from_db()
    shown.refresh_from_db()
    assert (review.status, review.reason) == ("declined", "person")
    assert shown.reply == "Thank you for writing this down."


@pytest.mark.parametrize(
    ("width", "dark"),
    [(320, False), (360, False), (390, False), (390, True), (768, False), (1280, False), (1280, True)],
)
def test_the_pages_at_every_width_and_in_dark_mode(visitor, house, width, dark):
    StaffName.objects.create(name="Dana Fox", role="nurse", may_be_named=True)
    StaffName.objects.create(name="Marcus Bell")
    review = make_review(
        words="My son Kyle wanted to kill himself. Dana sat with him, Marcus did not. Call 212-555-0147, "
        "https://example.org/a/very/long/address/that/has/no/blank/in/it/at/all/and/goes/on/and/on. "
        + "So it was. "
        * 40,
        name="A mother of two from up the coast",
        allow=["words", "name", "photo"],
        email="often@example.org",
    )
    with_photo(review)
    make_review(email="often@example.org", submitted_at=days_ago(40))
    moderation.propose(make_review(submitted_at=days_ago(1)).pk, by=house["manager"], version=1, reason="fake")
    shown = make_review("published", reply="Thank you for writing this down.")
    reports.submit(shown.pk, key="f1", kind="safety", text="She lives next door to me.")
    withheld = make_review("declined")
    author.appeal(withheld.pk, note="Please look again.")
    moderator = visitor(width=width, dark=dark)
    moderator.sign_in(house["moderator"])
    paths = ["/admin/", QUEUE, f"{QUEUE}?queue=reported", f"{QUEUE}?queue=all", "/admin/testimonials/staffname/"]
    for path in (*paths, url(review), url(shown), url(withheld), f"{url(shown)[:-7]}history/"):
        moderator.page.goto(moderator.origin + path)
        moderator.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        moderator.check()
        name = path.strip("/").replace("/", "_").replace("?", "_")[-16:]
        _picture(moderator.page, f"{name}-{width}{'-dark' if dark else ''}")
    manager = visitor(width=width, dark=dark)
    manager.sign_in(house["manager"])
    for path in ("/admin/", "/admin/testimonials/outgoingemail/", "/admin/testimonials/staffname/add/"):
        manager.open(path)


def test_on_a_phone_targets_are_large_enough(visitor, house):
    review = with_photo(make_review(words=WORDS, allow=["words", "name", "photo"]))
    moderator = visitor(width=360)
    moderator.sign_in(house["moderator"])
    links = ".queues a, .queue > li, .pages a, .thumb a, .neighbors a"
    aims = f"{links}, summary, button, select, .act label:has(input), .hints label"
    for path in (QUEUE, url(review)):
        moderator.open(path)
        moderator.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        heights = moderator.page.locator(f"#content :is({aims})").evaluate_all(
            """parts => parts.filter((part) => part.checkVisibility()).map(
                (part) => [part.outerHTML.slice(0, 80), part.getBoundingClientRect().height])"""
        )
        assert len(heights) > 5
        assert [what for what, height in heights if height < 43.9] == []
    bar = moderator.page.locator(".thumb")
    box = bar.bounding_box()
    assert box["y"] + box["height"] <= 801
    assert bar.get_by_text("Take out").is_visible()


def test_compliance_reads_only(visitor, house):
    review = make_review(words=WORDS)
    reader = visitor(width=390)
    reader.sign_in(house["compliance"])
    for path in (QUEUE, url(review), "/admin/testimonials/outgoingemail/"):
        reader.open(path)
    assert reader.page.locator("#content button:visible").count() == 0
