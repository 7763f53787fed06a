from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "detoxsite.core"
    label = "detoxsite"  # the addresses of its models in the admin, and its permissions, begin with it
    verbose_name = "Center and staff"

    def ready(self):
        from . import (
            compaction,
            consent_texts,
            db_timeout,
            initial_rows,
            jobs,
            key_checks,
            migration_history,
            page_cache,
            public_changes,
            site_profile,
        )
        from .postgresql import pooler_check  # noqa: F401  registers itself
        from .public_forms import forms, tokens

        db_timeout.install()
        initial_rows.connect()
        initial_rows.register(consent_texts.store_shipped)
        initial_rows.register(key_checks.store_index_key)
        migration_history.connect()
        compaction.register_job()
        jobs.register("old public changes", public_changes.delete_old, every=public_changes.KEPT_FOR)
        page_cache.register_refresh(site_profile.refresh)
        page_cache.register_area("center")
        page_cache.register_hole("form_token", tokens.new_token)
        page_cache.register_hole("form_key", forms.new_key)
