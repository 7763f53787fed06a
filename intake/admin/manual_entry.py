"""Manual entry of a request made on the phone or in person: same answers, same queue, same waiting time."""

from dataclasses import replace

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from detoxsite.core import site_profile
from detoxsite.core.adminkit.object_actions import focus_first_error

from ..models import CallForHelp
from ..reception import receive as reception
from ..reception.identifiers import Identity
from ..reception.spool import NotReceived
from .forms import EntryForm


def view(model_admin, request):
    form = EntryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _stored(model_admin, request, form)
        except NotReceived:
            return _show(model_admin, request, form, status=503, not_stored=True)
    focus_first_error(form)
    return _show(model_admin, request, form, status=422 if form.is_bound else 200)


def _stored(model_admin, request, form):
    data = form.cleaned_data
    sent = reception.receive(
        form.answers(),
        replace(Identity.of(data["key"]), code=""),  # no return code was given out
        consent=site_profile.current().consent_texts["call_back"]["sha256"] if data["agreed"] else "",
        channel=data["channel"],
        received_at=data["received_at"],
    )
    call = CallForHelp.objects.filter(pk=sent.pk).first()
    if call is None:
        notice = f"Saved as {sent.reference}. It is safe, and joins the queue as soon as the database is back."
        model_admin.message_user(request, notice, messages.WARNING)
        return redirect("admin:intake_callforhelp_changelist")
    model_admin.log_addition(request, call, "Entered")
    model_admin.message_user(request, f"Saved. The reference is {call.reference}.", messages.SUCCESS)
    return redirect("admin:intake_callforhelp_change", call.pk)


def _show(model_admin, request, form, *, status, **flags):
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Enter a request",
        "opts": model_admin.opts,
        "form": form,
        "consent": site_profile.current().consent_texts["call_back"]["body"],
        **flags,
    }
    return TemplateResponse(request, "admin/intake/callforhelp/enter.html", context, status=status)
