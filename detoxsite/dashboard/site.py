"""The admin site: staff sign in through allauth, and the first page shows what needs attention."""

from functools import partial

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from articles import my_messages
from intake.casework import statistics_page

from . import access_report, attention, first_page, guide_pages, navigation, own_filters, palette

SECRETS = {  # registered by allauth, with what opens an account
    *("mfa.Authenticator", "usersessions.UserSession"),
    *("socialaccount.SocialAccount", "socialaccount.SocialApp", "socialaccount.SocialToken"),
}


class StaffSite(AdminSite):
    site_title = "Staff site"
    site_header = "Staff site"
    index_title = "Needs your attention"
    enable_nav_sidebar = False

    def get_app_list(self, request, app_label=None):
        """Made where a page shows it: every page of the admin asks for it, to draw a sidebar that is off."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def register(self, model_or_iterable, *args, **kwargs):
        """No one reads another's secrets here, not even a superuser."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        super().register([model for model in models if model._meta.label not in SECRETS], *args, **kwargs)

    def login(self, request, extra_context=None):
        """Send staff to the one sign-in page, which asks for the second factor; the admin has none of its own."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request, extra_context=None):
        super().logout(request, extra_context)
        return redirect("account_login")

    def password_change(self, request, extra_context=None):
        """The one page for it is allauth's, which asks for a recent sign-in and ends other sessions."""
        return redirect("account_change_password")

    def get_urls(self):
        statistics = path("intake/figures/", self.admin_view(statistics_page.page), name="intake_figures")
        report = path("access-report/", self.admin_view(access_report.page), name="access_report")
        choice = path("my-messages/", self.admin_view(my_messages.page), name="my_messages")
        find = path("find/", self.admin_view(palette.page), name="find")
        filters = path("filters/", self.admin_view(own_filters.page), name="own_filters")
        return [statistics, report, choice, find, filters, *guide_pages.urls(self), *super().get_urls()]

    def index(self, request, extra_context=None):
        items = list(attention.items_for(request.user))
        context = {
            "attention": [item for item in items if item.count],
            "calm": [item for item in items if not item.count],
            "is_second_factor_required": settings.SECOND_FACTOR_REQUIRED,
            "has_job": next(navigation.jobs_of(request.user), None) is not None,
            **first_page.context_of(request.user),
        }
        return super().index(request, context | (extra_context or {}))
