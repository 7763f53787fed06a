"""A reader tells us of a review that is shown. It stays while we check it, unless somebody may be in danger."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core.exceptions import Refused
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.forms import VisitorFormView
from detoxsite.core.public_forms.rate_limit import RateLimit

from .. import crisis_notice
from ..forms import FlagForm
from ..services import reports
from .public import GONE, gone, known_to_readers

remarks = RateLimit(window=3600.0, most=10)


class TellView(VisitorFormView):
    form_class = FlagForm
    template_name = "testimonials/tell.html"
    sent_url = reverse_lazy("testimonials:told")

    def page(self, *, error):
        return Page(
            "Tell us about a review", "Tell us what is wrong with it.", section="reviews", index=False, error=error
        )

    def get(self, request, *args, **kwargs):
        review = known_to_readers(kwargs["pk"])
        if review.status in GONE:
            return gone(request)
        if not review.is_shown:
            raise Http404
        return super().get(request, *args, **kwargs)

    @method_decorator(never_cache)
    def post(self, request, *args, **kwargs):
        """Also for a review that was hidden meanwhile: whoever had the form open may still send it."""
        if known_to_readers(kwargs["pk"]).status in GONE:
            return gone(request)
        if remarks.is_over(self.address):
            return self.show(self.get_form(), status=429, often=True)
        try:
            return super().post(request, *args, **kwargs)
        except Refused:  # it was taken down this moment
            return gone(request)

    @property
    def address(self) -> str:
        return self.request.META.get("REMOTE_ADDR", "")

    def store(self, form):
        remarks.count(self.address)
        answers = form.cleaned_data
        reports.submit(self.kwargs["pk"], key=answers["key"], kind=answers["kind"], text=answers["text"])
        return answers["text"]

    def thank(self, response, text):
        crisis_notice.remember(response, self.request, text)

    def get_context_data(self, **kwargs):
        return super().get_context_data(pk=self.kwargs["pk"], **kwargs)


@never_cache
@require_safe
def told(request):
    page = Page("Thank you", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/told.html", {"page": page, **crisis_notice.remembered(request)})
