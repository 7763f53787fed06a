from datetime import timedelta

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "detoxsite.core"
    label = "detoxsite"  # the addresses of its models in the admin, and its permissions, begin with it
    verbose_name = "Center and staff"

    def ready(self):
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from django.contrib.auth.signals import user_logged_in

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
            security_contact,
            site_profile,
        )
        from .access_log import chain
        from .encryption import key_rotation
        from .postgresql import pooler_check  # noqa: F401  registers itself
        from .public_forms import forms, rate_limit, tokens
        from .redirects import counts
        from .sign_in import factor_secrets, second_factor, sessions

        db_timeout.install()
        initial_rows.connect()
        initial_rows.register(consent_texts.store_shipped)
        initial_rows.register(key_checks.store_index_key)
        key_rotation.register_values("second factor", factor_secrets.seal_again, factor_secrets.headers)
        migration_history.connect()
        security_contact.connect()
        user_logged_in.connect(sessions.start)
        authenticator_added.connect(second_factor.note_enrolment)
        authenticator_removed.connect(second_factor.note_removal)
        compaction.register_job()
        jobs.register("access log head", chain.note_head, every=timedelta(hours=1))
        jobs.register("second factors of older versions", factor_secrets.seal_again, every=timedelta(hours=1))
        jobs.register("past rate counts", rate_limit.delete_past, every=timedelta(minutes=10))
        jobs.register("ended sessions", sessions.delete_ended, every=timedelta(seconds=sessions.DELETED_EVERY))
        jobs.register("old public changes", public_changes.delete_old, every=public_changes.KEPT_FOR)
        jobs.register("old counts of addresses", counts.delete_old, every=timedelta(hours=1))
        page_cache.register_chore(counts.flush_if_due)
        page_cache.register_refresh(site_profile.refresh)
        page_cache.register_area("center")
        page_cache.register_hole("form_token", tokens.new_token)
        page_cache.register_hole("form_key", forms.new_key)
