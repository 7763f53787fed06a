"""What a process answers of the half that is not its own, and health checks by any name."""

import pytest
from django.urls import reverse

from detoxsite.core import jobs
from detoxsite.core.http_cache import REFUSED
from tests.factories import make_live, make_review

pytestmark = pytest.mark.django_db

PUBLIC = "https://www.example.org"


@pytest.fixture
def staff_half(settings):
    reverse("admin:index")  # the URL configuration is read once, with both halves of the site
    settings.SITES, settings.PUBLIC_ORIGIN = {"staff"}, PUBLIC


PUBLISHED = ("/articles/", "/articles/topics/alcohol/", "/reviews/", "/reviews/7/", "/articles/?page=2")
FORMS = ("/help/", "/reviews/new/", "/reviews/7/tell/")
PERSONAL = ("/r/token/", "/search/?q=words", "/help/own/", "/reviews/sent/", "/leave/")


@pytest.mark.parametrize("path", PUBLISHED)
def test_the_staff_host_leads_to_what_staff_publish(client, staff_half, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, PUBLIC + path)
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("path", [*FORMS, *PERSONAL, "/privacy/"])
def test_the_staff_host_serves_no_form_and_passes_nothing_personal_on(client, staff_half, path):
    assert client.get(path).status_code == 404


def test_the_staff_host_serves_no_public_content(client, staff_half):
    pages = [
        make_live(title="Zebra").get_absolute_url(),
        f"/reviews/{make_review('published', words='Zebra ' * 5).pk}/",
        "/",
    ]

    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 302
        assert b"Zebra" not in answer.content


def test_the_staff_host_serves_the_links_in_messages_to_phones(client, staff_half):
    assert "This link does not work any more" in client.get("/ack/none/").content.decode()


def test_what_the_web_server_refused_is_no_request_for_the_front_page(client, staff_half):
    """A regression: a malformed or too large request to the staff host was sent to the admin, as if it were fine."""
    assert client.get("/", **{REFUSED: 413}).status_code == 413


def test_without_another_public_host_there_is_no_loop(client, staff_half, settings):
    settings.PUBLIC_ORIGIN = "http://testserver"

    assert client.get("/articles/").status_code == 404


def test_the_front_page_of_the_staff_host_is_the_admin_and_robots_are_kept_out(client, staff_half):
    assert client.get("/").headers["Location"] == reverse("admin:index")
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


def test_the_staff_host_serves_what_staff_pages_need(as_role, staff_half):
    client = as_role("manager")

    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_drafts_are_shown_by_link_only_where_they_can_be_read(client, settings):
    settings.SITES = {"public"}
    assert client.get("/articles/shown/token/").status_code == 404
    assert client.get("/articles/").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.0.0.5:8001", "[2001:db8::1]", "other.example.org", "x" * 300, "a b"])
def test_health_checks_answer_by_any_name(client, path, host):
    assert client.get(path, headers={"Host": host}).status_code in (200, 503)
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_a_worker_of_the_public_half_looks_after_its_own_disk_only(settings):
    everything = {job.name for job in jobs.registered()}
    settings.SITES, settings.SEALING_PRIVATE_KEYS = {"public"}, []
    assert {job.name for job in jobs.registered()} == {"spool import", "request reconciliation", "journal retention"}

    settings.SITES, settings.SYNTHETIC_ORIGIN = {"staff"}, ""
    assert everything - {job.name for job in jobs.registered()} <= {"synthetic check", "author emails"}
