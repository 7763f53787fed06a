"""Display consents: which parts of a review its author allows readers to see. Each change adds a row."""

from collections.abc import Collection, Mapping

from detoxsite.core.models import ConsentText

from ..models import PARTS, PURPOSES, DisplayConsent, Testimonial


def update(
    review: Testimonial, allow: Collection[str], texts: Mapping[str, str], *, how: str = "sent the form"
) -> None:
    """Allow exactly the parts in ``allow``; ``texts`` has the hash of the text that was read for each part."""
    for part in PARTS:
        is_allowed = part in allow
        if is_allowed != getattr(review, f"allow_{part}"):
            setattr(review, f"allow_{part}", is_allowed)
            _add(review, part, DisplayConsent.Act.GIVEN if is_allowed else DisplayConsent.Act.REVOKED, how, texts)


def revoke(review: Testimonial, parts: Collection[str], *, how: str) -> list[str]:
    """Revoke ``parts``; returns those that had been allowed."""
    revoked = [part for part in PARTS if part in parts and getattr(review, f"allow_{part}")]
    for part in revoked:
        setattr(review, f"allow_{part}", False)
        _add(review, part, DisplayConsent.Act.REVOKED, how, {})
    return revoked


def _add(review: Testimonial, part: str, act: str, how: str, texts: Mapping[str, str]) -> None:
    """A revocation repeats the text that was consented to; a forged or unknown hash counts as the current text."""
    purpose = PURPOSES[part]
    last = DisplayConsent.objects.filter(review=review, text__purpose=purpose).last()
    if act == DisplayConsent.Act.REVOKED and last:
        text = last.text
    else:
        known = ConsentText.objects.filter(purpose=purpose)
        text = known.filter(pk=texts.get(part, "")).first() or known.filter(language="en").first()
    DisplayConsent.objects.create(review=review, text=text, act=act, how=how)
