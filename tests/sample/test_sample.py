"""The sample content: complete, sourced, labeled, and loaded once."""

import contextlib
import csv
import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from articles import editorial_gate
from articles.content.rendering import with_body
from articles.models import PAGE_KINDS, Edition, Kind, Picture
from detoxsite.core.models import SiteProfile, User
from detoxsite.core.roles import ROLES
from intake.models import CallForHelp
from intake.models import Status as CallStatus
from testimonials.models import Testimonial, Version
from testimonials.pii import Kind as Sign
from testimonials.pii import find_matches
from testimonials.staff_names import roster

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The sample, loaded once for this module; returns the output of the command."""
    media, printed = tmp_path_factory.mktemp("media"), io.StringIO()
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        with contextlib.redirect_stdout(printed):
            call_command("sample")
        yield printed.getvalue()
        transaction.set_rollback(True)


def test_the_sample_is_complete(loaded, client):
    live = list(with_body(Edition.objects.live().filter(article__kind=Kind.ARTICLE)))
    assert len(live) >= 10
    assert Picture.objects.count() >= 6
    assert Testimonial.objects.count() == 15
    assert set(CallForHelp.objects.values_list("status", flat=True)) == set(CallStatus.values)
    for edition in live:
        assert edition.word_count >= 600, edition.title
        assert len(edition.source_list) >= 3, edition.title
        cited = {int(number) for number in re.findall(r"\[(\d+)\]", edition.text)}
        assert cited == {source["position"] for source in edition.source_list}, edition.title
        html = client.get(edition.get_absolute_url()).content.decode()
        assert "This is a sample article." in html
    assert "Sample review, invented" in client.get("/reviews/").content.decode()
    assert "demonstration site" in SiteProfile.objects.get().small_print


PAGES = {
    *("/about/", "/team/", "/levels-of-care/", "/insurance/", "/visit/", "/faq/", "/what-to-bring/"),
    *("/for-professionals/", "/careers/"),
}


def test_the_sample_center_has_nine_pages_that_pass_the_gate_and_link_to_pages_that_exist(loaded, client):
    pages = Edition.objects.live().filter(article__kind__in=PAGE_KINDS)
    assert {page.get_absolute_url() for page in pages} == PAGES
    findings = []
    sitemap = b"".join(client.get("/sitemap-articles.xml").streaming_content).decode()
    for page in pages:
        html = client.get(page.get_absolute_url()).content.decode()
        assert "This is a sample page of an invented center" in html
        assert f"<loc>http://testserver{page.get_absolute_url()}</loc>" in sitemap
        found = editorial_gate.check_edition(page)
        findings += [(page.title, one.code, one.excerpt) for one in (*found.red, *found.amber)]
        signer = page.signed_off_by.groups.get().name
        assert signer in editorial_gate.SIGNERS[page.article.kind]
    assert findings == []


def test_the_first_page_of_the_sample_center_is_an_edition_that_passes_the_gate(loaded):
    edition = Edition.objects.live().get(article__kind=Kind.HOME)
    found = editorial_gate.check_edition(edition)
    assert [(one.code, one.excerpt) for one in (*found.red, *found.amber)] == []
    assert edition.signed_off_by.groups.get().name == "clinician"


def test_the_sample_is_loaded_once(loaded):
    before = Edition.objects.count()
    call_command("sample")
    assert Edition.objects.count() == before


def test_the_pending_samples_show_what_the_detector_finds(loaded):
    waiting = Version.objects.filter(review__in=Testimonial.objects.awaiting_decision())

    kinds = {hint.kind for version in waiting for hint in find_matches(version.payload["words"], roster())}

    assert {Sign.NAME, Sign.STAFF, Sign.PHONE, Sign.DATE, Sign.MEDICINE, Sign.DURATION} <= kinds


def test_one_account_per_role_with_a_password_shown_once(loaded, client):
    lines = dict(re.findall(r"^  (\w+)@example\.org +(\S+)$", loaded, re.MULTILINE))

    assert sorted(lines) == sorted(ROLES)
    for role, password in lines.items():
        user = User.objects.get(email=f"{role}@example.org")
        assert user.check_password(password)
        assert [group.name for group in user.groups.all()] == [role]


def test_loading_twice_changes_nothing(loaded, capsys):
    before = [Edition.objects.count(), Testimonial.objects.count(), CallForHelp.objects.count(), User.objects.count()]

    call_command("sample")

    after = [Edition.objects.count(), Testimonial.objects.count(), CallForHelp.objects.count(), User.objects.count()]
    assert after == before
    assert capsys.readouterr().out == ""


def test_our_own_text_follows_our_own_list_of_terms(loaded):
    with (ROOT / "articles/checks/terms.csv").open(encoding="utf-8", newline="") as file:
        terms = [row["term"] for row in csv.DictReader(file)]
    allowed = {"relapse", "slip", "lapse", "detox"}  # allowed by the list; clinicians and members use them
    pattern = re.compile(r"\b(" + "|".join(re.escape(term) for term in terms if term not in allowed) + r")s?\b", re.I)

    found = {edition.title: pattern.findall(edition.text) for edition in Edition.objects.live()}

    assert {title: terms for title, terms in found.items() if terms} == {}
