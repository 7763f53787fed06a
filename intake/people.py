"""Which accounts may do something."""

from django.contrib.auth import get_user_model
from django.db.models import Q


def who_may(permission: str):
    """Active accounts with a permission such as ``intake.keep_callforhelp``, by their roles or on their own."""
    app, codename = permission.split(".")
    granted = {"content_type__app_label": app, "codename": codename}
    by_role = {f"groups__permissions__{name}": value for name, value in granted.items()}
    on_their_own = {f"user_permissions__{name}": value for name, value in granted.items()}
    people = get_user_model().objects.filter(is_active=True)
    return people.filter(Q(**by_role) | Q(**on_their_own) | Q(is_superuser=True)).distinct()
