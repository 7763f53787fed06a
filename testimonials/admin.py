"""The desk where reviews are decided on. Nobody edits a word; stars stay hidden until it is decided."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.safestring import mark_safe

from detoxsite.acts import Act, ActsMixin
from detoxsite.modeladmins import ShownModelAdmin

from . import services
from .models import Reason, Status, Testimonial


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why it is withheld",
        choices=[("", "Choose"), *Reason.choices],
        error_messages={"required": "Choose why it is withheld."},
    )
    note = forms.CharField(label="Note for colleagues", required=False, max_length=2000)


class TakeBackForm(forms.Form):
    parts = forms.MultipleChoiceField(
        label="What the writer no longer wants shown",
        choices=[("name", "The name"), ("photo", "The photo, which is erased")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what is taken back."},
    )


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label="Reply from the center",
        help_text="Never say or hint that the writer was here. Empty it to take the reply away.",
        required=False,
        max_length=1500,
        widget=forms.Textarea({"rows": 4}),
    )


DECIDE = "testimonials.decide_testimonial"


@admin.register(Testimonial)
class TestimonialAdmin(ActsMixin, ShownModelAdmin):
    acts = (
        Act(
            "approve",
            "Show it on the site",
            services.approve,
            services.STEPS["approve"],
            DECIDE,
            done="It is on the site now.",
        ),
        Act(
            "decline",
            "Withhold it",
            services.decline,
            services.STEPS["decline"],
            DECIDE,
            done="It is withheld.",
            form=DeclineForm,
            quiet=True,
        ),
        Act(
            "reply",
            "Save the reply",
            services.reply,
            services.STEPS["reply"],
            DECIDE,
            done="The reply is saved.",
            form=ReplyForm,
            initial=lambda review: {"reply": review.reply},
            quiet=True,
        ),
        Act(
            "take-back",
            "Take parts back",
            services.take_back,
            services.STEPS["take_back"],
            DECIDE,
            done="Taken back.",
            form=TakeBackForm,
            quiet=True,
        ),
        Act(
            "withdraw",
            "Withdraw it for its writer",
            services.withdraw,
            services.STEPS["withdraw"],
            DECIDE,
            done="Withdrawn. It shows nowhere and counts nowhere.",
            hint="Only when the writer asks. No reason is needed.",
            quiet=True,
        ),
    )
    list_display = ["__str__", "opening", "status", "tie", "submitted_at", "is_sample"]
    list_filter = ["status", "tie", "submitted_at"]
    search_fields = ["words"]
    ordering = ["-submitted_at"]
    actions = None
    fieldsets = [
        ("What they wrote", {"fields": ["whole", "photo_shown"]}),
        ("What may be shown", {"fields": ["shown_name", "tie", "allow_words", "allow_name", "allow_photo"]}),
        ("Where it stands", {"fields": ["status", "submitted_at", "decided_by", "decided_at", "reason", "note"]}),
        ("After the decision", {"fields": ["stars_shown", "reply"]}),
    ]

    @admin.display(description="begins")
    def opening(self, review):
        return review.words[:60] + ("…" if len(review.words) > 60 else "")

    @admin.display(description="words")
    def whole(self, review):
        return mark_safe(linebreaks(review.words, autoescape=True))  # noqa: S308 escaped by linebreaks

    @admin.display(description="photo")
    def photo_shown(self, review):
        if not review.photo:
            return "None"
        return format_html(
            '<img class="photo" src="{}" alt="Photo sent with this review">',
            reverse("testimonials:photo", args=[review.pk]),
        )

    @admin.display(description="stars")
    def stars_shown(self, review):
        if review.status == Status.PENDING:
            return "Hidden until it is decided"
        return f"{review.stars} of 5" if review.stars else "None given"
