"""Staff for bulk data: the accounts of the sample content if they exist, and invented authors."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from articles.models import Person

NAMES = ["Alma Reed", "Bo Castillo", "Cleo Marsh", "Dov Hansen", "Ema Okafor", "Finn Duarte", "Gia Novak", "Hal Imura"]
SIGNERS = 3  # the last ones are clinicians


@dataclass
class Staff:
    editor: object
    authors: list[Person]
    clinicians: list[Person]
    moderator: object
    manager: object
    nurse: object


def staff() -> Staff:
    """Get or create people and accounts; no one can sign in to new accounts without a link."""
    people = [_person(name) for name in NAMES]
    for person in people[-SIGNERS:]:
        if person.user is None:
            person.user = _account("clinician", f"{person.slug}@example.org")
            person.save()
    return Staff(
        editor=_account("editor"),
        authors=people[:-SIGNERS],
        clinicians=people[-SIGNERS:],
        moderator=_account("moderator"),
        manager=_account("manager"),
        nurse=_account("admissions"),
    )


def _person(name: str) -> Person:
    slug = name.lower().replace(" ", "-")
    values = {"name": name, "credentials": "RN", "role": "Nurse (sample name)"}
    return Person.objects.get_or_create(slug=slug, defaults=values)[0]


def _account(role: str, email: str = ""):
    users, email = get_user_model().objects, email or f"{role}@example.org"
    user = users.filter(email=email).first() or users.create_user(email, None, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user
