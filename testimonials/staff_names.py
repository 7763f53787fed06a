"""The staff roster, as hints are looked for with it."""

from .pii import RosterName
from .models import StaffName


def roster() -> list[RosterName]:
    """Everybody on the roster, in one query."""
    return [
        RosterName(
            name=entry.name,
            nicknames=tuple(nickname.strip() for nickname in entry.nicknames.split(",") if nickname.strip()),
            may_be_named=entry.may_be_named,
        )
        for entry in StaffName.objects.all()
    ]
