"""The sections of the queue: what can be done now comes first, and one person has one row."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from detoxsite.core.adminkit.model_admin import SafeChangeList

from ..casework.queues import in_queue
from ..models import QUEUE_ORDER, CallForHelp, Channel, Urgency
from .queue import Row, rows

MAX_TO_CALL = 50  # looked at for the next one: as many as a page of the queue shows
STORE_TIME = 2  # seconds that storing a request may take, so that none is missed between two polls
IN_DANGER, NOW, NOT_NOW = SECTIONS = "In danger", "Now", "Not now"


def one_row_each(listed: list[Row]) -> list[Row]:
    """Put open requests with a phone number or address in common into the first of their rows.

    They stay requests of their own: several people can share a phone. So whoever is in danger, or has written a
    message, keeps a row.
    """
    first: dict[bytes, Row] = {}
    result = []
    for row in listed:
        digests = [] if row.call.closed_at else [bytes(digest) for digest in row.call.contact_digests]
        before = next((first[digest] for digest in digests if digest in first), None)
        if before is None or row.call.urgency == Urgency.DANGER or row.unanswered:
            result.append(row)
            before = before or row
        else:
            before.same_contact.append(row)
        for digest in digests:
            first.setdefault(digest, before)
    return result


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]


def sections(listed: list[Row]) -> list[Section]:
    """Sort the rows of a page by what can be done now. Inside a section the order of the queue stays.

    Danger comes first at any hour, but for reviews that nobody has confirmed: anyone can send many. Last come those
    whom a colleague is calling, and those who must not be called yet; who can be written to, has written to us, or
    cannot be decrypted stays among those to see to now. A list with closed requests is one section.
    """
    if any(row.call.closed_at for row in listed):
        return [Section("", one_row_each(listed))]
    folded = one_row_each(sorted(listed, key=lambda row: SECTIONS.index(_section(row))))
    by_title = {title: [row for row in folded if _section(row) == title] for title in SECTIONS}
    return [Section(title, rows) for title, rows in by_title.items() if rows]


def _section(row: Row) -> str:
    if row.call.urgency == Urgency.DANGER and row.call.channel != Channel.UNCONFIRMED_REVIEW:
        return IN_DANGER
    is_later = row.may_call and row.may_call.state in ("no", "taken") and not row.unanswered
    return NOT_NOW if is_later else NOW


def to_call(user, requests) -> Iterator[CallForHelp]:
    """Yield the unclaimed ones of ``requests`` that the queue shows as to call now, in its order."""
    calls = list(in_queue("unclaimed", requests).order_by(*QUEUE_ORDER)[:MAX_TO_CALL])
    for section in sections(rows(calls, user)):
        if section.title != NOT_NOW:
            yield from (row.call for row in section.rows)


class QueueChangeList(SafeChangeList):
    def get_results(self, request):
        self.read_at = f"{timezone.now().timestamp() - STORE_TIME:.3f}"
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.sections = sections(rows(self.result_list, request.user))
        self.queues = [choice for spec in self.filter_specs for choice in spec.choices(self)]
        self.is_open_queue = self.queues[0]["selected"]  # not one of the others, and no search
