"""Reports: a reader tells us about a review. It stays up while we check it, unless a person may be in danger."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core.exceptions import Refused
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.rate_limit import RateLimit, client_address
from detoxsite.core.public_forms.views import PublicFormView

from .. import crisis_notice
from ..forms import ReportForm
from ..services import reports
from .public import GONE, gone, known_to_readers

report_limit = RateLimit("reports", window=3600.0, max_hits=10)


class ReportView(PublicFormView):
    form_class = ReportForm
    template_name = "testimonials/report_form.html"
    success_url = reverse_lazy("testimonials:report_sent")
    areas = ("reviews", "center")

    def get_page(self, *, error):
        return Page("Report a review", "Tell us what is wrong with it.", section="reviews", index=False, error=error)

    def get(self, request, *args, **kwargs):
        review = known_to_readers(kwargs["pk"])
        if review.status in GONE:
            return gone(request)
        if not review.is_shown:
            raise Http404
        return super().get(request, *args, **kwargs)

    @method_decorator(never_cache)
    def post(self, request, *args, **kwargs):
        """Also accepts a report of a review that was hidden after the form was opened."""
        if known_to_readers(kwargs["pk"]).status in GONE:
            return gone(request)
        if report_limit.is_exceeded(client_address(request)):
            return self.render_form(self.get_form(), status=429, slow=True)
        try:
            return super().post(request, *args, **kwargs)
        except Refused:  # it was taken down this moment
            return gone(request)

    def store(self, form):
        report_limit.hit(client_address(self.request))
        cleaned = form.cleaned_data
        reports.submit(self.kwargs["pk"], key=cleaned["key"], kind=cleaned["kind"], text=cleaned["text"])
        return cleaned["text"]

    def prepare_redirect(self, response, text):
        crisis_notice.leave_notice(response, self.request, text)

    def get_context_data(self, **kwargs):
        return super().get_context_data(pk=self.kwargs["pk"], **kwargs)


@never_cache
@require_safe
def report_sent(request):
    page = Page("Thank you", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/report_sent.html", {"page": page, **crisis_notice.read_notice(request)})
