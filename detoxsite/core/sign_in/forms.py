"""Forms of the sign-in pages, in place of allauth's."""

from allauth.account.forms import LoginForm
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django import forms

from . import second_factor
from .adapter import TOO_MANY


def _code_field(*, required: bool = False) -> forms.CharField:
    return forms.CharField(
        required=required,
        max_length=40,
        label="Code from your authenticator app, or a recovery code",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class SignInForm(LoginForm):
    """Asks for the second factor beside the password while others have used up the attempts for an account."""

    authenticator: Authenticator | None = None

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # a link between the fields; the page has it below the buttons
        if "code" in self.data:
            self.fields["code"] = _code_field()

    def user_credentials(self) -> dict:
        code = self.cleaned_data.get("code")
        return super().user_credentials() | ({"code": code} if code else {})

    def clean(self) -> dict:
        try:
            cleaned_data = super().clean()
        except forms.ValidationError as error:
            if error.code == TOO_MANY:
                self.fields.setdefault("code", _code_field())
            raise
        if self.user and cleaned_data.get("code"):
            self.authenticator = second_factor.use(self.user, cleaned_data["code"])
        return cleaned_data

    def login(self, request, redirect_url=None):
        if self.authenticator:
            post_authentication(request, self.authenticator)
        return super().login(request, redirect_url)


class _OneTimeCode:
    """For a form with a code: says which codes it takes, and refuses one that was used before."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code_field(required=True)

    def clean_code(self) -> str:
        code = super().clean_code()
        if not second_factor.mark_used(self.authenticator, code):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(_OneTimeCode, AuthenticateForm):
    pass


class ConfirmItIsYouForm(_OneTimeCode, ReauthenticateForm):
    pass
