"""Consent text of the call for help, and the notice that goes with every disclosure."""

from detoxsite.core import consent_texts
from detoxsite.core.models import Purpose

CONSENT_BODY = (
    "By pressing the button you ask our care team to contact you about this request, in the ways you allowed above. "
    "We do not use it for ads, and we do not sell it. Federal law (42 CFR Part 2) limits who may see it. You can take "
    "this back at any time: call us, or use your own page, which the next page tells you about. It ends when your "
    "request is closed and erased."
)
CONSENT = consent_texts.shipped_text(Purpose.CALL_BACK, CONSENT_BODY)
REDISCLOSURE_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


def register() -> None:
    consent_texts.register(CONSENT)
