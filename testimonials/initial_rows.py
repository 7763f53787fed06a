"""The texts that writers of reviews allow their parts with, as shipped."""

from detoxsite.core.models import ConsentText

from .consent_texts import PERMISSIONS


def make() -> None:
    for text in PERMISSIONS.values():
        if not ConsentText.objects.filter(pk=text["sha256"]).exists():
            ConsentText.objects.create(**text)
