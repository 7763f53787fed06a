"""Redirects as managers and editors keep them: by hand, as a table, and from addresses asked for in vain."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from detoxsite.core.models import Redirect, RedirectHits, VainAddress
from tests.factories import make_live

pytestmark = pytest.mark.django_db

BASE = "/admin/detoxsite/redirect/"


@pytest.fixture
def staff(as_role):
    return as_role("editor")


def stored() -> dict[str, str]:
    return dict(Redirect.objects.values_list("path", "target"))


def send(staff, path, target, code=301, url=f"{BASE}add/", **others):
    return staff.post(url, {"path": path, "target": target, "code": code, **others}, follow=True)


def errors_of(response) -> list[str]:
    return [error for errors in response.context["adminform"].form.errors.values() for error in errors]


def test_a_redirect_by_hand_is_tidied_and_leads_on_in_one_step(staff, client):
    send(staff, "https://www.old.example/Caf%C3%A9-hours/", "/privacy/")
    response = send(staff, "/first", "/Café-hours/")

    assert stored() == {"/Café-hours": "/privacy/", "/first": "/privacy/"}
    assert "Readers are sent to /privacy/ at once." in response.content.decode()
    assert client.get("/Caf%C3%A9-hours").headers["Location"] == "/privacy/"


def test_what_led_to_an_address_that_redirects_now_is_led_on(staff):
    send(staff, "/first", "/second/")
    rule = Redirect.objects.get()
    RedirectHits.objects.create(redirect=rule, day=timezone.localdate(), n=7)

    send(staff, "/second", "/privacy/")
    send(staff, "/first", "/accessibility/", url=f"{BASE}{rule.pk}/change/")
    assert stored() == {"/first": "/accessibility/", "/second": "/privacy/"}
    assert RedirectHits.objects.get().redirect == rule  # the same row

    send(staff, "/third", "/accessibility/", url=f"{BASE}{rule.pk}/change/")
    assert stored() == {"/third": "/accessibility/", "/second": "/privacy/"}


@pytest.mark.parametrize(
    ("path", "target", "code", "said"),
    [
        ("/a", "/a/", 301, "redirect to itself"),
        ("/b", "/a/", 301, "go in a circle"),
        ("/a", "/c/", 301, "already exists"),
        ("/", "/c/", 301, "always answers"),
        ("/admin/x", "/c/", 301, "uses this address"),
        ("/x", "", 301, "Leave it empty for 410"),
        ("/x", "/c/", 410, "Leave it empty for 410"),
        ("/x", "//evil.example/", 301, "Begin with one /"),
        ("/x", "https://elsewhere.example/", 301, "Say so"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(staff, path, target, code, said):
    send(staff, "/a", "/b/")

    response = send(staff, path, target, code)

    assert any(said in error for error in errors_of(response))
    assert stored() == {"/a": "/b/"}


def test_another_site_has_to_be_said_and_gets_no_forms(staff, client):
    send(staff, "/state", "https://elsewhere.example/", may_be_outside="on")
    assert client.get("/state/").headers["Location"] == "https://elsewhere.example/"

    response = send(staff, "/form", "https://elsewhere.example/", 308, may_be_outside="on")
    assert "Choose 301" in str(errors_of(response))


def test_staff_are_told_when_a_page_is_there_or_none_is(staff):
    live = make_live(slug="here")

    there = send(staff, live.get_absolute_url(), "/privacy").content.decode()
    nowhere = send(staff, "/old", "/abuot/").content.decode()

    assert "A page answers at /articles/here now." in there
    assert "No page answers at" not in there
    assert "No page answers at /abuot/ now." in nowhere


TABLE = (
    'Old address;New address;Answer\r\n/team.html;/privacy/;\r\n"/two;parts";/accessibility/;308\r\n\r\n/closed;;\r\n'
)
PASTED = "/team.html\t/privacy/\r\n/two;parts\t/accessibility/\t308\r\n/closed\t\t410\r\n"


@pytest.mark.parametrize("text", [TABLE, PASTED], ids=["CSV", "pasted"])
def test_a_table_is_checked_then_stored(staff, text):
    Redirect.objects.create(path="/team.html", target="/articles/")

    checked = staff.post(f"{BASE}import/", {"rows": text, "check": "1"})
    assert checked.status_code == 200
    assert "Replaces /articles/" in checked.content.decode()
    assert stored() == {"/team.html": "/articles/"}

    staff.post(f"{BASE}import/", {"rows": checked.context["form"].initial["rows"], "store": "1"})
    assert stored() == {"/team.html": "/privacy/", "/two;parts": "/accessibility/", "/closed": ""}
    assert set(Redirect.objects.values_list("path", "code", "source")) == {
        ("/team.html", 301, "hand"),
        ("/two;parts", 308, "import"),
        ("/closed", 410, "import"),
    }


def test_errors_are_shown_line_by_line_and_nothing_is_stored(staff):
    rows = "/a,/b/\n/b,/a/\n/a,/c/\nx,/c/\n/d,/d/\n/e,/f/,302\n/g,https://elsewhere.example/\n/fine,/privacy/\n"

    response = staff.post(f"{BASE}import/", {"rows": rows, "store": "1"})

    assert response.status_code == 422
    assert {line.number for line in response.context["lines"]} == {2, 3, 4, 5, 6, 7}
    assert response.context["form"].initial["rows"] == rows
    assert not stored()


def test_a_file_is_shown_for_correction_before_it_is_stored(staff):
    file = SimpleUploadedFile("old.csv", "/caf\u00e9;/privacy/\n".encode("cp1252"))

    response = staff.post(f"{BASE}import/", {"file": file, "store": "1"})

    assert response.context["form"].initial["rows"] == "/café;/privacy/\n"
    assert not stored()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 workbook", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0", "old .xls workbook"),
        (b"\x81\xff\x00", "neither text nor a workbook"),
        (b"", "empty"),
        (b"\n \n", "no row"),
        (b"/a,/b/\n" * 300_000, "larger than 2 MB"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(staff, content, said):
    response = staff.post(f"{BASE}import/", {"file": SimpleUploadedFile("old.xlsx", content), "check": "1"})

    assert response.status_code == 422
    assert said in str(response.context["form"].errors)


@pytest.mark.parametrize("rows", ["", '"', "/a,/b/\n" * 2001, "x" * 400_001, "\0", '/a,"/b/\n'])
def test_text_that_is_no_table_is_refused_in_words(staff, rows):
    response = staff.post(f"{BASE}import/", {"rows": rows, "check": "1"})

    assert response.status_code == 422
    assert not stored()


def test_what_was_exported_can_be_imported(staff):
    Redirect.objects.create(path="/a", target="/b/")
    Redirect.objects.create(path="/gone", code=410)
    RedirectHits.objects.create(redirect=Redirect.objects.first(), day=timezone.localdate(), n=3)

    text = staff.get(f"{BASE}export/").content.decode()
    assert list(csv.reader(io.StringIO(text)))[1][:3] == ["/a", "/b/", "301"]

    before = stored()
    Redirect.objects.all().delete()
    staff.post(f"{BASE}import/", {"rows": text, "store": "1"})
    assert stored() == before


def test_the_list_shows_visits_of_a_month_and_is_searched(staff):
    rule = Redirect.objects.create(path="/a", target="/b/")
    Redirect.objects.create(path="/c", target="/d/")
    for days, n in ((0, 3), (29, 4), (30, 100)):
        RedirectHits.objects.create(redirect=rule, day=timezone.localdate() - timezone.timedelta(days=days), n=n)

    shown = staff.get(f"{BASE}?q=/b&o=-6").context["cl"].result_list

    assert [(each.path, each.recent_visits) for each in shown] == [("/a", 7)]


def test_an_address_asked_for_in_vain_is_redirected_from_the_list(staff):
    today = timezone.localdate()
    for path, n in (("/about-us", 9), ("/staff", 2), ("/old", 5)):
        VainAddress.objects.create(path=path, day=today, n=n)
    Redirect.objects.create(path="/old", target="/privacy/")

    html = staff.get(f"{BASE}in-vain/").content.decode()

    assert [row["path"] for row in staff.get(f"{BASE}in-vain/").context["rows"]] == ["/about-us", "/staff"]
    assert 'href="/admin/detoxsite/redirect/add/?path=/about-us"' in html
    assert staff.get(f"{BASE}add/?path=/about-us").context["adminform"].form.initial["path"] == "/about-us"
