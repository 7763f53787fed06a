from django.apps import AppConfig


class TestimonialsConfig(AppConfig):
    name = "testimonials"
    verbose_name = "Reviews"

    def ready(self):
        from . import consent_texts, jobs, page_areas, quoted_reviews

        consent_texts.register()
        jobs.register()
        page_areas.register()
        quoted_reviews.register()
