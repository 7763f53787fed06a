from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "detoxsite.core"
    label = "detoxsite"  # the addresses of its models in the admin, and its permissions, begin with it
    verbose_name = "Center and staff"

    def ready(self):
        from . import compaction, consent_texts, db_timeout, initial_rows, key_checks, migration_history

        db_timeout.install()
        initial_rows.connect()
        initial_rows.register(consent_texts.store_shipped)
        initial_rows.register(key_checks.store_index_key)
        migration_history.connect()
        compaction.register_job()
