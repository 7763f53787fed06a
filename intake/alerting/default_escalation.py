"""The default escalation of a new site."""

from ..models import AlertTarget, EscalationStep

DEFAULT_STEPS = {0: AlertTarget.ON_CALL, 3: AlertTarget.SECOND, 5: AlertTarget.EVERYONE, 10: AlertTarget.DIRECTOR}
"""Minutes after a request came in, and who is alerted then."""


def make_default_escalation() -> None:
    if not EscalationStep.objects.exists():
        EscalationStep.objects.bulk_create(EscalationStep(after=after, who=who) for after, who in DEFAULT_STEPS.items())
