"""The list action that changes topic, owner or author: first a page that asks for them, then a word on each refusal."""

from django import forms
from django.contrib import admin, messages
from django.template.response import TemplateResponse

from detoxsite.core import site_profile
from detoxsite.core.exceptions import Refused
from detoxsite.core.form_fields import RowChoice

from .. import bulk_change
from ..models import Person, Topic
from .forms import OWNERS

MAX_SELECTED = 200
UNCHANGED = "Leave as it is"


class BulkForm(forms.Form):
    topic = RowChoice(Topic.objects.all(), required=False, empty_label=UNCHANGED, help_text="Of articles.")
    owner = RowChoice(
        OWNERS, required=False, empty_label=UNCHANGED, help_text="Receives a reminder when the review is due."
    )
    author = RowChoice(
        Person.objects.all(),
        label="Written by",
        required=False,
        empty_label=UNCHANGED,
        help_text="Of drafts only: the byline of a signed edition is part of what was signed.",
    )

    def clean(self):
        data = super().clean()
        if not self.errors and not any(data.values()):
            self.add_error(None, "Choose a topic, an owner or an author.")
        return data


@admin.action(description="Change topic, owner or author", permissions=["write"])
def change_selected(model_admin, request, queryset):
    editions = list(queryset[: MAX_SELECTED + 1])
    if len(editions) > MAX_SELECTED:
        model_admin.message_user(request, f"Select {MAX_SELECTED} at most.", messages.ERROR)
        return None
    form = BulkForm(request.POST if "apply" in request.POST else None)
    if form.is_valid():
        _change_each(model_admin, request, editions, form.cleaned_data)
        return None
    context = model_admin.admin_site.each_context(request) | {
        "title": "Change topic, owner or author",
        "form": form,
        "editions": editions,
        "opts": model_admin.opts,
        "action": "change_selected",
        "checkbox": admin.helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/articles/bulk_change.html", context)


def _change_each(model_admin, request, editions, values: dict) -> None:
    done = 0
    for edition in editions:
        try:
            left = bulk_change.change(edition.pk, by=request.user, **values)
        except Refused as exc:
            model_admin.message_user(request, f"“{edition}” was left as it is: {exc}", messages.WARNING)
            continue
        done += 1
        model_admin.log_change(request, edition, "Topic, owner or author changed")
        for reason in left:
            model_admin.message_user(request, f"“{edition}”: {reason}", messages.WARNING)
    site_profile.expire()
    level = messages.SUCCESS if done else messages.WARNING
    model_admin.message_user(request, f"Changed {done} of {len(editions)}.", level)
