"""The staff roster in the form that the detector of personal information takes."""

from .models import StaffName
from .pii import RosterName


def roster() -> list[RosterName]:
    """Everyone on the roster, in one query."""
    return [
        RosterName(
            name=entry.name,
            nicknames=tuple(nickname.strip() for nickname in entry.nicknames.split(",") if nickname.strip()),
            may_be_named=entry.may_be_named,
        )
        for entry in StaffName.objects.all()
    ]
