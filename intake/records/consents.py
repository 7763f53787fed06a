"""What people agreed to, and that they took it back: a row each time, none is ever changed."""

from detoxsite.core.models import ConsentText, Purpose

from ..models import CallForHelp, Channel, Consent

HOW = {Channel.WEB: "sent the form", Channel.PHONE: "told us on the phone", Channel.WALK_IN: "told us in person"}
"""How a person agreed to be called back."""


def how(call: CallForHelp) -> str:
    return HOW.get(call.channel, "told us")


def note_consent(call: CallForHelp, sha256: str, *, at, told: str = "") -> None:
    """Record that the text with this hash was agreed to. A forged or lost hash costs nobody their request."""
    if ConsentText.objects.filter(pk=sha256).exists():
        Consent.objects.create(call=call, text_id=sha256, at=at, how=told or how(call))


def live_consent(call: CallForHelp) -> Consent | None:
    """What the person agreed to last about being called back, unless they took it back since."""
    last = call.consents.filter(text__purpose=Purpose.CALL_BACK).order_by("-at", "-pk").first()
    return last if last is not None and last.act == Consent.Act.GIVEN else None


def has_taken_back(call: CallForHelp) -> bool:
    """Whether the last word was no. Reads ``consents`` as they are prefetched."""
    consents = list(call.consents.all())
    return bool(consents) and consents[-1].act == Consent.Act.REVOKED


def revoke_consent(call: CallForHelp, how: str, *, at) -> Consent | None:
    """Record that the person took it back, by any reasonable means (``how``). None where nothing was left to take."""
    live = live_consent(call)
    if live is None:
        return None
    return Consent.objects.create(call=call, text_id=live.text_id, act=Consent.Act.REVOKED, at=at, how=how)
