"""What people agreed to, and that they took it back: a row each time, none is ever changed."""

from .models import CallForHelp, Consent, ConsentText


def note_consent(call: CallForHelp, sha256: str, *, at, how: str = "sent the form") -> None:
    """Record that the text with this hash was agreed to. A forged or lost hash costs nobody their request."""
    if ConsentText.objects.filter(pk=sha256).exists():
        Consent.objects.create(call=call, text_id=sha256, at=at, how=how)


def live_consent(call: CallForHelp) -> Consent | None:
    """What the person agreed to last, unless they took it back since."""
    return Consent.objects.live(call)


def revoke_consent(call: CallForHelp, how: str, *, at) -> Consent | None:
    """Record that the person took it back, by any reasonable means (``how``). None where nothing was left to take."""
    live = live_consent(call)
    if live is None:
        return None
    return Consent.objects.create(call=call, text_id=live.text_id, act=Consent.Act.REVOKED, at=at, how=how)
