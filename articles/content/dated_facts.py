"""What readers see of facts about the center on a day: one that has ended no more, and no state of a plan that nobody
has checked for half a year.
"""

from datetime import date, timedelta

from ..models import CenterFact
from ..models.center_facts import CHECK_INTERVAL


def facts_on(today: date, block: dict) -> tuple[list[dict], date | None]:
    """The facts of a rendered block as dicts, and the day on which time alone changes them.

    Each has ``checked_on`` as a date. In place of a ``value`` that is too old there is "".
    """
    shown, changes = [], []
    for fact in block["facts"]:
        ends_on, checked_on = _date(fact["ends_on"]), _date(fact["checked_on"])
        if ends_on and ends_on < today:
            continue
        old_from = checked_on + CHECK_INTERVAL + timedelta(days=1)
        is_plan = block["group"] == CenterFact.Group.INSURER
        value = "" if is_plan and old_from <= today else fact["value"]
        shown.append({**fact, "value": value, "checked_on": checked_on})
        changes += [ends_on + timedelta(days=1)] if ends_on else []
        changes += [old_from] if is_plan and value else []
    return shown, min(changes, default=None)


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
