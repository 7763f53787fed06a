from datetime import timedelta

from django.contrib.admin.apps import AdminConfig


class DashboardConfig(AdminConfig):
    """The admin, with a first page of its own."""

    default_site = "detoxsite.dashboard.site.StaffSite"

    def ready(self):
        super().ready()

        from detoxsite.core import jobs

        from . import access_report_notice

        jobs.register("access report notice", access_report_notice.queue_and_send, every=timedelta(minutes=1))
