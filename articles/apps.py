from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self):
        from . import jobs, page_areas, site_profile_lists

        jobs.register()
        page_areas.register()
        site_profile_lists.register()
