"""Initial rows of every database: the site profile, the groups of the roles, and rows that the apps register.

Created after each ``migrate``, and after a test has flushed the tables. Existing rows are not changed.
"""

from collections.abc import Callable

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models.signals import post_migrate

from .models import SiteProfile
from .roles import ROLES

_creators: list[Callable[[], None]] = []


def register(create: Callable[[], None]) -> None:
    """Call ``create`` once the tables of all apps exist. It must be safe to call again."""
    _creators.append(create)


def connect() -> None:
    post_migrate.connect(_after_migrate, dispatch_uid="detoxsite.core.initial_rows")
    register(create_site_profile)
    register(grant_roles)


def _after_migrate(app_config, **kwargs) -> None:
    """Django sends the signal once for each app: wait for the last one, when all permissions exist."""
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if app_config is last and _has_all_tables():
        for create in _creators:
            create()


def _has_all_tables() -> bool:
    """False if ``migrate`` was told to stop at an earlier migration."""
    existing = set(connection.introspection.table_names())
    return all(model._meta.db_table in existing for model in apps.get_models() if model._meta.managed)


def create_site_profile() -> None:
    SiteProfile.objects.get_or_create(pk=1)


def grant_roles() -> None:
    """Give each role's group exactly the permissions listed in ROLES."""
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([permissions[codename] for codename in codenames])
