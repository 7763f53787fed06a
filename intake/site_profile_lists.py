"""What the cached site profile holds of intake: the on-call shifts."""

from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject

from detoxsite.core import site_profile

from .models import Shift


def register() -> None:
    site_profile.register("shifts", _shifts)


def _shifts() -> QuerySet:
    shifts = Shift.objects.filter(person__is_active=True).order_by()
    return shifts.values(entry=JSONObject(weekday="weekday", starts="starts", ends="ends", second=F("is_second")))
