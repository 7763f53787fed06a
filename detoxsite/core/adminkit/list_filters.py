"""Filters of a list that staff save for themselves: what of an address is kept, and the changes to their own.

Only what a list knows is kept: its filters and the order of its columns. Words of a search are kept where an admin
says so (``saves_search``), never where rows are about people: what somebody searched there is a name, a number or an
address. It would outlive the request or review that it is from, in a readable table and on everybody's screen.
"""

import re

from django.db import transaction
from django.db.models import Max
from django.http import QueryDict

from ..exceptions import Refused
from ..locking import locked
from ..models import SavedFilter, User
from ..models.saved_filters import MAX_NAME, MAX_QUERY

MAX_FILTERS = 20  # of one person, for one list
MAX_PARAMETERS, MAX_VALUE = 12, 100
_ORDER = re.compile(r"-?\d{1,2}(?:\.-?\d{1,2}){0,5}", re.ASCII)


def kept_query(model_admin, query: str) -> str:
    """What of a query string is saved, in one fixed order; "" if nothing."""
    parameters = QueryDict(query if len(query) <= 2 * MAX_QUERY else "")
    if len(parameters) > MAX_PARAMETERS:
        return ""
    kept = QueryDict(mutable=True)
    for name in sorted(parameters):
        value = parameters[name]
        if value and len(value) <= MAX_VALUE and value.isprintable() and _is_known(model_admin, name, value):
            kept[name] = value
    encoded = kept.urlencode()
    return encoded if len(encoded) <= MAX_QUERY else ""


def _is_known(model_admin, name: str, value: str) -> bool:
    if name == "o":
        return bool(_ORDER.fullmatch(value))
    if name == "q":
        return model_admin.saves_search
    return model_admin.lookup_allowed(name, value)


def own_filters(user: User, model_admin) -> list[SavedFilter]:
    """A person's filters of a list. One with a filter that the list no longer has is left out."""
    rows = SavedFilter.objects.filter(user=user, model=model_admin.opts.label_lower)
    return [row for row in rows if row.query == kept_query(model_admin, row.query)]


@transaction.atomic
def save(user: User, model_admin, *, name: str, query: str) -> SavedFilter:
    """Raises Refused."""
    query, rows = kept_query(model_admin, query), _locked_rows(user, model_admin.opts.label_lower)
    if not query:
        raise Refused("Choose a filter or an order in the list first: there is nothing to save.")
    if rows.count() >= MAX_FILTERS:
        raise Refused(f"You have {MAX_FILTERS} filters for this list. Remove one first.")
    last = rows.aggregate(last=Max("position"))["last"]
    values = {"user": user, "model": model_admin.opts.label_lower, "position": (last or 0) + 1}
    return SavedFilter.objects.create(name=_checked(name, rows), query=query, **values)


@transaction.atomic
def rename(row: SavedFilter, *, name: str) -> None:
    """Raises Refused."""
    rows = _locked_rows(row.user, row.model)
    if not rows.filter(pk=row.pk).update(name=_checked(name, rows.exclude(pk=row.pk))):
        raise Refused("This filter no longer exists.")  # removed in another tab


@transaction.atomic
def move_up(row: SavedFilter) -> None:
    """One place to the front."""
    rows = list(_locked_rows(row.user, row.model))
    place = next((place for place, one in enumerate(rows) if one.pk == row.pk), 0)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for position, one in enumerate(rows):
        one.position = position
    SavedFilter.objects.bulk_update(rows, ["position"])


def _locked_rows(user: User, model: str):
    """The filters of one list; nobody else changes them until the transaction ends."""
    locked(User.objects, user.pk)
    return SavedFilter.objects.filter(user=user, model=model)


def _checked(name: str, others) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("Give the filter a name.", field="name")
    if len(name) > MAX_NAME:
        raise Refused(f"The name has more than {MAX_NAME} characters.", field="name")
    if others.filter(name=name).exists():
        raise Refused("You have a filter of this name. Choose another.", field="name")
    return name
