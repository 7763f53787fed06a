from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class DetoxsiteConfig(AppConfig):
    name = "detoxsite"
    verbose_name = "Center and staff"

    def ready(self):
        from . import patience

        patience.install()


class DeskConfig(AdminConfig):
    default_site = "detoxsite.desk.Desk"
