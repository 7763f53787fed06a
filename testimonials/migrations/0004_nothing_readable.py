import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("testimonials", "0003_seal_what_was_readable")]

    operations = [
        migrations.RemoveField(
            model_name='testimonial',
            name='email',
        ),
        migrations.RemoveField(
            model_name='testimonial',
            name='note',
        ),
        migrations.RemoveField(
            model_name='testimonial',
            name='clear_photo',
        ),
        migrations.RemoveField(
            model_name='testimonial',
            name='words',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='testimonial',
            trigger=pgtrigger.compiler.Trigger(name='counted_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO testimonials_tally AS tally (status, stars, reason, allow_words, source, n)\n        SELECT status, stars, reason, allow_words, source, SUM(n) FROM (SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, 1 AS n FROM later) AS changes\n        GROUP BY status, stars, reason, allow_words, source HAVING SUM(n) <> 0 ORDER BY status, stars, reason, allow_words, source\n        ON CONFLICT (status, stars, reason, allow_words, source) DO UPDATE SET n = tally.n + EXCLUDED.n;\n        RETURN NULL;\n    ', hash='403db7e63f095b4377cbcfd49e48f26453b2131d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_counted_insert_c2d04', referencing='REFERENCING NEW TABLE AS later ', table='testimonials_testimonial', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='testimonial',
            trigger=pgtrigger.compiler.Trigger(name='counted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO testimonials_tally AS tally (status, stars, reason, allow_words, source, n)\n        SELECT status, stars, reason, allow_words, source, SUM(n) FROM (SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, -1 AS n FROM earlier) AS changes\n        GROUP BY status, stars, reason, allow_words, source HAVING SUM(n) <> 0 ORDER BY status, stars, reason, allow_words, source\n        ON CONFLICT (status, stars, reason, allow_words, source) DO UPDATE SET n = tally.n + EXCLUDED.n;\n        RETURN NULL;\n    ', hash='b3c02eb20ed98af475abb91a8fdea331894f3114', level='STATEMENT', operation='DELETE', pgid='pgtrigger_counted_delete_d4138', referencing='REFERENCING OLD TABLE AS earlier ', table='testimonials_testimonial', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='testimonial',
            trigger=pgtrigger.compiler.Trigger(name='counted_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO testimonials_tally AS tally (status, stars, reason, allow_words, source, n)\n        SELECT status, stars, reason, allow_words, source, SUM(n) FROM (SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, -1 AS n FROM earlier UNION ALL SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, 1 AS n FROM later) AS changes\n        GROUP BY status, stars, reason, allow_words, source HAVING SUM(n) <> 0 ORDER BY status, stars, reason, allow_words, source\n        ON CONFLICT (status, stars, reason, allow_words, source) DO UPDATE SET n = tally.n + EXCLUDED.n;\n        RETURN NULL;\n    ', hash='a0cde73b379f57fe21bd118d8f0be40b9e5b8b4b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_counted_update_c5067', referencing='REFERENCING OLD TABLE AS earlier  NEW TABLE AS later ', table='testimonials_testimonial', when='AFTER')),
        ),
        migrations.RunSQL(
            """
            INSERT INTO testimonials_tally (status, stars, reason, allow_words, source, n)
            SELECT status, COALESCE(stars, 0), reason, allow_words, source, COUNT(*) FROM testimonials_testimonial
            GROUP BY 1, 2, 3, 4, 5
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='testimonial',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), models.Q(('shown_words', ''), _negated=True)), models.Q(models.Q(('status', 'published'), _negated=True), ('reply', ''), ('shown_name', ''), ('shown_photo', ''), ('shown_words', '')), _connector='OR'), name='readable_only_while_shown'),
        ),
        migrations.AddConstraint(
            model_name='testimonial',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'published'), _negated=True), ('allow_words', True), _connector='OR'), models.Q(('shown_name', ''), ('allow_name', True), _connector='OR'), models.Q(('shown_photo', ''), ('allow_photo', True), _connector='OR')), name='shown_only_with_permission', violation_error_message='The writer did not allow this to be shown.'),
        ),
        migrations.AddConstraint(
            model_name='testimonial',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'declined'), _negated=True), models.Q(('proposed_by__isnull', False), models.Q(('proposed_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='declined_by_two'),
        ),
        migrations.AddConstraint(
            model_name='testimonial',
            constraint=models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('source', 'source_id'), name='imported_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='permission',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='923f9c0f0d7253e796f179dbfece469fae94a13a', operation='UPDATE', pgid='pgtrigger_never_changed_180a0', table='testimonials_permission', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='permission',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='18f771a7038a0099bb6c737f0cd99abf8e6cb507', operation='DELETE', pgid='pgtrigger_kept_0d634', table='testimonials_permission', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='permission',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'these are kept for good';", hash='9b3f49ba87292adbb20fa3f7141052a6651ceb11', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_528a6', table='testimonials_permission', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."by_name" IS DISTINCT FROM (NEW."by_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."review_id" IS DISTINCT FROM (NEW."review_id") OR OLD."text_hash" IS DISTINCT FROM (NEW."text_hash"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='bd5581470d0b529c4d26798269b78fcdd0964fe5', operation='UPDATE', pgid='pgtrigger_never_changed_ccdee', table='testimonials_step', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='110a265da71defff7ec3d9e3a38e6d4db7a30a9f', operation='DELETE', pgid='pgtrigger_kept_e28e3', table='testimonials_step', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'these are kept for good';", hash='858ab4adeebe4d62aba96809393f8809b1c6a77e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_f284d', table='testimonials_step', when='BEFORE')),
        ),
    ]
