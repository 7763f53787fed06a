"""What a page is for stands on its first screen, on small phones too; number and code are shown again and hidden."""

from datetime import time

import pytest
from django.utils import timezone

from articles.models import Callout
from detoxsite.core import site_profile
from intake.models import CallForHelp, Shift
from tests.factories import make_live, make_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = ((320, 568), (360, 640), (1280, 800))
TITLE = "Baclofen: what it does and what to watch for"
WHOLE, BEGUN = "bottom", "top"  # the edge of an element that has to be above the bar
FIRST = {
    "/help/": (
        ("#id_phone", WHOLE),
        (".lead [type=submit]", WHOLE),
        ('.lead a[href="tel:911"]', WHOLE),
        ("nav .dial", ""),
    ),
    "/reviews/": ((".card h3", WHOLE), (".card blockquote", BEGUN)),
    "/reviews/new/": (("#id_words", BEGUN),),
    "/articles/baclofen/": ((".box.red h2", WHOLE), (".box.red h2 + p", BEGUN)),
    "/no-such-page/": (("h1", WHOLE), ('main a[href="tel:911"]', WHOLE), ("#q", BEGUN)),
    "/": (("main .btn", WHOLE),),
}


def screen(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("scrollTo(0, 0)")


def below_first_screen(page, selector, edge):
    """How many pixels of an element's edge are behind the bar or below the screen; 0 or less is fine."""
    return page.locator(selector).first.evaluate(
        """(element, edge) => {
          const bar = document.querySelector(".bar").getBoundingClientRect()
          return element.getBoundingClientRect()[edge] - (bar.top > 0 ? bar.top : innerHeight)
        }""",
        edge,
    )


def test_each_page_begins_with_what_it_is_for(visitor, house):
    danger = Callout(ordering=1, tone="danger", title="Overdose: what to do now", body="<p>Call 911.</p>")
    make_live("<h2>Use</h2><p>It relaxes.[1]</p>", slug="baclofen", title=TITLE, sources=2, blocks=[danger])
    for _ in range(3):
        make_review("published")
    someone, found = visitor(), {}

    for path, elements in FIRST.items():
        someone.page.goto(someone.origin + path)
        for width, height in SCREENS:
            screen(someone.page, width, height)
            for selector, edge in elements:
                assert someone.page.locator(selector).first.is_visible(), (path, selector)
                if edge and (missing := below_first_screen(someone.page, selector, edge)) > 0:
                    found[path, width, selector] = round(missing)

    assert found == {}


def test_while_no_one_is_on_duty_the_first_screen_says_so_and_has_the_field(visitor, house):
    tomorrow = (timezone.localtime().weekday() + 1) % 7
    Shift.objects.create(person=house["admissions"], weekday=tomorrow, starts=time(23, 58), ends=time(23, 59))
    site_profile.expire()
    someone = visitor(width=320)
    screen(someone.page, 320, 568)
    someone.open("/help/")

    assert "No one is on duty right now." in someone.page.locator(".lead .notice").inner_text()
    for selector in (".lead .notice", "#id_phone", ".lead [type=submit]"):
        assert below_first_screen(someone.page, selector, WHOLE) <= 0, selector


def test_danger_steps_are_beside_the_form_or_after_it(visitor, house):
    someone = visitor()
    someone.page.goto(someone.origin + "/help/")
    field, danger = someone.page.locator("#id_phone"), someone.page.locator(".danger")

    assert danger.bounding_box()["x"] > field.bounding_box()["x"] + field.bounding_box()["width"]
    assert danger.bounding_box()["y"] < field.bounding_box()["y"]
    screen(someone.page, 320, 568)
    assert danger.bounding_box()["y"] > someone.page.locator("#send").bounding_box()["y"]


@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, True)])
def test_the_menu_opens_without_a_script_and_pushes_the_page_down(visitor, house, width, dark):
    someone = visitor(width=width, dark=dark)
    someone.open("/privacy/")
    heading = someone.page.get_by_role("heading", level=1)
    before = heading.bounding_box()["y"]

    someone.page.locator("summary").click()

    menu = someone.page.get_by_role("navigation", name="All pages")
    menu.get_by_role("link", name="Your privacy").wait_for()
    someone.check()
    assert heading.bounding_box()["y"] > before
    assert menu.bounding_box()["y"] + menu.bounding_box()["height"] <= heading.bounding_box()["y"]


def test_number_and_code_come_first_are_shown_again_and_can_be_hidden(visitor, house):
    caller = visitor(width=320, scripts=False)
    page = caller.page
    screen(page, 320, 568)
    page.goto(caller.origin + "/help/")
    page.get_by_label("Phone number").fill("212 555 0199")
    page.get_by_role("button", name="Ask us to call", exact=True).first.click()
    number, code = page.locator(".ref").all_inner_texts()
    assert CallForHelp.objects.get().reference == number
    for selector in (".ref:not(.code)", ".ref.code"):
        assert below_first_screen(page, selector, WHOLE) <= 0

    page.goto(caller.origin + "/help/")
    assert below_first_screen(page, "#id_phone", WHOLE) <= 0
    assert below_first_screen(page, ".lead [type=submit]", WHOLE) <= 0
    page.get_by_role("link", name="Show its number and code").click()
    assert page.locator(".ref").all_inner_texts() == [number, code]
    page.get_by_role("button", name="Hide this now").click()

    assert page.get_by_role("heading", level=1).inner_text() == "This device shows nothing now"
    assert page.context.cookies() == []
    page.go_back()
    assert page.locator(".ref").count() == 0
    page.goto(caller.origin + "/help/")
    assert page.get_by_role("link", name="Show its number and code").count() == 0
