"""Who looked at what: the entries about one request, review or person of staff."""

from ..models import SealedAccess

LISTED = 200  # entries on a page


def about(obj) -> list[SealedAccess]:
    """The newest entries about a row, without those of lists that it was on."""
    entries = SealedAccess.objects.filter(model=obj._meta.label_lower, subjects__contains=[str(obj.pk)])
    return list(entries.exclude(action=SealedAccess.Action.LIST)[:LISTED])
