"""The staff roster, as hints are looked for with it."""

from .models import StaffName
from .pii import RosterName


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
