"""Names of browsers on the page of devices."""

import pytest

from detoxsite.core.sign_in import browser_names
from tests.factories import make_user

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox on Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/142.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/26.0 Safari/605.1.15", "Safari on Mac"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {APPLE} FxiOS/145.0 Safari/605.1",
            "Firefox on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Unknown browser on Linux"),
        ("<b onclick=x>Windows</b>", "Unknown browser on Windows"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_has_a_name_that_people_know(user_agent, name):
    assert browser_names.name_of(user_agent) == name


@pytest.mark.django_db
def test_the_page_of_devices_shows_the_name_and_nothing_that_the_client_sent(client):
    person = make_user("editor")
    hostile = "Mozilla/5.0 (X11; Linux) Firefox/145.0 canary <b>"
    data = {"login": person.email, "password": "correct horse battery"}
    client.post("/accounts/login/", data, headers={"user-agent": hostile})

    page = client.get("/accounts/sessions/", headers={"user-agent": hostile}).content.decode()

    assert "<b>Firefox on Linux</b> (this one)" in page
    assert "canary" not in page
