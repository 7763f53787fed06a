"""Documents of other kinds than articles, at addresses of their own; the path of existing articles is filled in."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0006_former_addresses_as_redirects'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='article',
            options={'ordering': ['path'], 'verbose_name': 'address', 'verbose_name_plural': 'addresses'},
        ),
        migrations.AlterModelOptions(
            name='edition',
            options={'ordering': ['-pk'], 'permissions': [('sign_off_edition', 'Can sign off an edition'), ('sign_off_house_edition', 'Can sign off a house page')], 'verbose_name': 'article'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='articles_changed_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='articles_changed_delete',
        ),
        migrations.RemoveConstraint(
            model_name='article',
            name='slug_is_free',
        ),
        migrations.RemoveIndex(
            model_name='rendering',
            name='rendering_newest',
        ),
        migrations.AddField(
            model_name='article',
            name='kind',
            field=models.CharField(choices=[('article', 'Article'), ('clinical', 'Clinical page: about care, signed off by a clinician'), ('house', 'House page: about the center, signed off by a second person')], db_default='article', default='article', max_length=8),
        ),
        migrations.AddField(
            model_name='article',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='articles.article'),
        ),
        migrations.AddField(
            model_name='article',
            name='path',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=250),
        ),
        # until now every document was an article
        migrations.RunSQL("UPDATE articles_article SET path = 'articles/' || slug", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='article',
            name='path',
            field=models.CharField(blank=True, db_default='', editable=False, error_messages={'unique': 'A page with this address already exists.'}, max_length=250, unique=True),
        ),
        migrations.AddField(
            model_name='rendering',
            name='links',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=250), db_default=[], size=None),
        ),
        migrations.AlterField(
            model_name='article',
            name='slug',
            field=models.SlugField(db_index=False, help_text='The last part of the address.', max_length=80, verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='article',
            name='topic',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.topic'),
        ),
        migrations.AlterField(
            model_name='rendering',
            name='topic',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='articles.topic'),
        ),
        migrations.AddIndex(
            model_name='rendering',
            index=django.contrib.postgres.indexes.GinIndex(models.F('links'), name='rendering_links'),
        ),
        migrations.AddIndex(
            model_name='rendering',
            index=models.Index(models.F('publish_at'), models.F('edition'), include=('article', 'number', 'topic'), name='rendering_newest'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='path_follows_from_parents', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE above text;', func="\n            IF NEW.kind = 'article' THEN\n                NEW.path = 'articles/' || NEW.slug;\n            ELSE\n                SELECT path || '/' INTO above FROM articles_article WHERE id = NEW.parent_id FOR SHARE;\n                NEW.path = COALESCE(above, '') || NEW.slug;\n            END IF;\n            RETURN NEW;\n        ", hash='3edec8d970dcbffb7ad04cede0fbd5900dde7905', operation='INSERT OR UPDATE OF "kind", "slug", "parent_id", "path"', pgid='pgtrigger_path_follows_from_parents_25fc6', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='pages_below_move_along', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."path" IS DISTINCT FROM (NEW."path"))', func="\n            UPDATE articles_article SET path = '' WHERE parent_id = NEW.id;\n            RETURN NULL;\n        ", hash='7b68a1062987e60228a6d0bfe7ada6b8f26548b4', operation='UPDATE', pgid='pgtrigger_pages_below_move_along_d5452', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='articles_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, path, topic_id FROM old_rows WHERE true EXCEPT SELECT id, path, topic_id FROM new_rows WHERE true) OR EXISTS (SELECT id, path, topic_id FROM new_rows WHERE true EXCEPT SELECT id, path, topic_id FROM old_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'articles', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='a74cba35680e6bdd5fa1b3427df0379b9cc045fe', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_articles_changed_update_22f60', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='articles_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, path, topic_id FROM old_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'articles', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='c3ba7cba53531a67bed1df5524d4189ff6675053', level='STATEMENT', operation='DELETE', pgid='pgtrigger_articles_changed_delete_e0d0c', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_article', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'article'), ('slug__in', ['feed', 'topics']), _negated=True), name='slug_is_free', violation_error_message='This address is taken by the site itself. Choose another one.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'article'), ('parent__isnull', True), ('topic__isnull', False)), models.Q(('kind__in', ['clinical', 'house']), ('topic__isnull', True)), _connector='OR'), name='article_has_a_topic', violation_error_message='An article needs a topic, and only a page can be below another one.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('path__regex', '^[^/]+(/[^/]+){0,2}$')), name='path_has_three_levels_at_most', violation_error_message='Pages can be nested to three levels, and never below themselves.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'article'), models.Q(('path__startswith', 'articles/'), _negated=True), _connector='OR'), name='only_articles_are_below_articles', violation_error_message='This address is taken by the site itself. Choose another one.'),
        ),
    ]
