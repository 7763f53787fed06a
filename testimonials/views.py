"""Reviews: the list of those that are shown."""

from django.db import models
from django.db.models import Window
from django.shortcuts import render

from detoxsite.listing import Slice
from detoxsite.pages import Page

from .models import Reason, Status, Tally, Testimonial

PAGE_SIZE = 10


def testimonial_list(request):
    shown = Slice(
        Testimonial.objects.shown().annotate(total=Window(models.Count("pk"))), request.GET.get("page", "1"), PAGE_SIZE
    )
    count = Count(Tally.objects.all())
    page = Page(
        "Reviews" if shown.number == 1 else f"Reviews, page {shown.number}",
        f"All {count.shown} reviews that we may show, good and bad, how many we hold back, and why."
        if count.shown
        else "Reviews by people who stayed here and by families. How we choose what to show, and how to write one.",
        section="reviews",
        here=shown.number == 1,
    )
    context = {"page": page, "page_obj": shown, "reviews": shown.rows, "count": count}
    return render(request, "testimonials/testimonial_list.html", context)


class Count:
    """What the list says about itself: how many are shown and withheld, by stars, and why."""

    def __init__(self, tally) -> None:
        rows = list(tally)

        def total(**wanted):
            return sum(row.n for row in rows if all(getattr(row, name) == value for name, value in wanted.items()))

        self.shown, self.withheld = total(status=Status.PUBLISHED), total(status=Status.DECLINED)
        self.waiting = total(status=Status.PENDING, allow_words=True)
        reasons = [(reason.label, total(status=Status.DECLINED, reason=reason)) for reason in Reason]
        self.reasons = [(label, n) for label, n in reasons if n]
        stars = [
            (number, total(status=Status.PUBLISHED, stars=number), total(status=Status.DECLINED, stars=number))
            for number in (5, 4, 3, 2, 1, 0)
        ]
        most = max((n for _, n, _ in stars), default=0) or 1
        self.by_stars = [
            {"stars": number, "shown": n, "withheld": held, "width": round(100 * n / most)} for number, n, held in stars
        ]
