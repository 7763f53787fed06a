from django.apps import AppConfig


class TestimonialsConfig(AppConfig):
    name = "testimonials"
    verbose_name = "Reviews"

    def ready(self):
        from . import consent_texts

        consent_texts.register()
