"""Sample accounts, and the people of the bylines."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from articles.models import Person

from .content import read

DOMAIN = "example.org"  # reserved for examples: no real account is in it
ACCOUNTS = {
    "editor": ("Maya", "Ortiz", "maya-ortiz"),
    "clinician": ("Daniel", "Reyes", "daniel-reyes"),
    "moderator": ("Noor", "Haddad", ""),
    "admissions": ("Sam", "Whitfield", ""),
    "front_desk": ("Lena", "Moss", ""),
    "compliance": ("Ines", "Baptiste", ""),
    "manager": ("Ruth", "Calloway", "ruth-calloway"),
}
COLLEAGUE = ("Priya", "Raman", "priya-raman")  # a second clinician, reviewer of some articles


@dataclass
class Accounts:
    staff: dict  # by role
    people: dict[str, Person]  # by key
    passwords: dict[str, str]  # by email address


def load_accounts(*, with_passwords: bool) -> Accounts:
    """Create one account for each role, and the people whose names are under the articles."""
    make = get_user_model().objects.create_user
    passwords, staff, linked = {}, {}, {}
    for role, (first, last, person) in ACCOUNTS.items():
        email, password = f"{role}@{DOMAIN}", secrets.token_urlsafe(12) if with_passwords else None
        user = make(email, password, first_name=first, last_name=last, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        passwords[email], staff[role], linked[person] = password, user, user
    first, last, person = COLLEAGUE
    colleague = make(f"clinician2@{DOMAIN}", None, first_name=first, last_name=last, is_staff=True)
    colleague.groups.add(Group.objects.get(name="clinician"))
    linked[person] = colleague
    people = {
        entry["key"]: Person.objects.create(
            slug=entry["key"],
            user=linked.get(entry["key"]),
            **{name: value for name, value in entry.items() if name != "key"},
        )
        for entry in read("people.toml")["people"]
    }
    return Accounts(staff, people, passwords)
