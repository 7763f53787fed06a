"""Addresses of the admin's pages of one row, for pages that name many: ``reverse`` takes twenty times as long."""

from functools import lru_cache

from django.db.models import Model
from django.urls import get_script_prefix, reverse


def row_url(row: Model, view: str = "change", *rest: str) -> str:
    """The address of a page of a row: as ``reverse`` of "admin:app_model_view" with its key and ``rest``.

    For keys that an address contains as they are: numbers and UUIDs.
    """
    opts = row._meta
    before, after = _around_key(get_script_prefix(), f"admin:{opts.app_label}_{opts.model_name}_{view}", *rest)
    return f"{before}{row.pk}{after}"


@lru_cache
def _around_key(_prefix: str, name: str, *rest: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[0, *rest]).partition("/0/")
    return f"{before}/", f"/{after}"
