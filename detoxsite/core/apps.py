from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class DetoxsiteConfig(AppConfig):
    name = "detoxsite"
    verbose_name = "Center and staff"

    def ready(self):
        from . import initial_rows, migration_history, db_timeout

        db_timeout.install()
        initial_rows.connect()
        migration_history.connect()


class DeskConfig(AdminConfig):
    default_site = "detoxsite.dashboard.site.Desk"
