"""A browser that watches: every page is checked with axe, for foreign requests, and for what its policy blocked."""

import functools
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator

from detoxsite.core import site_profile
from detoxsite.core.models import SiteProfile
from tests.factories import make_person, make_topic, make_user
from tests.looks import faults

PASSWORD = "correct horse battery"
# what some browsers say behind a VPN, while the server can be reached
CALLED_OFFLINE = "Object.defineProperty(navigator, 'onLine', { get: () => false })"


def _until_loaded(action):
    """Wait for the page that an action leads to.

    Playwright returns from a click once the navigation is committed, when the new page may not have a title yet.
    Reads that do not wait (``title()``, ``content()``, ``count()``, ``is_visible()``, ``evaluate()``) would see that.
    """

    @functools.wraps(action)
    def act(locator, *args, **options):
        action(locator, *args, **options)
        if not locator.page.is_closed():
            locator.page.wait_for_load_state()

    return act


@pytest.fixture(scope="session", autouse=True)
def _loaded_pages():
    """Let no test read a page that is still loading. A bare ``keyboard.press`` waits for nothing: wait after it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("click", "press"):
            patch.setattr(Locator, name, _until_loaded(getattr(Locator, name)))
        yield


def after_timers(page, milliseconds=0):
    """Wait until the timers that the page has set, up to this length, have run, however slow the machine is."""
    page.evaluate(
        "length => new Promise((done) => setTimeout(() => requestAnimationFrame(done), length))", milliseconds
    )


class Visitor:
    """One person with one browser window."""

    def __init__(self, page, origin):
        self.page, self.origin, self.foreign, self.blocked = page, origin, [], []
        self.watching = True
        page.set_default_timeout(60_000)  # reached only by what never comes: a busy machine is slow
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.blocked.append(str(error)))

    def _request(self, request):
        if urlsplit(request.url).netloc != urlsplit(self.origin).netloc and not request.url.startswith(
            ("data:", "blob:")
        ):
            self.foreign.append(request.url)

    def _console(self, message):
        if self.watching and message.type == "error" and "status of 4" not in message.text:
            self.blocked.append(message.text)

    def open(self, path):
        self.page.goto(self.origin + path)
        self.check()

    def click(self, name, role="button", **options):
        self.page.get_by_role(role, name=name, **options).first.click()
        self.check()

    def check(self):
        """Check what every page promises: no accessibility fault that axe finds, and no request to another host."""
        self.watching = False  # axe itself violates the policy
        found = faults(self.page)
        self.watching = True
        assert found == [], self.page.url
        assert self.foreign == []
        assert self.blocked == []
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(width) <= 0, f"{self.page.url} scrolls sideways"

    def sign_in(self, user):
        """Open the admin in an existing session.

        Tests of a role's whole day use the sign-in form instead, and those check the page that it leads to.
        """
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.origin}])
        self.page.goto(self.origin + "/admin/")

    def sign_in_with_password(self, user):
        self.open("/admin/")
        self.page.get_by_label("Email").fill(user.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.click("Sign in", exact=True)


@pytest.fixture
def visitor(browser, live_server):
    """Make visitors: ``visitor(width=360, scripts=False, dark=True, touch=True)``."""
    made = []

    def make(*, width=1280, scripts=True, dark=False, touch=False):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            is_mobile=touch,
        )
        made.append(context)
        return Visitor(context.new_page(), live_server.url)

    yield make
    for context in made:
        context.close()


@pytest.fixture
def house(transactional_db, settings, live_server):
    """A center with a phone number, topics, an author and an account of each role; returns accounts by role."""
    settings.STAFF_ORIGIN = live_server.url
    SiteProfile.objects.update(name="Quiet Cove", phone="(212) 555-0123", phone_hours="Call, day or night")
    site_profile.expire()
    make_topic(name="Alcohol", slug="alcohol")
    make_topic(name="First days", slug="first-days")
    make_person(name="Wanda Writer")
    roles = ("editor", "clinician", "moderator", "admissions", "compliance", "manager")
    people = {role: make_user(role, first_name=role.title()) for role in roles}
    make_person(name="Dana Diaz", credentials="MD", user=people["clinician"])
    return people
