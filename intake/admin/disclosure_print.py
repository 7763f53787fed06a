"""One request on paper: with the notice that the law wants on it, and a row in the ledger of disclosures."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused

from ..models import CallForHelp, Consent, Disclosure
from ..records import consent_texts
from ..records.consents import has_taken_back
from . import detail_context
from .forms import PrintForm


def view(model_admin, request, call: CallForHelp):
    form = PrintForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with transaction.atomic():
                disclosure = disclose(call, by=request.user, **form.cleaned_data)
                model_admin.log_change(request, call, "Printed")
                detail_context.opened(call, request.user)
                paper = _paper(request, call, disclosure).render()
        except sealing.Unreadable:
            model_admin.message_user(request, "Not printed: no key that is held here opens it.", messages.ERROR)
        except Refused as exc:
            model_admin.message_user(request, str(exc), messages.WARNING)
        else:
            return paper
    elif form.is_bound:
        model_admin.message_user(request, "Not printed: say whom it is for, and what for.", messages.ERROR)
    return redirect("admin:intake_callforhelp_change", call.pk)


def disclose(call: CallForHelp, *, by, to: str, why: str) -> Disclosure:
    """Note in the ledger that this goes out on paper. Raises Refused once the person took their consent back."""
    if call.erased_at:
        raise Refused("What this request said was erased.")
    if has_taken_back(call):
        raise Refused("Not printed: the person took back what they had agreed to.")
    consent = call.consents.filter(act=Consent.Act.GIVEN).last()
    return Disclosure.objects.create(call=call, by=by, what=Disclosure.What.PRINT, to=to, why=why, consent=consent)


def _paper(request, call, disclosure):
    shown = detail_context.context(call, request.user)
    context = {
        **shown,
        "disclosure": disclosure,
        "consent": disclosure.consent,
        "notice": consent_texts.REDISCLOSURE_NOTICE,
        "printed_at": timezone.now(),
        "printed": [(label, shown["shown"][name]) for name, label in detail_context.PRINTED.items()],
    }
    return TemplateResponse(request, "admin/intake/callforhelp/print.html", context)
