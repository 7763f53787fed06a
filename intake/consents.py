"""What people agreed to, and that they took it back: a row each time, none is ever changed."""

from .models import CallForHelp, Consent, ConsentText, Purpose


def note_consent(call: CallForHelp, sha256: str, *, at, how: str = "sent the form") -> None:
    """Record that the text with this hash was agreed to. A forged or lost hash costs nobody their request."""
    if ConsentText.objects.filter(pk=sha256).exists():
        Consent.objects.create(call=call, text_id=sha256, at=at, how=how)


def live_consent(call: CallForHelp, purpose: str = Purpose.CALL_BACK) -> Consent | None:
    """What the person agreed to last for this purpose, unless they took it back since."""
    last = call.consents.filter(text__purpose=purpose).order_by("-at", "-pk").first()
    return last if last is not None and last.act == Consent.Act.GIVEN else None


def revoke_consent(call: CallForHelp, how: str, *, at, purpose: str = Purpose.CALL_BACK) -> Consent | None:
    """Record that the person took it back, by any reasonable means (``how``). None where nothing was left to take."""
    live = live_consent(call, purpose)
    if live is None:
        return None
    return Consent.objects.create(call=call, text_id=live.text_id, act=Consent.Act.REVOKED, at=at, how=how)
