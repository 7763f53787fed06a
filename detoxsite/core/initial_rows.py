"""Rows that every database needs: the site profile, the groups of the roles, and what the apps register.

Made after each ``migrate``, and after a test has emptied the tables. A row that is there already is left as it is.
"""

from collections.abc import Callable

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models.signals import post_migrate

from .models import SiteProfile
from .roles import ROLES

_makers: list[Callable[[], None]] = []


def register(make: Callable[[], None]) -> None:
    """Call ``make`` once the tables of all apps are there. It has to be safe to call again."""
    _makers.append(make)


def connect() -> None:
    post_migrate.connect(_after_migrate, dispatch_uid="detoxsite.core.initial_rows")
    register(make_site_profile)
    register(grant_roles)


def _after_migrate(app_config, **kwargs) -> None:
    """The signal comes once for each app: wait for the last one, when the permissions of all are there."""
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if app_config is last and _has_all_tables():
        for make in _makers:
            make()


def _has_all_tables() -> bool:
    """False while ``migrate`` was told to stop at some earlier migration."""
    there = set(connection.introspection.table_names())
    return all(model._meta.db_table in there for model in apps.get_models() if model._meta.managed)


def make_site_profile() -> None:
    SiteProfile.objects.get_or_create(pk=1)


def grant_roles() -> None:
    """Give each role's group exactly the permissions of the table ROLES."""
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([permissions[codename] for codename in codenames])
