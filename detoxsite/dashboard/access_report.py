"""The weekly report for compliance: who opened what, the odd first, and whether the access log is whole."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format

from detoxsite.core import roles
from detoxsite.core.access_log import chain
from detoxsite.core.models import SealedAccess
from intake.models import CallForHelp, ContactAttempt, Disclosure

PERMISSION = "detoxsite.view_sealedaccess"
REQUEST = CallForHelp._meta.label_lower
NIGHT = 22, 6  # hours, center time
Action = SealedAccess.Action


@dataclass
class Reader:
    """What one person, or a partner's system, did in the week."""

    name: str
    roles: set[str] = field(default_factory=set)
    requests: set[str] = field(default_factory=set)  # primary keys
    reviews: set[str] = field(default_factory=set)
    writings: int = 0
    printouts: int = 0
    emergencies: int = 0
    at_night: int = 0
    without_work: int = 0  # requests opened by someone who neither called nor wrote

    @property
    def oddness(self) -> tuple:
        return self.emergencies, self.without_work, self.at_night, len(self.requests)

    def add(self, entry: SealedAccess) -> None:
        self.roles.update(roles.labels(entry.by_roles))
        match entry.action:
            case Action.WRITE:
                self.writings += 1
            case Action.PRINT:
                self.printouts += 1
            case Action.BREAK_GLASS:
                self.emergencies += 1
        if entry.action in (Action.READ, Action.FETCH):
            (self.requests if entry.model == REQUEST else self.reviews).update(entry.subjects)
            hour = timezone.localtime(entry.at).hour
            self.at_night += hour >= NIGHT[0] or hour < NIGHT[1]


@dataclass(frozen=True)
class Week:
    monday: date

    @classmethod
    def of(cls, name: str | None) -> "Week":
        """The week of a name like 2026-W48; without a valid one, the last that is over."""
        found = re.fullmatch(r"(20\d\d)-W(\d\d)", name or "", re.ASCII)
        try:
            return cls(date.fromisocalendar(int(found[1]), int(found[2]), 1)) if found else cls.last()
        except ValueError:
            return cls.last()

    @classmethod
    def last(cls) -> "Week":
        today = timezone.localdate()
        return cls(today - timedelta(days=today.weekday() + 7))

    @property
    def name(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def dates(self) -> str:
        """Such as "Nov 16 to 22, 2026"."""
        sunday = self.monday + timedelta(days=6)
        is_one_month = sunday.month == self.monday.month
        return f"{date_format(self.monday, 'M j')} to {date_format(sunday, 'j, Y' if is_one_month else 'M j, Y')}"

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        begin, end = (datetime.combine(day, time()) for day in (self.monday, self.monday + timedelta(days=7)))
        return timezone.make_aware(begin), timezone.make_aware(end)

    def moved(self, weeks: int) -> "Week":
        return Week(self.monday + timedelta(weeks=weeks))


def readers(week: Week) -> list[Reader]:
    """Everyone who opened something, the oddest first."""
    entries = SealedAccess.objects.filter(at__range=week.bounds).exclude(action=Action.LIST).select_related("by")
    found: dict[tuple, Reader] = {}
    for entry in entries.iterator():
        found.setdefault((entry.by_id, entry.by_name), Reader(entry.by_name)).add(entry)
    worked = {}
    attempts = ContactAttempt.objects.filter(by__in=[by for by, _ in found if by])
    for by, call in attempts.order_by().values_list("by", "call"):
        worked.setdefault(by, set()).add(str(call))
    for (by, _), reader in found.items():
        reader.without_work = len(reader.requests - worked.get(by, set())) if by else 0
    return sorted(found.values(), key=lambda reader: reader.oddness, reverse=True)


def is_read(week: Week) -> bool:
    return LogEntry.objects.filter(object_repr=_label(week), object_id=week.name).exists()


def _label(week: Week) -> str:
    return f"Access report {week.name}"


def may_view(user) -> bool:
    return user.has_perm(PERMISSION)


def page(request):
    if not may_view(request.user):
        raise PermissionDenied
    week = Week.of(request.GET.get("week"))
    if request.method == "POST":
        return _mark_read(request, week)
    in_week = {"at__range": week.bounds}
    context = {
        **admin.site.each_context(request),
        "title": f"Access report, {week.dates}",
        "week": week,
        "before": week.moved(-1),
        "after": week.moved(1) if week.moved(1).monday <= timezone.localdate() else None,
        "emergencies": SealedAccess.objects.filter(action=Action.BREAK_GLASS, **in_week),
        "readers": readers(week),
        "disclosures": Disclosure.objects.filter(**in_week).count(),
        "gap": chain.first_gap(),
        "head": chain.head(),
        "is_read": is_read(week),
    }
    return render(request, "admin/access_report.html", context)


def _mark_read(request, week: Week):
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(SealedAccess),
        object_id=week.name,
        object_repr=_label(week),
        action_flag=CHANGE,
        change_message="Read",
    )
    messages.success(request, f"The access report of {week.dates} is marked as read.")
    return redirect(f"{request.path}?week={week.name}")
