from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self):
        from . import jobs, site_profile_lists

        jobs.register()
        site_profile_lists.register()
