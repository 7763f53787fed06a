"""Menus and footer as editions of their own; articles that a menu names are part of the area of all pages."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0011_files_galleries_maps_videos"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MenuChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveBigIntegerField(), default=list, size=None)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('note', models.CharField(max_length=300)),
            ],
            options={
                'ordering': ['-revision'],
            },
        ),
        migrations.CreateModel(
            name='MenuEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(editable=False, unique=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('released', 'Put on the site'), ('discarded', 'Discarded')], default='draft', editable=False, max_length=10)),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'edition of the menus',
                'verbose_name_plural': 'menus and footer',
                'ordering': ['-number'],
                'permissions': [('edit_menuedition', 'Can edit the draft of the menus'), ('release_menuedition', 'Can put the menus on the site')],
            },
        ),
        migrations.CreateModel(
            name='MenuEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('menu', models.CharField(choices=[('top', 'Top line'), ('sheet', 'Menu'), ('foot', 'Footer')], max_length=5)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('label', models.CharField(max_length=90)),
                ('fragment', models.CharField(blank=True, max_length=80)),
                ('route', models.CharField(blank=True, choices=[('help', 'Ask for help'), ('request', 'Your request'), ('steps', 'First page: what detox is like'), ('cost', 'First page: cost'), ('place', 'First page: location and hours'), ('home', 'First page'), ('articles', 'Articles'), ('search', 'Search'), ('reviews', 'Reviews'), ('write_review', 'Write a review'), ('handling', 'How we handle reviews'), ('privacy', 'Your privacy'), ('accessibility', 'Accessibility')], max_length=14)),
                ('url', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'menu entry',
                'verbose_name_plural': 'menu entries',
                'ordering': ['position', 'pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='center_changed_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='center_changed_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='rendering',
            name='center_changed_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='rendering',
            name='center_changed_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='rendering',
            name='center_changed_insert',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, path, kind FROM old_rows WHERE kind <> 'article' OR id IN (SELECT document_id FROM articles_menuentry) EXCEPT SELECT id, path, kind FROM new_rows WHERE kind <> 'article' OR id IN (SELECT document_id FROM articles_menuentry)) OR EXISTS (SELECT id, path, kind FROM new_rows WHERE kind <> 'article' OR id IN (SELECT document_id FROM articles_menuentry) EXCEPT SELECT id, path, kind FROM old_rows WHERE kind <> 'article' OR id IN (SELECT document_id FROM articles_menuentry)) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='357c933abcb7fd48e3604a5ba0078c0ebda7af28', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_center_changed_update_9c1df', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, path, kind FROM old_rows WHERE kind <> 'article' OR id IN (SELECT document_id FROM articles_menuentry)) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='76a183678b8b9f9b7d7146d62e8a4cb2bbf727ab', level='STATEMENT', operation='DELETE', pgid='pgtrigger_center_changed_delete_7c1e3', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rendering',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT edition_id, publish_at, topic_id, article_id FROM old_rows WHERE topic_id IS NULL OR article_id IN (SELECT document_id FROM articles_menuentry) EXCEPT SELECT edition_id, publish_at, topic_id, article_id FROM new_rows WHERE topic_id IS NULL OR article_id IN (SELECT document_id FROM articles_menuentry)) OR EXISTS (SELECT edition_id, publish_at, topic_id, article_id FROM new_rows WHERE topic_id IS NULL OR article_id IN (SELECT document_id FROM articles_menuentry) EXCEPT SELECT edition_id, publish_at, topic_id, article_id FROM old_rows WHERE topic_id IS NULL OR article_id IN (SELECT document_id FROM articles_menuentry)) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='b310937e5451975f3711546a461a2e00927365c6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_center_changed_update_8f0a6', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_rendering', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rendering',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT edition_id, publish_at, topic_id, article_id FROM old_rows WHERE topic_id IS NULL OR article_id IN (SELECT document_id FROM articles_menuentry)) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='8b2056f77a98c59be878c99858130551aa6fbf14', level='STATEMENT', operation='DELETE', pgid='pgtrigger_center_changed_delete_68afa', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_rendering', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rendering',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT edition_id, publish_at, topic_id, article_id FROM new_rows WHERE topic_id IS NULL OR article_id IN (SELECT document_id FROM articles_menuentry)) THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='d5eaa0377ba204165986b92180cd1c53b7243a89', level='STATEMENT', operation='INSERT', pgid='pgtrigger_center_changed_insert_be7c6', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_rendering', when='AFTER')),
        ),
        migrations.AddField(
            model_name='menuchange',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='menuedition',
            name='closed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='menuedition',
            name='created_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='menuchange',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='articles.menuedition'),
        ),
        migrations.AddField(
            model_name='menuentry',
            name='document',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='menu_entries', to='articles.article'),
        ),
        migrations.AddField(
            model_name='menuentry',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='articles.menuedition'),
        ),
        migrations.AddField(
            model_name='menuentry',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='articles.menuentry'),
        ),
        migrations.AddField(
            model_name='menuentry',
            name='topic',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='articles.topic'),
        ),
        migrations.AddConstraint(
            model_name='menuedition',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='one_draft_of_the_menus'),
        ),
        migrations.AddConstraint(
            model_name='menuedition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='menus_closed_with_a_date'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuedition',
            trigger=pgtrigger.compiler.Trigger(name='state_transitions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:released,draft:discarded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='55800856d508ecf67a1842542d1a678966e978e8', operation='UPDATE', pgid='pgtrigger_state_transitions_3b517', table='articles_menuedition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuedition',
            trigger=pgtrigger.compiler.Trigger(name='frozen_once_closed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM \'draft\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='03b48a164c30dc92942fd16bac378d186da45d26', operation='UPDATE', pgid='pgtrigger_frozen_once_closed_9aadc', table='articles_menuedition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuedition',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c38c9ee3b82d41e395594990be066ca059afa350', operation='DELETE', pgid='pgtrigger_kept_d1993', table='articles_menuedition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuedition',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='81b0d9370530eae90b9b3f4c8eed486218ef2ddc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_4471c', table='articles_menuedition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuedition',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, state FROM old_rows WHERE state = 'released' EXCEPT SELECT id, state FROM new_rows WHERE state = 'released') OR EXISTS (SELECT id, state FROM new_rows WHERE state = 'released' EXCEPT SELECT id, state FROM old_rows WHERE state = 'released') THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='25f7822a393e42782c881270ff37f44fb8e3fa55', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_center_changed_update_25105', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_menuedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuedition',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT id, state FROM old_rows WHERE state = 'released') THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='de4db959b1e4a7ca38caf1d395ee79a7d7df14f2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_center_changed_delete_e3aa4', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_menuedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuedition',
            trigger=pgtrigger.compiler.Trigger(name='center_changed_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF true THEN\n            INSERT INTO detoxsite_publicchange (transaction, area, at)\n            VALUES (pg_current_xact_id()::text::bigint, 'center', now()) ON CONFLICT DO NOTHING;\n            PERFORM pg_notify('detoxsite_public', '');\n        END IF;\n        RETURN NULL;\n    ", hash='f518ea4ee40c99f198a097b87fdc7e7214fda68d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_center_changed_truncate_808d3', table='articles_menuedition', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='menuchange',
            constraint=models.UniqueConstraint(fields=('edition', 'revision'), name='menu_change_numbered_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuchange',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='24ae4dc1328872161dbc8d431e018593e46d8c45', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f64ae', table='articles_menuchange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuchange',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='37e218dec4094885a2c3d7235f6cd249cf925e9a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_267ab', table='articles_menuchange', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='menuentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document__isnull', True), ('route', ''), ('topic__isnull', True), ('url', '')), models.Q(models.Q(('document__isnull', True), _negated=True), ('route', ''), ('topic__isnull', True), ('url', '')), models.Q(models.Q(('topic__isnull', True), _negated=True), ('document__isnull', True), ('route', ''), ('url', '')), models.Q(models.Q(('route', ''), _negated=True), ('document__isnull', True), ('topic__isnull', True), ('url', '')), models.Q(models.Q(('url', ''), _negated=True), ('document__isnull', True), ('route', ''), ('topic__isnull', True)), _connector='OR'), name='menu_entry_has_one_target_at_most'),
        ),
        migrations.AddConstraint(
            model_name='menuentry',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('document__isnull', True), ('route', ''), ('topic__isnull', True), ('url', ''), _negated=True), _connector='OR'), name='menu_link_leads_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='menuentry',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('pk')), _negated=True), name='menu_entry_is_not_in_itself'),
        ),
        migrations.AddConstraint(
            model_name='menuentry',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), ('url__startswith', 'https://'), _connector='OR'), name='menu_url_is_https'),
        ),
        migrations.AddConstraint(
            model_name='menuentry',
            constraint=models.CheckConstraint(condition=models.Q(('fragment', ''), ('document__isnull', False), _connector='OR'), name='menu_fragment_is_of_a_document'),
        ),
        migrations.AddConstraint(
            model_name='menuentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('menu', 'top'), _negated=True), models.Q(('parent', None), models.Q(('document__isnull', True), ('route', ''), ('topic__isnull', True), ('url', ''), _negated=True)), _connector='OR'), name='menu_top_line_has_one_level'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuentry',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_edition', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n            FOREACH owner IN ARRAY ARRAY[OLD.edition_id, NEW.edition_id] LOOP\n                SELECT state INTO edition_state FROM articles_menuedition WHERE id = owner FOR SHARE;\n                IF edition_state <> 'draft' THEN\n                    RAISE EXCEPTION 'edition % of the menus is frozen', owner;\n                END IF;\n            END LOOP;\n            RETURN COALESCE(NEW, OLD);\n        ", hash='a6b76458a781fafd00741e8fa476baf9a3e7aa6b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_with_edition_469d2', table='articles_menuentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuentry',
            trigger=pgtrigger.compiler.Trigger(name='two_levels', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."parent_id" IS NOT NULL)', func="\n            IF NOT EXISTS (\n                SELECT FROM articles_menuentry WHERE id = NEW.parent_id AND parent_id IS NULL\n                AND edition_id = NEW.edition_id AND menu = NEW.menu\n            ) OR EXISTS (SELECT FROM articles_menuentry WHERE parent_id = NEW.id) THEN\n                RAISE EXCEPTION 'a menu has two levels';\n            END IF;\n            RETURN NEW;\n        ", hash='14aa50d23c793133202f2ac3190cdb35c2da9bbf', operation='INSERT OR UPDATE', pgid='pgtrigger_two_levels_e7fd0', table='articles_menuentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='menuentry',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='a0d111b072f8311560bdac652e1418899855abdb', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_4199e', table='articles_menuentry', when='BEFORE')),
        ),
    ]
