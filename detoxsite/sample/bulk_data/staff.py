"""Who writes, signs and answers in content made in bulk: the sample's people where they are, or some of our own."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from articles.models import Person

NAMES = ["Alma Reed", "Bo Castillo", "Cleo Marsh", "Dov Hansen", "Ema Okafor", "Finn Duarte", "Gia Novak", "Hal Imura"]
SIGNERS = 3  # the last of them are clinicians


@dataclass
class Staff:
    editor: object
    authors: list[Person]
    clinicians: list[Person]
    moderator: object
    manager: object
    nurse: object


def staff() -> Staff:
    """The people and accounts for bulk content; nobody can sign in to these accounts until given a link."""
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
