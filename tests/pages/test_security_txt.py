"""/.well-known/security.txt."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import checks

from detoxsite.core.security_contact import CONTACT
from detoxsite.pages.security_txt import expires

ADDRESS = "/.well-known/security.txt"


@pytest.fixture
def contact(settings):
    settings.SECURITY_CONTACT = "mailto:security@center.example"


@time_machine.travel("2026-11-29T23:59:59Z", tick=False)
def test_it_has_the_fields_of_the_standard(client, contact):
    response = client.get(ADDRESS)

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "Contact: mailto:security@center.example\n"
        "Expires: 2027-10-01T00:00:00Z\n"
        "Preferred-Languages: en\n"
        f"Canonical: http://testserver{ADDRESS}\n"
    )
    assert not response.cookies
    assert client.head(ADDRESS).status_code == 200
    assert client.post(ADDRESS).status_code == 405


def test_it_expires_in_less_than_a_year_and_changes_once_a_month():
    days = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(4 * 365)]  # a leap year too

    assert all(timedelta(days=270) < expires(day) - day < timedelta(days=365) for day in days)
    assert len({expires(day) for day in days}) == 4 * 12


def test_without_a_contact_it_is_not_there_and_the_check_says_so(client, db, settings):
    settings.SECURITY_CONTACT = ""

    assert client.get(ADDRESS).status_code == 404
    assert "detoxsite.W001" in {found.id for found in checks.run_checks(include_deployment_checks=True)}


@pytest.mark.parametrize("contact", ["mailto:security@center.example", "https://center.example/report?it"])
def test_what_is_a_contact(contact):
    assert CONTACT.fullmatch(contact)


@pytest.mark.parametrize(
    "contact",
    [
        "security@center.example",
        "http://center.example/",
        "mailto:center",
        "https://",
        "https://a b",
        "mailto:a@b\nX: y",
    ],
)
def test_what_is_no_contact(contact):
    assert not CONTACT.fullmatch(contact)


def test_with_a_contact_the_check_finds_nothing(contact):
    assert "detoxsite.W001" not in {found.id for found in checks.run_checks(include_deployment_checks=True)}
