"""Documents of other kinds than articles, at addresses of their own; the path of existing articles is filled in."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0007_people_with_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # in the order in which a visit of the former version locks them, so that the two do not wait for each other
        migrations.RunSQL(
            "LOCK TABLE articles_rendering, articles_article IN ACCESS EXCLUSIVE MODE", migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name='CallToAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=60)),
                ('body', models.TextField(blank=True)),
                ('call', models.BooleanField(default=True, verbose_name='button: call')),
                ('ask', models.BooleanField(default=True, verbose_name='button: ask for help')),
                ('visit', models.BooleanField(default=False, help_text='Leads to the address and the hours.', verbose_name='button: visit')),
            ],
            options={
                'verbose_name': 'call to action',
                'verbose_name_plural': 'calls to action',
            },
        ),
        migrations.CreateModel(
            name='CenterFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(choices=[('license', 'License and accreditation'), ('insurer', 'Insurance plans'), ('house', 'The house')], max_length=8)),
                ('name', models.CharField(help_text='For example “State license”, or the name of a plan.', max_length=60)),
                ('value', models.CharField(help_text='For example “No. 00-0000, valid through June 2027”.', max_length=160, verbose_name='what is true')),
                ('evidence', models.URLField(blank=True, help_text='Readers get a link to it.', max_length=300, verbose_name='where to look it up')),
                ('checked_on', models.DateField(default=django.utils.timezone.localdate, help_text='When somebody last looked it up.')),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Smaller numbers come first.')),
            ],
            options={
                'verbose_name': 'fact about the center',
                'verbose_name_plural': 'facts about the center',
                'ordering': ['group', 'position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='CenterFacts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=60)),
                ('group', models.CharField(choices=[('license', 'License and accreditation'), ('insurer', 'Insurance plans'), ('house', 'The house')], max_length=8, verbose_name='which facts')),
            ],
            options={
                'verbose_name': 'facts about the center',
                'verbose_name_plural': 'facts about the center',
            },
        ),
        migrations.CreateModel(
            name='PersonCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=120, verbose_name='question')),
                ('body', models.TextField(verbose_name='answer')),
            ],
            options={
                'verbose_name': 'question and answer',
                'verbose_name_plural': 'questions and answers',
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('label', models.CharField(blank=True, help_text='For example “Day 1” or “You call”.', max_length=20, verbose_name='when')),
                ('title', models.CharField(max_length=60, verbose_name='what happens')),
                ('body', models.TextField(blank=True)),
            ],
        ),
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
            model_name='figure',
            name='is_opening',
            field=models.BooleanField(db_default=False, default=False, help_text='Beside the title of a page, where it is the first block.', verbose_name='opening picture'),
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
            model_name='article',
            index=models.Index(models.F('path'), condition=models.Q(('kind__in', ['clinical', 'house'])), name='article_is_page'),
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
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, path, kind FROM old_rows WHERE kind <> 'article' EXCEPT SELECT id, path, kind FROM new_rows WHERE kind <> 'article') OR EXISTS (SELECT id, path, kind FROM new_rows WHERE kind <> 'article' EXCEPT SELECT id, path, kind FROM old_rows WHERE kind <> 'article') THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='c8065ac9e83651004fc0ce61c4f6bdc5ed8c5840', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_center_changed_update_9c1df', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, path, kind FROM old_rows WHERE kind <> 'article') THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='3430d530c76998f1a8f9bccfd9829c5284f8130a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_center_changed_delete_7c1e3', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF true THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='2bf26fe1640837c8e17779a127302a955db53d50', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_center_changed_truncate_37566', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='outdates_renderings', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."bio" IS DISTINCT FROM (NEW."bio") OR OLD."credentials" IS DISTINCT FROM (NEW."credentials") OR OLD."has_page" IS DISTINCT FROM (NEW."has_page") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."slug" IS DISTINCT FROM (NEW."slug"))', func="\n            UPDATE articles_rendering SET renderer = '',\n                log = CASE WHEN OLD.has_page AND NOT NEW.has_page THEN '{}' ELSE log END\n            FROM articles_personcard WHERE person_id = NEW.id AND edition_id = parent_id;\n            RETURN NULL;\n        ", hash='a072b3e6c2b4426c6f4bdf1d635c4385a13bd305', operation='UPDATE', pgid='pgtrigger_outdates_renderings_60015', table='articles_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rendering',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT edition_id, publish_at, topic_id FROM old_rows WHERE topic_id IS NULL EXCEPT SELECT edition_id, publish_at, topic_id FROM new_rows WHERE topic_id IS NULL) OR EXISTS (SELECT edition_id, publish_at, topic_id FROM new_rows WHERE topic_id IS NULL EXCEPT SELECT edition_id, publish_at, topic_id FROM old_rows WHERE topic_id IS NULL) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='2370f4d3f6be71ddf6b72e0050c4209745793f58', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_center_changed_update_8f0a6', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_rendering', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rendering',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT edition_id, publish_at, topic_id FROM old_rows WHERE topic_id IS NULL) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='08a346ea239232cfbc574334401aecf7a9760899', level='STATEMENT', operation='DELETE', pgid='pgtrigger_center_changed_delete_68afa', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_rendering', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rendering',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF true THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='5ee073b5b711c673124177e00d98ddaca44eda53', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_center_changed_truncate_8a9eb', table='articles_rendering', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rendering',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT edition_id, publish_at, topic_id FROM new_rows WHERE topic_id IS NULL) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='7b08d95c585c6c890a18dd2d357b6de21b98febe', level='STATEMENT', operation='INSERT', pgid='pgtrigger_center_changed_insert_be7c6', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_rendering', when='AFTER')),
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
        migrations.AddField(
            model_name='calltoaction',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddConstraint(
            model_name='centerfact',
            constraint=models.UniqueConstraint(fields=('group', 'name'), name='fact_stated_once', violation_error_message='This fact is there already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='centerfact',
            trigger=pgtrigger.compiler.Trigger(name='outdates_renderings', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            UPDATE articles_rendering SET renderer = \'\'\n            FROM articles_centerfacts AS block\n            WHERE block."group" IN (OLD."group", NEW."group") AND edition_id = block.parent_id;\n            RETURN NULL;\n        ', hash='fe1728c632a650287b8d11b69b47341d6683e9c1', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_outdates_renderings_a02f1', table='articles_centerfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='centerfact',
            trigger=pgtrigger.compiler.Trigger(name='articles_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT * FROM old_rows WHERE true EXCEPT SELECT * FROM new_rows WHERE true) OR EXISTS (SELECT * FROM new_rows WHERE true EXCEPT SELECT * FROM old_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'articles', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='83bccb995a5143f3b3fd20be965d2daf45f4fc54', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_articles_changed_update_7ef43', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_centerfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='centerfact',
            trigger=pgtrigger.compiler.Trigger(name='articles_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT * FROM old_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'articles', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='841fee6b0f8969a9194111a36648ccccb2f716c0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_articles_changed_delete_2a343', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_centerfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='centerfact',
            trigger=pgtrigger.compiler.Trigger(name='articles_changed_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF true THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'articles', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='18ffb0ace46c718b9bfd74b7c38fec5ddedc710c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_articles_changed_truncate_c0579', table='articles_centerfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='centerfact',
            trigger=pgtrigger.compiler.Trigger(name='articles_changed_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT * FROM new_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'articles', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='1be5859f8b2e12b0245e376a5fc82e2653fe24ae', level='STATEMENT', operation='INSERT', pgid='pgtrigger_articles_changed_insert_59398', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_centerfact', when='AFTER')),
        ),
        migrations.AddField(
            model_name='centerfacts',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='personcard',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='personcard',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='articles.person'),
        ),
        migrations.AddField(
            model_name='question',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='step',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddConstraint(
            model_name='calltoaction',
            constraint=models.CheckConstraint(condition=models.Q(('call', True), ('ask', True), ('visit', True), _connector='OR'), name='action_has_a_button', violation_error_message='Choose at least one button.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calltoaction',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='677c486454b425d504831e9463593940f506f500', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_a4852', table='articles_calltoaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calltoaction',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='2c3508fac6b7bcc4fba7311ef3e3bdd1d6e06bd5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_66d9f', table='articles_calltoaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='centerfacts',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='38ef3696e115080a3395d381fc5bd8f6df696e3c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_7d7f2', table='articles_centerfacts', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='centerfacts',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='10c892bef44868ed04870a2fe4f8a4dd2b7d54d0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_e9f7b', table='articles_centerfacts', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personcard',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='ca72f9d9351ec55d3ad7709610e80492a36d7811', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_41007', table='articles_personcard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personcard',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='16d385e0a7ab77805518a153ff42fcf35ff33f7e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_bf8e9', table='articles_personcard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='85350088ec082d11d5c29daf1e0aa43f7718d17d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_9ad3c', table='articles_question', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='5157347afbf6af5dde17fdef47655e0a82a64ae4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_74628', table='articles_question', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='fe4d18c9c2ff800a2add7f43e3fde7a9a64b9800', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_fe977', table='articles_step', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='step',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='1e6577238477cbaf0f7236167cfb8c62cf56a70a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_586a3', table='articles_step', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, name, slug, position FROM old_rows WHERE true EXCEPT SELECT id, name, slug, position FROM new_rows WHERE true) OR EXISTS (SELECT id, name, slug, position FROM new_rows WHERE true EXCEPT SELECT id, name, slug, position FROM old_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='6829e62bd4c843d9d8ac6c4629d78660325cf800', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_center_changed_update_8e615', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_topic', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, name, slug, position FROM old_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='394516d93295d2571a6a4d45f4792ed6689e2d04', level='STATEMENT', operation='DELETE', pgid='pgtrigger_center_changed_delete_47e10', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_topic', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF true THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='f48c208eb5b9c949f8d27d99ad3d7e8ebe399ef8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_center_changed_truncate_63569', table='articles_topic', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, name, slug, position FROM new_rows WHERE true) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='dae17a1f75f2eb15314154e5d32859c291f7a536', level='STATEMENT', operation='INSERT', pgid='pgtrigger_center_changed_insert_77b0e', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_topic', when='AFTER')),
        ),
    ]
