"""The desk where calls for help are answered. People write them, staff move them; nothing of theirs is in the list."""

from collections import defaultdict

from django import forms
from django.contrib import admin
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince

from detoxsite import phones
from detoxsite.acts import Act, ActsMixin
from detoxsite.modeladmins import ShownModelAdmin

from .. import services
from ..models import Attempt, CallForHelp, Language, Leave, Outcome, Recent, Status, Substance, Times, Whom


class ContactForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What came of it",
        choices=[("", "Choose"), *Attempt.choices],
        error_messages={"required": "Choose what came of it."},
    )
    note = forms.CharField(
        label="Note for colleagues", required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=[("", "Choose"), *Outcome.choices],
        error_messages={"required": "Choose how it ended."},
    )


class Unclaimed(admin.SimpleListFilter):
    title = "whether somebody has it"
    parameter_name = "unclaimed"

    def lookups(self, request, model_admin):
        return [("1", "Nobody has it")]

    def queryset(self, request, queryset):
        return queryset.unclaimed() if self.value() == "1" else queryset


ANSWER = "intake.answer_callforhelp"


@admin.register(CallForHelp)
class CallForHelpAdmin(ActsMixin, ShownModelAdmin):
    acts = (
        Act(
            "claim",
            "I am calling",
            services.claim,
            services.STEPS["claim"],
            ANSWER,
            done="It is yours for ten minutes.",
            hint="Tells the others that you have it. It lapses after ten minutes without a note.",
        ),
        Act(
            "contact",
            "Save this attempt",
            services.note_contact,
            services.STEPS["note_contact"],
            ANSWER,
            done="The attempt is noted.",
            form=ContactForm,
        ),
        Act(
            "close",
            "Close this request",
            services.close,
            services.STEPS["close"],
            ANSWER,
            done="Closed.",
            form=CloseForm,
            quiet=True,
        ),
        Act(
            "reopen",
            "Open again",
            services.reopen,
            services.STEPS["reopen"],
            ANSWER,
            done="Open again.",
            quiet=True,
        ),
    )
    list_display = ["reference", "waiting", "stands", "held_by", "created_at", "is_sample"]
    list_filter = [Unclaimed, "status"]
    list_select_related = ["claimed_by"]
    search_fields = ["=reference"]
    search_help_text = "The reference, whole."
    show_full_result_count = False
    actions = None
    fieldsets = [
        ("The person", {"fields": ["dial", "email", "name", "whom", "language", "may_leave", "good_times"]}),
        ("Where it stands", {"fields": ["stands", "held_by", "created_at", "notified_at", "closed_at", "outcome"]}),
        ("What they wrote", {"fields": ["story", "what", "recent"]}),
        ("Attempts to reach them", {"fields": ["attempts"]}),
    ]

    def get_ordering(self, request):
        return [F("closed_at").asc(nulls_first=True), "created_at"]

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if self.is_list(request):
            queryset = queryset.only(
                "reference", "status", "created_at", "is_sample", "claimed_at", "closed_at", "claimed_by"
            )
        return queryset

    @admin.display(description="waiting", ordering="created_at")
    def waiting(self, call):
        return "" if call.closed_at else timesince(call.created_at, timezone.now())

    @admin.display(description="status", ordering="status")
    def stands(self, call):
        lapsed = call.status == Status.CALLING and not call.is_held()
        return "Somebody was calling; nobody is now" if lapsed else call.get_status_display()

    @admin.display(description="in hand of")
    def held_by(self, call):
        """Who is at it now: who said "I am calling" and has not let it lapse. Of a closed one, who closed it."""
        return (call.claimed_by if call.is_held() or call.closed_at else None) or "Nobody"

    def get_object(self, request, object_id, from_field=None):
        call = super().get_object(request, object_id, from_field)
        if call is not None:
            call.answers = defaultdict(str, call.current())
        return call

    @admin.display(description="phone")
    def dial(self, call):
        typed = call.answers["phone"]
        if not typed:
            return "None given"
        if not (number := phones.e164(typed)):
            return format_html("{} <span class='quiet'>(as typed; could not be read as a number)</span>", typed)
        return format_html('<a class="dial" href="tel:{}">{}</a>', number, typed)

    @admin.display(description="email")
    def email(self, call):
        return call.answers["email"]

    @admin.display(description="what to call the person")
    def name(self, call):
        return call.answers["name"]

    @admin.display(description="who needs help")
    def whom(self, call):
        return _labels(Whom, [call.answers["whom"]])

    @admin.display(description="what is going on")
    def story(self, call):
        return call.answers["story"]

    @admin.display(description="used in the last 72 hours")
    def recent(self, call):
        return _labels(Recent, [call.answers["recent"]])

    @admin.display(description="language")
    def language(self, call):
        return _labels(Language, [call.answers["language"]])

    @admin.display(description="if they do not pick up")
    def may_leave(self, call):
        return _labels(Leave, call.answers["leave"]) or "Leave nothing: no voicemail, no text"

    @admin.display(description="good times")
    def good_times(self, call):
        return _labels(Times, call.answers["times"]) or "As soon as we can"

    @admin.display(description="substances")
    def what(self, call):
        return _labels(Substance, call.answers["substances"]) or "Not said"

    @admin.display(description="so far")
    def attempts(self, call):
        rows = [
            format_html(
                "<li><b>{}</b>: {}, by {}{}</li>",
                _moment(contact.at),
                contact.get_outcome_display(),
                contact.by_name,
                format_html("<br>{}", contact.words.get("note")) if contact.words.get("note") else "",
            )
            for contact in call.contacts.all()
        ]
        return format_html("<ul>{}</ul>", format_html_join("", "{}", ((row,) for row in rows))) if rows else "None yet"


def _labels(choices, values):
    """The words a person sees for stored values, in the order of the form."""
    return ", ".join(label for value, label in choices.choices if value in values)


def _moment(at):
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
