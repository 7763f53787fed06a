"""Admin of the records: consent texts, disclosures, erasures."""

import re

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin, RefreshSiteProfileMixin
from detoxsite.core.exceptions import Refused
from detoxsite.core.models import ConsentText, hash_of
from detoxsite.core.sign_in import sessions

from ..models import (
    CallForHelp,
    Disclosure,
    ErasureBatch,
    Language,
    Outcome,
)
from ..records import disclosures, retention
from .hold_actions import APPROVE_ERASURE


class ConsentTextForm(forms.ModelForm):
    class Meta:
        model = ConsentText
        fields = ["purpose", "language", "body", "approved_by"]
        widgets = {"body": forms.Textarea({"rows": 8})}
        help_texts = {
            "body": "Exactly the text beside the button. It cannot be changed later, only replaced by a new one."
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "language" in self.fields:  # not on the read-only page
            self.fields["language"] = forms.ChoiceField(choices=Language.choices, initial=Language.EN)

    def clean_body(self):
        return "\n".join(self.cleaned_data["body"].split("\r\n")).strip()

    def clean(self):
        """Refuse a text that exists: its hash is the key."""
        super().clean()
        if self.cleaned_data.keys() >= {"purpose", "language", "body"}:
            sha256 = hash_of(*(self.cleaned_data[name] for name in ("purpose", "language", "body")))
            if ConsentText.objects.filter(pk=sha256).exists():
                raise ValidationError("This exact text already exists. To use it again, change a word.")
        return self.cleaned_data


@admin.register(ConsentText)
class ConsentTextAdmin(RefreshSiteProfileMixin, ReadOnlyModelAdmin):
    """Every text people consented to. A new one is in use once saved; none is ever changed."""

    empty_text = "The words that people agree to are listed here, each version once."
    form = ConsentTextForm
    list_display = ["__str__", "purpose", "language", "effective_from", "approved_by"]
    list_filter = ["purpose", "language"]
    actions = None

    def get_fieldsets(self, request, obj=None):
        shown = ["effective_from", "sha256"] if obj else []
        return [(None, {"fields": ["purpose", "language", "body", "approved_by", *shown]})]

    def get_readonly_fields(self, request, obj=None):
        return super().get_readonly_fields(request, obj) if obj else []

    def has_add_permission(self, request):
        return request.user.has_perm("detoxsite.add_consenttext")

    def save_model(self, request, obj, form, change):
        obj.effective_from = timezone.now()
        super().save_model(request, obj, form, change)


class LedgerAdmin(ReadOnlyModelAdmin):
    """Records about requests, shown without reading the content of any."""

    actions = None
    show_full_result_count = False
    list_select_related = ["call"]
    search_fields = ["=call__reference"]
    search_help_text = "The full reference of a request."

    def get_queryset(self, request):
        return super().get_queryset(request).defer("call__sealed", "call__sealed_for_author", "call__return_key")

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term.strip().upper())

    @admin.display(description="request", ordering="call__reference")
    def reference(self, row):
        return row.call.reference


@admin.register(Disclosure)
class DisclosureAdmin(LedgerAdmin):
    """Every disclosure of a request outside this system."""

    empty_text = "Whenever something of a request is told to somebody outside, it is noted on its page and listed here."
    list_select_related = ["call", "consent__text"]
    list_display = ["at", "reference", "what", "to", "why", "by_name", "agreed"]
    list_filter = ["what", "at"]
    fieldsets = [(None, {"fields": ["at", "reference", "what", "to", "why", "by_name", "agreed", "csv"]})]

    def get_urls(self):
        person = path("person/", self.admin_site.admin_view(self.of_person), name="intake_disclosure_person")
        return [person, *super().get_urls()]

    def of_person(self, request):
        """CSV of all disclosures of the person who sent the request ``?reference=``, to be given to them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sessions.require_recent_sign_in(request)
        reference = request.GET.get("reference", "").strip().upper()
        if not re.fullmatch(r"[A-Z0-9]{8}", reference):
            return HttpResponseBadRequest("A full reference, please.", content_type="text/plain")
        call = CallForHelp.objects.without_sealed().filter(reference=reference).order_by("-created_at").first()
        if call is None:
            raise Http404
        response = HttpResponse(disclosures.as_csv(disclosures.of_person(call)), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="disclosures-{reference}.csv"'
        return response

    @admin.display(description="all of this person")
    def csv(self, row):
        url = f"{reverse('admin:intake_disclosure_person')}?{urlencode({'reference': row.call.reference})}"
        return format_html('<a href="{}">Download as CSV</a>', url)

    @admin.display(description="consent on record")
    def agreed(self, row):
        return row.consent.text.get_purpose_display() if row.consent else "None"


@admin.register(ErasureBatch)
class ErasureBatchAdmin(ReadOnlyModelAdmin):
    """Erasures by approver and outcome, and the approval of the next one."""

    empty_text = "Closed requests whose time is over are proposed for erasure; each approval is listed here."
    list_display = ["approved_at", "by_name", "numbers", "erased_at"]
    actions = None
    fieldsets = [(None, {"fields": ["approved_at", "by_name", "numbers", "erased_at"]})]

    @admin.display(description="requests by outcome")
    def numbers(self, batch):
        counts = batch.counts
        return ", ".join(f"{kind.label}: {counts[kind]}" for kind in Outcome if kind in counts) or "None"

    def get_urls(self):
        due = path("due/", self.admin_site.admin_view(self.due_view), name="intake_erasurebatch_due")
        return [due, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        waiting = {"due_count": retention.due().count(), "may_approve": request.user.has_perm(APPROVE_ERASURE)}
        return super().changelist_view(request, {**waiting, **(extra_context or {})})

    def due_view(self, request):
        if not request.user.has_perm(APPROVE_ERASURE):
            raise PermissionDenied
        if request.method == "POST":
            return self.approve(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Approve erasure",
            "opts": self.opts,
            "rows": retention.outlook(),
            "total": retention.due().count(),
        }
        return render(request, "admin/intake/erasurebatch/due.html", context)

    def approve(self, request):
        number = re.fullmatch(r"[0-9]{1,9}", request.POST.get("expected", ""))
        try:
            batch = retention.approve(by=request.user, expected=int(number[0]) if number else 0)
        except Refused as exc:
            self.message_user(request, str(exc), messages.WARNING)
            return redirect("admin:intake_erasurebatch_due")
        self.log_addition(request, batch, "Approved erasure")
        count = sum(batch.counts.values())
        notice = f"Approved: {count} {'request' if count == 1 else 'requests'}. Erased within a minute."
        self.message_user(request, notice, messages.SUCCESS)
        return redirect(reverse("admin:intake_erasurebatch_changelist"))
