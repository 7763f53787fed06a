"""Columns and tables as blocks of pages, pictures of topics, and the last day of a fact about the center."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0009_first_page"),
    ]

    operations = [
        migrations.AddField(
            model_name='centerfact',
            name='ends_on',
            field=models.DateField(blank=True, help_text='Of a license or contract. You are reminded 60 days before; after it readers do not see the fact.', null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='topic',
            name='picture',
            field=models.ForeignKey(blank=True, help_text='Beside the heading of the topic.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='articles.picture'),
        ),
        migrations.AlterField(
            model_name='editionevent',
            name='kind',
            field=models.CharField(choices=[('started', 'started'), ('restored', 'restored as a new draft'), ('saved', 'saved'), ('waived', 'marked a finding as a false alarm'), ('submitted', 'sent for review'), ('taken_back', 'taken back to draft'), ('sent_back', 'sent back'), ('signed_off', 'signed off'), ('withdrawn', 'withdrawn'), ('moved', 'changed address, topic or owner'), ('shared', 'shared by link')], max_length=12),
        ),
        migrations.CreateModel(
            name='Column',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('icon', models.CharField(blank=True, choices=[('glass', 'Glass'), ('poppy', 'Poppy'), ('moon', 'Moon'), ('bolt', 'Bolt'), ('pill', 'Pill'), ('waves', 'Waves'), ('people', 'People'), ('card', 'Card')], max_length=10, verbose_name='drawing')),
                ('title', models.CharField(max_length=40, verbose_name='heading')),
                ('body', models.TextField()),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition')),
            ],
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=60)),
                ('cells', models.TextField(help_text='The first row holds the names of the columns. Cells copied in a spreadsheet can be pasted here.')),
                ('own_row', models.PositiveSmallIntegerField(blank=True, help_text='The number of the row that is about this center, to mark it.', null=True, verbose_name='our row')),
                ('is_coverage', models.BooleanField(default=False, help_text='Adds a line: the papers of the reader’s own plan count.', verbose_name='what plans cover')),
                ('checked_on', models.DateField(blank=True, help_text='When somebody last checked it; for prices and plans. Readers see the date.', null=True)),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition')),
            ],
            options={
                'verbose_name': 'table',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='column',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='7262ea8ba8e8c9867c228d6d38a0fcb225836244', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_fee18', table='articles_column', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='column',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='12055bde752ec36a874c7ec9d8601996185ce9b5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_0fcaf', table='articles_column', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comparison',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='cd502846ab9b32a279fa57e1dda3f6482e00e4c7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_245ea', table='articles_comparison', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comparison',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='2b7f0a13be5ca9bab587d04990860b1ca72ea72f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_3c624', table='articles_comparison', when='BEFORE')),
        ),
    ]
