from django.apps import AppConfig


class TestimonialsConfig(AppConfig):
    name = "testimonials"
    verbose_name = "Reviews"

    def ready(self):
        from detoxsite.core import initial_rows

        from .initial_rows import make

        initial_rows.register(make)
