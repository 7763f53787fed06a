from django.contrib.admin.apps import AdminConfig


class DashboardConfig(AdminConfig):
    """The admin, with a first page of its own."""

    default_site = "detoxsite.dashboard.site.StaffSite"
