"""The page of one's devices: which sessions are open, and sign-out of one, the others or all."""

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect

from . import browser_names, sessions

ALL, OTHERS = "all", "others"


class EndSessionsForm(forms.Form):
    """``session``: the id of one of the person's sessions, or which of them."""

    session = forms.CharField(max_length=20)

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def chosen(self) -> list[UserSession]:
        value = self.cleaned_data["session"]
        own = UserSession.objects.filter(user=self.request.user)
        others = [session for session in own if not session.is_current()]
        return others if value == OTHERS else [session for session in others if str(session.pk) == value]


class DeviceListView(ListUserSessionsView):
    form_class = EndSessionsForm

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.device = browser_names.name_of(session.user_agent)
        return context

    def form_valid(self, form):
        if form.cleaned_data["session"] == ALL:
            sessions.end_all(self.request.user)
            logout(self.request)
            return redirect("account_login")
        chosen = form.chosen()
        end_sessions(self.request, chosen)
        messages.success(self.request, "Signed out." if chosen else "That device was signed out already.")
        return redirect("usersessions_list")
