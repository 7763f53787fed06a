"""Quiet hours: the phones of a person ring during their shifts, and otherwise only where the escalation has to.

That is (decisions 16 and 37) where no one is on call, and where those on call did not claim the request: at a later
step that goes to everyone, to the director, or to a second person who is not there. Email is sent at any hour.
"""

from datetime import datetime

from ..models import AlertTarget, EscalationStep, Shift

FROM_THE_SCHEDULE = {AlertTarget.ON_CALL: False, AlertTarget.SECOND: True}
"""The targets whose people the schedule names, and whether as the second person."""


def on_call(now: datetime, *, is_second: bool) -> list:
    """The people whose shift is now."""
    shifts = Shift.objects.of_staff().filter(is_second=is_second).select_related("person")
    return list({shift.person_id: shift.person for shift in shifts if shift.is_now(now)}.values())


def is_on_duty(person_id, now: datetime) -> bool:
    return any(shift.is_now(now) for shift in Shift.objects.filter(person=person_id))


def breaks(step: EscalationStep | None, now: datetime, *, is_escalated: bool) -> bool:
    """Whether the messages of this step ring people who are not on duty. ``is_escalated``: it is not the first one."""
    if not on_call(now, is_second=False):
        return True
    if step and step.who in FROM_THE_SCHEDULE:
        return is_escalated and not on_call(now, is_second=FROM_THE_SCHEDULE[step.who])
    return is_escalated
