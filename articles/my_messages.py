"""The staff page on which each person chooses when emails about articles and pages come."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render

from .models import WorkflowEmailChoice
from .notice_emails import DIGEST_HOUR
from .notices import VIEW


class ChoiceForm(forms.ModelForm):
    class Meta:
        model = WorkflowEmailChoice
        fields = ["pace"]
        widgets = {"pace": forms.RadioSelect}


def page(request):
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    chosen = WorkflowEmailChoice.objects.filter(user=request.user).first()
    form = ChoiceForm(request.POST or None, instance=chosen or WorkflowEmailChoice(user=request.user))
    if form.is_valid():
        WorkflowEmailChoice.objects.update_or_create(user=request.user, defaults=form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("admin:my_messages")
    context = {**admin.site.each_context(request), "title": "My messages", "form": form, "digest_hour": DIGEST_HOUR}
    return render(request, "admin/articles/my_messages.html", context)
