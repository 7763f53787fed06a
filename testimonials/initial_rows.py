"""The texts that writers of reviews allow their parts with, as shipped."""

from intake.models import ConsentText

from .wording import PERMISSIONS


def make() -> None:
    for text in PERMISSIONS.values():
        if not ConsentText.objects.filter(pk=text["sha256"]).exists():
            ConsentText.objects.create(**text)
