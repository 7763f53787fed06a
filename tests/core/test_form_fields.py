"""Text as long as the browser allows is accepted, in every form of ours."""

import pytest
from django import forms
from django.contrib import admin
from django.core.validators import MaxLengthValidator
from django.urls import get_resolver

from detoxsite.core.form_fields import TypedText

OURS = ("articles", "detoxsite", "intake", "testimonials")
LINES = "a\r\n" * 5  # ten characters for a browser
EMOJI = "👍" * 5


@pytest.mark.parametrize("typed", [LINES, EMOJI, "a\nb\r\nc👍def"])
def test_what_the_browser_lets_in_is_accepted_whole(typed):
    field = TypedText(max_length=10, strip=False)

    assert field.clean(typed) == typed.replace("\r\n", "\n")


@pytest.mark.parametrize("typed", [LINES + "a", EMOJI + "a", "abcdefghijk"])
def test_what_the_browser_stops_is_refused(typed):
    with pytest.raises(forms.ValidationError, match="at most 10 characters .it has 11"):
        TypedText(max_length=10, strip=False).clean(typed)


def _forms(base=forms.BaseForm):
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)


def test_every_form_of_ours_counts_as_the_browser_does(rf, admin_user):
    get_resolver().url_patterns  # noqa: B018 imports every form
    request = rf.get("/")
    request.user = admin_user
    written = [form for form in _forms() if form.__module__.startswith(OURS) and not issubclass(form, forms.ModelForm)]
    made = [
        *(one.get_form(request) for model, one in admin.site._registry.items() if model._meta.app_label in OURS),
        *(
            inline.get_formset(request).form
            for model, one in admin.site._registry.items()
            for inline in one.get_inline_instances(request)
        ),
    ]
    texts = {
        (form.__qualname__, name)
        for form in [*written, *made]
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.Textarea)
        and any(type(check) is MaxLengthValidator for check in field.validators)
    }
    assert len(written) > 30
    assert len(made) > 10
    assert texts == set()
