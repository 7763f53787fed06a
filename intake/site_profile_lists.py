"""What every page knows of the intake: the shifts of those who answer requests."""

from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject

from detoxsite.core import site_profile

from .models import Shift


def register() -> None:
    site_profile.register("shifts", _shifts)


def _shifts() -> QuerySet:
    shifts = Shift.objects.filter(person__is_active=True).order_by()
    return shifts.values(entry=JSONObject(weekday="weekday", starts="starts", ends="ends", second=F("is_second")))
