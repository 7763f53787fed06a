"""Accounting of disclosures: to whom what is known about a person was given (42 CFR 2.31, 45 CFR 164.528)."""

import csv
import io

from django.utils import timezone

from ..models import CallForHelp, Disclosure

COLUMNS = ("at", "request", "what", "to", "purpose", "by", "consent given")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so


def of_person(call: CallForHelp):
    """Disclosures of this request and of the others with the same phone number or address, oldest first."""
    own = CallForHelp.objects.filter(pk=call.pk) | CallForHelp.objects.real().with_contact(call.contact_digests)
    return Disclosure.objects.filter(call__in=own.values("pk")).select_related("call", "consent").order_by("at")


def as_csv(disclosures) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in disclosures:
        given = timezone.localtime(row.consent.at).isoformat(timespec="minutes") if row.consent else ""
        at = timezone.localtime(row.at).isoformat(timespec="minutes")
        cells = (at, row.call.reference, row.get_what_display(), row.to, row.why, row.by_name, given)
        writer.writerow([_safe(cell) for cell in cells])
    return text.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
