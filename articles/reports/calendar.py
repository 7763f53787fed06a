"""The content calendar: what is published, is due for review, ends, or has to be looked up again, day by day."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from ..models import CHECK_INTERVAL, CenterFact, Edition, State

MAX_ENTRIES = 200  # of one kind in a month
_NAME = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class Month:
    first: date

    @classmethod
    def named(cls, name: str | None) -> "Month":
        """The month of a name like 2026-12; without a valid one, the present month."""
        found = _NAME.fullmatch(name or "")
        return cls(date(int(found[1]), int(found[2]), 1) if found else timezone.localdate().replace(day=1))

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        return cls(timezone.localtime(moment).date().replace(day=1))

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def previous(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def next(self) -> "Month":
        return Month(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.last.day)]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Begin and end of the month in the center's time zone."""
        return tuple(timezone.make_aware(datetime.combine(day, time())) for day in (self.first, self.next.first))


@dataclass(frozen=True)
class Entry:
    on: date
    kind: str  # scheduled, published, review, ends or check
    label: str
    edition: Edition | None = None
    fact: CenterFact | None = None

    @property
    def title(self) -> str:
        return self.edition.title if self.edition else self.fact.name


def entries_of(month: Month, *, with_facts: bool) -> tuple[list[Entry], list[str]]:
    """The entries of a month by day, at most MAX_ENTRIES of a kind, and the names of the kinds that have more."""
    kinds = {"publications": _publications(month), "reviews": _reviews(month)}
    if with_facts:
        kinds |= {"facts that end": _ends(month), "facts to look up": _checks(month)}
    found = {name: list(entries) for name, entries in kinds.items()}
    shown = [entry for entries in found.values() for entry in entries[:MAX_ENTRIES]]
    more = [name for name, entries in found.items() if len(entries) > MAX_ENTRIES]
    return sorted(shown, key=lambda entry: entry.on), more


def _publications(month: Month) -> Iterator[Entry]:
    begin, end = month.moments
    rows = Edition.objects.filter(state=State.SIGNED_OFF, publish_at__gte=begin, publish_at__lt=end)
    now = timezone.now()
    shown = rows.select_related("article").only("title", "state", "publish_at", "article__kind")  # who may move it
    for edition in shown.order_by("publish_at", "pk")[: MAX_ENTRIES + 1]:
        moment = timezone.localtime(edition.publish_at)
        kind = "scheduled" if edition.publish_at > now else "published"
        at = date_format(moment, "g:i A").replace(" ", "\xa0")
        yield Entry(moment.date(), kind, f"{kind.capitalize()} {at}", edition)


def _reviews(month: Month) -> Iterator[Entry]:
    """Of live editions: what readers do not see needs no review."""
    due = Edition.objects.live().filter(review_due_on__range=(month.first, month.last))
    for edition in due.only("title", "review_due_on").order_by("review_due_on", "title", "pk")[: MAX_ENTRIES + 1]:
        yield Entry(edition.review_due_on, "review", "Review due", edition)


def _ends(month: Month) -> Iterator[Entry]:
    ending = CenterFact.objects.filter(ends_on__range=(month.first, month.last))
    for fact in ending.order_by("ends_on", "pk")[: MAX_ENTRIES + 1]:
        yield Entry(fact.ends_on, "ends", "Last day", fact=fact)


def _checks(month: Month) -> Iterator[Entry]:
    days = [day - CHECK_INTERVAL for day in (month.first, month.last)]
    for fact in CenterFact.objects.filter(checked_on__range=days).order_by("checked_on", "pk")[: MAX_ENTRIES + 1]:
        yield Entry(fact.check_again_on, "check", "Look up again", fact=fact)
