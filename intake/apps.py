from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Calls for help"

    def ready(self):
        from detoxsite.core import initial_rows

        from .initial_rows import make

        initial_rows.register(make)
