"""The statistics page in real Chromium: on a phone and on a desktop, light and dark."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake.models import ContactAttempt
from tests.factories import make_call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The contrast of each text of the charts with what is painted below it: the page, or a field of a shade upon the page.
FAINTEST = """() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const page = numbers(getComputedStyle(document.body).backgroundColor);
  return Math.min(...[...document.querySelectorAll(".chart text")].map((text) => {
    const field = text.parentNode.matches("g") ? getComputedStyle(text.parentNode.querySelector("rect")) : null;
    const over = field && field.fill !== "none" ? Number(field.fillOpacity) : 0;
    const below = page.map((v, i) => over ? v * (1 - over) + numbers(field.fill)[i] * over : v);
    const [dark, bright] = [light(below), light(numbers(getComputedStyle(text).fill))].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  }));
}"""
OUTSIDE = """() => [...document.querySelectorAll(".chart text")].filter((text) => {
  const place = text.parentNode.matches("g") ? text.parentNode.querySelector("rect") : text.ownerSVGElement;
  const [own, frame] = [text.getBoundingClientRect(), place.getBoundingClientRect()];
  return own.left < frame.left - 1 || own.right > frame.right + 1;
}).map((text) => text.textContent)"""


def fill(nurse):
    """Make requests in each part of the day for a week, with ever longer waits to the first attempt; some have none."""
    now = timezone.now()
    for number in range(48):
        call = make_call(created_at=now - timedelta(hours=24 + 3.5 * number))
        if number % 5:
            later = call.created_at + timedelta(minutes=1.25**number)
            outcome = "reached" if number % 2 else "no_answer"
            ContactAttempt.objects.create(call=call, by=nurse, at=later, outcome=outcome)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_statistics_can_be_read(visitor, house, width, dark):
    fill(house["admissions"])
    reader = visitor(width=width, dark=dark)
    reader.sign_in(house["compliance"])

    if width < 992:
        reader.click("Menu", exact=True)
    reader.click("Statistics", role="link")
    reader.click("52 weeks", role="link")

    page = reader.page
    assert page.get_by_role("img").count() == 4
    assert page.evaluate(FAINTEST) >= 4.5
    assert page.evaluate(OUTSIDE) == []
    table = page.get_by_role("region", name="Table: Waiting for the first attempt")
    table.focus()
    page.keyboard.press("End")
    page.wait_for_function("(table) => table.scrollTop > 0", arg=table.element_handle())
