"""Consent of the person to be called back: given, current, revoked."""

from detoxsite.core.models import ConsentText, Purpose

from ..models import CallForHelp, Channel, Consent

HOW = {Channel.WEB: "sent the form", Channel.PHONE: "told us on the phone", Channel.WALK_IN: "told us in person"}
"""How a person consented, by the channel of the request."""


def how_given(call: CallForHelp) -> str:
    return HOW.get(call.channel, "told us")


def record_consent(call: CallForHelp, sha256: str, *, at, how: str = "") -> None:
    """Record consent to the text with this hash. An unknown hash is ignored: nobody loses their request over it."""
    if ConsentText.objects.filter(pk=sha256).exists():
        Consent.objects.create(call=call, text_id=sha256, at=at, how=how or how_given(call))


def current_consent(call: CallForHelp) -> Consent | None:
    """The consent to being called back that holds now."""
    return call.consents.current(Purpose.CALL_BACK)


def has_revoked(call: CallForHelp) -> bool:
    """Whether the latest entry revokes."""
    consents = list(call.related("consents"))
    return bool(consents) and consents[-1].act == Consent.Act.REVOKED


def revoke_consent(call: CallForHelp, how: str, *, at) -> Consent | None:
    """Record that the person revoked, by any reasonable means (``how``). None if no consent was current."""
    current = current_consent(call)
    if current is None:
        return None
    return Consent.objects.create(call=call, text_id=current.text_id, act=Consent.Act.REVOKED, at=at, how=how)
