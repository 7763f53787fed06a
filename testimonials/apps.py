from django.apps import AppConfig


class TestimonialsConfig(AppConfig):
    name = "testimonials"
    verbose_name = "Reviews"

    def ready(self):
        from . import consent_texts, jobs, page_areas

        consent_texts.register()
        jobs.register()
        page_areas.register()
