"""A person whose browser blocks all cookies asks for help, at 360 and 1280 pixels, and is told what is so."""

import json
import os

import pytest

from intake.models import CallForHelp
from tests.browser.conftest import Visitor
from tests.chromium import WHOLE_CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.path.exists(WHOLE_CHROMIUM), reason="the headless shell cannot block cookies"),
]
BLOCK = {"profile": {"default_content_setting_values": {"cookies": 2}}}


@pytest.fixture
def without_cookies(browser_type, browser_type_launch_args, live_server, tmp_path):
    folder = tmp_path / "profile" / "Default"
    folder.mkdir(parents=True)
    (folder / "Preferences").write_text(json.dumps(BLOCK))
    context = browser_type.launch_persistent_context(
        folder.parent, **browser_type_launch_args | {"executable_path": WHOLE_CHROMIUM}
    )
    yield Visitor(context.new_page(), live_server.url)
    context.close()


def test_a_browser_that_blocks_cookies_shows_number_and_code(house, without_cookies, tmp_path):
    person, page = without_cookies, without_cookies.page
    for width, story in ((360, "He is not breathing."), (1280, "My hands shake.")):
        page.set_viewport_size({"width": width, "height": 800})
        person.open("/help/")
        page.get_by_label("Phone number").fill("212 555 0199")
        page.get_by_label("What is going on?").fill(story)
        person.click("Ask us to call", exact=True)

        assert page.context.cookies() == []
        call = CallForHelp.objects.latest("created_at")
        assert page.locator(".ref:not(.code)").inner_text() == call.reference
        code = page.locator(".ref.code").inner_text()
        assert "for 10 minutes" in page.locator("main").inner_text()
        assert not [secret for secret in (call.reference, code.replace(" ", ""), "0199") if secret in page.url]
        assert page.get_by_text("Call 911 now").count() == (story == "He is not breathing.")
        page.reload()
        assert page.locator(".ref.code").inner_text() == code
        person.click("your private page", role="link")
        page.get_by_label("Your number").fill(call.reference)
        page.get_by_label("Your code").fill(code)
        person.click("Open my page")
        assert "your browser keeps no cookies" in page.locator("main").inner_text()
    person.open("/help/sent/")
    assert page.get_by_role("heading", level=1).inner_text() == "We cannot tell from this browser"
    assert CallForHelp.objects.count() == 2
