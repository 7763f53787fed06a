"""Consent texts shipped with the software, until the center's own approved texts (ConsentText) replace them."""

from datetime import UTC, datetime

from .models import ConsentText, hash_of

_shipped: dict[str, dict] = {}


def shipped_text(purpose: str, body: str) -> dict:
    """Fields of the ConsentText that every center starts with for a purpose."""
    return {
        "sha256": hash_of(purpose, "en", body),
        "purpose": purpose,
        "language": "en",
        "body": body,
        "effective_from": datetime(2026, 11, 1, 12, tzinfo=UTC),
        "approved_by": "Shipped with the software; the center's counsel has to approve it",
    }


def register(text: dict) -> None:
    _shipped[text["purpose"]] = text


def effective_texts(texts: list[dict]) -> dict[str, dict]:
    """The text in effect by purpose: the first English one of ``texts`` (newest first), or the shipped one."""
    effective = dict(_shipped)
    for text in reversed(texts):
        if text["language"] == "en":
            effective[text["purpose"]] = text
    return effective


def store_shipped() -> None:
    for text in _shipped.values():
        if not ConsentText.objects.filter(pk=text["sha256"]).exists():
            ConsentText.objects.create(**text)
