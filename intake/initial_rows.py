"""What the intake of every center begins with: the consent text as shipped, and a ladder of alerts."""

from detoxsite.core.models import ConsentText
from .models import Rung, Who
from .records.consent_texts import CONSENT

LADDER = {0: Who.ON_DUTY, 3: Who.SECOND, 5: Who.EVERYONE, 10: Who.DIRECTOR}
"""Minutes after a request came in, and who is told then."""


def make() -> None:
    if not ConsentText.objects.filter(pk=CONSENT["sha256"]).exists():
        ConsentText.objects.create(**CONSENT)
    if not Rung.objects.exists():
        Rung.objects.bulk_create(Rung(after=after, who=who) for after, who in LADDER.items())
