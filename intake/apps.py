from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Calls for help"

    def ready(self):
        from detoxsite.core import initial_rows
        from detoxsite.core.encryption import key_rotation

        from . import jobs, page_areas, site_profile_lists
        from .alerting.default_escalation import make_default_escalation
        from .reception import spool
        from .records import compaction, consent_texts

        compaction.register()
        consent_texts.register()
        jobs.register()
        page_areas.register()
        site_profile_lists.register()
        initial_rows.register(make_default_escalation)
        key_rotation.register_files(spool.sealed_headers)
