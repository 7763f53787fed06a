"""Printout of one request, with the notice required by 42 CFR Part 2 and an entry in the disclosure log."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from detoxsite.core.access_log import recording
from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.sign_in import sessions

from ..models import CallForHelp, Consent, Disclosure
from ..records import consent_texts
from ..records.consents import has_revoked
from . import clinical, detail_context
from .forms import PrintForm


def view(model_admin, request, call: CallForHelp):
    sessions.require_recent_sign_in(request)
    if not request.user.has_perm(clinical.CLINICAL):
        raise PermissionDenied
    form = PrintForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with transaction.atomic():
                disclosure = disclose(call, by=request.user, **form.cleaned_data)
                model_admin.log_change(request, call, "Printed")
                detail_context.record_view(call, request.user)
                printout = _printout(request, call, disclosure).render()
                recording.describe(recording.Action.PRINT)
        except sealing.Unreadable:
            model_admin.message_user(
                request, "Not printed: it cannot be decrypted with the keys on this server.", messages.ERROR
            )
        except Refused as exc:
            model_admin.message_user(request, str(exc), messages.WARNING)
        else:
            return printout
    elif form.is_bound:
        model_admin.message_user(request, "Not printed: say who it is for, and the purpose.", messages.ERROR)
    return redirect("admin:intake_callforhelp_change", call.pk)


def disclose(call: CallForHelp, *, by, to: str, why: str) -> Disclosure:
    """Record the printout in the disclosure log. Raises Refused after the person revoked consent."""
    if call.erased_at:
        raise Refused("The content of this request was erased.")
    if has_revoked(call):
        raise Refused("Not printed: the person revoked their consent.")
    consent = call.consents.filter(act=Consent.Act.GIVEN).last()
    return Disclosure.objects.create(call=call, by=by, what=Disclosure.What.PRINT, to=to, why=why, consent=consent)


def _printout(request, call, disclosure):
    shown = detail_context.context(call, request.user)
    context = {
        **shown,
        "disclosure": disclosure,
        "consent": disclosure.consent,
        "notice": consent_texts.REDISCLOSURE_NOTICE,
        "printed_at": timezone.now(),
        "printed": [(label, shown["shown"][name]) for name, label in detail_context.PRINTED_LABELS.items()],
    }
    return TemplateResponse(request, "admin/intake/callforhelp/print.html", context)
