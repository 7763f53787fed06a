"""Blocks that only pages have: steps, questions, calls to action, people."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0007_pages_at_the_root'),
    ]

    operations = [
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
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='outdates_renderings', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."bio" IS DISTINCT FROM (NEW."bio") OR OLD."credentials" IS DISTINCT FROM (NEW."credentials") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."role" IS DISTINCT FROM (NEW."role"))', func="\n            UPDATE articles_rendering SET renderer = ''\n            FROM articles_personcard WHERE person_id = NEW.id AND edition_id = parent_id;\n            RETURN NULL;\n        ", hash='e11b75b39a0553829e5fdb591d0e5c96a484ab5b', operation='UPDATE', pgid='pgtrigger_outdates_renderings_60015', table='articles_person', when='AFTER')),
        ),
        migrations.AddField(
            model_name='calltoaction',
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
    ]
