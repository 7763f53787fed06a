"""Rebases a submitted formset on the rows that are stored now.

Between opening and saving a form, other people add and delete rows. Rows that were deleted come back as new ones, and
rows that were added are appended, so that the form shows everything and Django can match every row.
"""

import re

from django.forms import model_to_dict
from django.http import QueryDict


def rebase(data: QueryDict, prefix: str, rows) -> None:
    """Renumber the rows of a formset in ``data`` as Django expects: the stored ``rows`` first, then new ones."""
    stored = {str(row.pk): _as_submitted(row) for row in rows}
    submitted = _submitted_rows(data, prefix)
    keys = [row.get("id", [""])[-1] for row in submitted]
    existing = [row for row, key in zip(submitted, keys, strict=True) if key in stored]
    existing += [row for key, row in stored.items() if key not in keys]
    new = [row for row, key in zip(submitted, keys, strict=True) if key not in stored and "DELETE" not in row]
    for number, row in enumerate(existing + [{**row, "id": [""]} for row in new]):
        for name, values in row.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(existing + new)), str(len(existing))


def rebased_fields(form, formsets) -> dict[str, str]:
    """All fields of a form with its rebased formsets."""
    fields = form.data.dict()
    for formset in formsets:
        prefix = f"{formset.prefix}-"
        fields = {name: value for name, value in fields.items() if not name.startswith(prefix)}
        fields |= {name: value for name, value in formset.data.items() if name.startswith(prefix)}
    return fields


def _submitted_rows(data: QueryDict, prefix: str) -> list[dict[str, list[str]]]:
    """Take the rows of a formset out of ``data``, in order."""
    rows: dict[int, dict] = {}
    row_field = re.compile(rf"{re.escape(prefix)}-(\d{{1,5}})-(.+)", re.ASCII)
    for name in list(data):
        if match := row_field.fullmatch(name):
            rows.setdefault(int(match[1]), {})[match[2]] = data.pop(name)
    return [rows[number] for number in sorted(rows)]


def _as_submitted(row) -> dict[str, list[str]]:
    """A stored row as the browser would submit it."""
    values = {name: value for name, value in model_to_dict(row).items() if value is not False}
    return {name: ["on" if value is True else "" if value is None else str(value)] for name, value in values.items()}
