"""Admin of the phones that alerts ring: everyone's own, and all of them for managers."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.backends import ModelBackend
from django.shortcuts import redirect

from detoxsite.core.adminkit.model_admin import RecentSignInMixin, StaffModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectAction, ObjectActionsMixin
from detoxsite.core.exceptions import Refused
from detoxsite.core.text_fields import TidyFormField

from ..alerting import delivery_report, phones
from ..models import Phone
from .call_actions import ANSWER
from .on_call import PlainRelations

CHANGE = "intake.change_phone"
CHANGE_ANY = "intake.change_webhook"  # managers


class PhoneForm(forms.ModelForm):
    url = TidyFormField(
        label="URL of the service",
        max_length=500,
        widget=forms.TextInput({"class": "vTextField", "autocomplete": "off"}),
        help_text="As Apprise writes it, such as ntfys://ntfy.sh/long-random-topic or pover://user@token. “Help” has "
        "examples. It is kept encrypted and not shown again.",
        error_messages={"required": "Enter the URL."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "url" in self.fields:
            self.fields["url"].required = False
            self.fields["url"].help_text += " Leave empty to keep the one that is stored."

    def clean(self):
        data = super().clean()
        kind, url = data.get("kind"), data.get("url")
        if kind and (url or self._has_other_kind(kind)):
            try:
                phones.check_url(url or phones.url_of(self.instance), kind)
            except Refused as exc:
                self.add_error(exc.field if url else "kind", str(exc))
        return data

    def _has_other_kind(self, kind: str) -> bool:
        return not self.instance._state.adding and "kind" in self.changed_data


class CodeForm(forms.Form):
    code = TidyFormField(
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text="Six digits, from the newest test message.",
        error_messages={"required": "Type the code."},
    )


@admin.register(Phone)
class PhoneAdmin(PlainRelations, RecentSignInMixin, ObjectActionsMixin, StaffModelAdmin):
    list_title = "Phones for alerts"
    empty_text = "Phones that ring when somebody asks for help. Add yours, then send it a test message."
    form = PhoneForm
    state_field = "phone_status"
    object_actions = (
        ObjectAction(
            "confirm",
            "Confirm this phone",
            phones.confirm,
            {"new"},
            CHANGE,
            done="Confirmed. Alerts ring this phone from now on.",
            form=CodeForm,
        ),
        ObjectAction(
            "test",
            "Send a test message",
            phones.send_test,
            {"new", "confirmed"},
            CHANGE,
            done="On its way. It holds a code and arrives within a minute.",
            quiet=True,
        ),
        ObjectAction(
            "remove",
            "Remove this phone",
            phones.remove,
            {"new", "confirmed"},
            CHANGE,
            done="Removed. Nothing rings it any more, and its URL is erased.",
            quiet=True,
        ),
    )
    list_display = ["name", "person", "kind", "status"]
    list_select_related = ["person"]
    actions = None

    def get_queryset(self, request):
        """Of those who may see any, all but managers see their own; the others are refused by the role table."""
        in_use = super().get_queryset(request).in_use()
        is_own = self.has_view_permission(request) and not self._may_change_any(request)
        return in_use.filter(person=request.user) if is_own else in_use

    @staticmethod
    def _may_change_any(request) -> bool:
        return request.user.has_perm(CHANGE_ANY)

    def get_fields(self, request, obj=None):
        person = ["person"] if self._may_change_any(request) else []
        return [*person, "name", "kind", "url", *(["status"] if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        """A phone stays with its person: the code proved that it is theirs."""
        fixed = ["person", "status"] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = ModelBackend().with_perm(ANSWER).filter(is_staff=True).order_by("first_name", "email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_object(self, request, object_id, from_field=None):
        phone = super().get_object(request, object_id, from_field)
        if phone is not None:
            phone.phone_status = phones.status(phone)
        return phone

    @admin.display(description="status")
    def status(self, phone):
        if phone.failing_since:
            return f"Failing since {delivery_report.moment(phone.failing_since)}: {phone.problem}"
        if phone.confirmed_at:
            return "Confirmed: alerts ring it"
        return "Not confirmed yet: alerts do not ring it"

    def has_delete_permission(self, request, obj=None):
        """Remove it instead: what was sent to it stays on record."""
        return False

    def save_model(self, request, obj, form, change):
        if not change and not self._may_change_any(request):
            obj.person = request.user
        url = form.cleaned_data["url"]
        if url:
            phones.set_url(obj, url)
        super().save_model(request, obj, form, change)
        if url:
            self._send_test(request, obj)

    def _send_test(self, request, phone):
        """A refusal does not lose the URL: the test can be sent later, from the phone's page."""
        try:
            phones.send_test(phone.pk, by=request.user)
        except Refused as exc:
            self.message_user(request, str(exc), messages.WARNING)
        else:
            self.message_user(request, "A test message with a code is on its way. Type the code below to confirm it.")

    def response_add(self, request, obj, post_url_continue=None):
        """Stay on the phone's page, where the code is typed."""
        request.POST = request.POST | {"_continue": "yes"}
        return super().response_add(request, obj, post_url_continue)

    def after_refusal(self, request, form, refusal):
        if isinstance(refusal, phones.WrongCode):
            phones.count_guess(refusal.test)
        return form

    def after_object_action(self, request, obj):
        if obj.removed_at:
            return redirect("admin:intake_phone_changelist")
        return super().after_object_action(request, obj)
