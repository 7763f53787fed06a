"""Writing down what somebody asked on the phone or in person: the same answers, the same queue, the same clock."""

from dataclasses import replace

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from detoxsite.core import site_profile

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
    return _show(model_admin, request, form, status=422 if form.is_bound else 200)


def _stored(model_admin, request, form):
    words = form.cleaned_data
    sent = reception.receive(
        form.answers(),
        replace(Identity.of(words["key"]), code=""),  # nobody was given a code
        consent=site_profile.current().consent_texts["call_back"]["sha256"] if words["agreed"] else "",
        channel=words["channel"],
        received_at=words["received_at"],
    )
    call = CallForHelp.objects.filter(pk=sent.pk).first()
    if call is None:
        waits = f"Written down as {sent.reference}. It is safe, and in the queue as soon as the database answers."
        model_admin.message_user(request, waits, messages.WARNING)
        return redirect("admin:intake_callforhelp_changelist")
    model_admin.log_addition(request, call, "Written down")
    model_admin.message_user(request, f"Written down. The reference is {call.reference}.", messages.SUCCESS)
    return redirect("admin:intake_callforhelp_change", call.pk)


def _show(model_admin, request, form, *, status, **flags):
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Write down a request",
        "opts": model_admin.opts,
        "form": form,
        "consent": site_profile.current().consent_texts["call_back"]["body"],
        **flags,
    }
    return TemplateResponse(request, "admin/intake/callforhelp/enter.html", context, status=status)
