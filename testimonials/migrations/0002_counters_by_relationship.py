import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('testimonials', '0001_initial'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='testimonial',
            name='counted_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='testimonial',
            name='counted_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='testimonial',
            name='counted_update',
        ),
        migrations.RemoveConstraint(
            model_name='reviewcounter',
            name='counter_once',
        ),
        migrations.AddField(
            model_name='reviewcounter',
            name='relationship',
            field=models.CharField(default='', max_length=8),
            preserve_default=False,
        ),
        # Counted anew, as the counters do not say who wrote what they counted.
        migrations.RunSQL(
            [
                'DELETE FROM testimonials_reviewcounter',
                'INSERT INTO testimonials_reviewcounter (status, stars, reason, allow_words, source, relationship, n) '
                'SELECT status, COALESCE(stars, 0), reason, allow_words, source, relationship, COUNT(*) '
                'FROM testimonials_testimonial GROUP BY 1, 2, 3, 4, 5, 6',
            ],
            [
                'DELETE FROM testimonials_reviewcounter',
                'INSERT INTO testimonials_reviewcounter (status, stars, reason, allow_words, source, relationship, n) '
                "SELECT status, COALESCE(stars, 0), reason, allow_words, source, '', COUNT(*) "
                'FROM testimonials_testimonial GROUP BY 1, 2, 3, 4, 5',
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='testimonial',
            trigger=pgtrigger.compiler.Trigger(name='counted_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO testimonials_reviewcounter AS counter (status, stars, reason, allow_words, source, relationship, n)\n        SELECT status, stars, reason, allow_words, source, relationship, SUM(n) FROM (SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, relationship, 1 AS n FROM new_rows) AS changes\n        GROUP BY status, stars, reason, allow_words, source, relationship HAVING SUM(n) <> 0 ORDER BY status, stars, reason, allow_words, source, relationship\n        ON CONFLICT (status, stars, reason, allow_words, source, relationship) DO UPDATE SET n = counter.n + EXCLUDED.n;\n        RETURN NULL;\n    ', hash='0e3586fd86b0488b48a66715d72fd6a789ef702d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_counted_insert_c2d04', referencing='REFERENCING NEW TABLE AS new_rows ', table='testimonials_testimonial', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='testimonial',
            trigger=pgtrigger.compiler.Trigger(name='counted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO testimonials_reviewcounter AS counter (status, stars, reason, allow_words, source, relationship, n)\n        SELECT status, stars, reason, allow_words, source, relationship, SUM(n) FROM (SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, relationship, -1 AS n FROM old_rows) AS changes\n        GROUP BY status, stars, reason, allow_words, source, relationship HAVING SUM(n) <> 0 ORDER BY status, stars, reason, allow_words, source, relationship\n        ON CONFLICT (status, stars, reason, allow_words, source, relationship) DO UPDATE SET n = counter.n + EXCLUDED.n;\n        RETURN NULL;\n    ', hash='ab26180350a1ce9ade57c1062d9386183c2999ba', level='STATEMENT', operation='DELETE', pgid='pgtrigger_counted_delete_d4138', referencing='REFERENCING OLD TABLE AS old_rows ', table='testimonials_testimonial', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='testimonial',
            trigger=pgtrigger.compiler.Trigger(name='counted_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO testimonials_reviewcounter AS counter (status, stars, reason, allow_words, source, relationship, n)\n        SELECT status, stars, reason, allow_words, source, relationship, SUM(n) FROM (SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, relationship, -1 AS n FROM old_rows UNION ALL SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, relationship, 1 AS n FROM new_rows) AS changes\n        GROUP BY status, stars, reason, allow_words, source, relationship HAVING SUM(n) <> 0 ORDER BY status, stars, reason, allow_words, source, relationship\n        ON CONFLICT (status, stars, reason, allow_words, source, relationship) DO UPDATE SET n = counter.n + EXCLUDED.n;\n        RETURN NULL;\n    ', hash='496d1b12a933f25c213dd5ca70c0e83dca0082fa', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_counted_update_c5067', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='testimonials_testimonial', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='reviewcounter',
            constraint=models.UniqueConstraint(fields=('status', 'stars', 'reason', 'allow_words', 'source', 'relationship'), name='counter_once'),
        ),
    ]
