"""The first page as a document, and the blocks made for it."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0008_pages_at_the_root'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ArticleList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=60, verbose_name='heading')),
                ('lead', models.CharField(blank=True, max_length=160, verbose_name='below the heading')),
                ('count', models.PositiveSmallIntegerField(default=3, help_text='The newest, 1 to 6.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(6)], verbose_name='how many')),
            ],
            options={
                'verbose_name': 'list of articles',
                'verbose_name_plural': 'lists of articles',
            },
        ),
        migrations.CreateModel(
            name='Costs',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=60, verbose_name='heading')),
                ('body', models.TextField()),
            ],
            options={
                'verbose_name_plural': 'costs',
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=80, verbose_name='heading')),
                ('lead', models.TextField(blank=True, help_text='Below the heading. Say only what is true: who answers, and when.', max_length=400)),
                ('note', models.CharField(blank=True, max_length=120, verbose_name='below the buttons')),
                ('drawing', models.CharField(blank=True, choices=[('lighthouse', 'A lighthouse at night'), ('', 'None')], default='lighthouse', max_length=12)),
                ('call', models.BooleanField(default=True, verbose_name='button: call')),
                ('ask', models.BooleanField(default=True, verbose_name='button: ask for help')),
            ],
        ),
        migrations.CreateModel(
            name='Reviews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=60, verbose_name='heading')),
                ('lead', models.CharField(blank=True, max_length=160, verbose_name='below the heading')),
                ('review', models.BigIntegerField(blank=True, help_text='If you choose one, the page says so. It leaves the page once the review is not shown any more.', null=True)),
            ],
            options={
                'verbose_name_plural': 'reviews',
            },
        ),
        migrations.CreateModel(
            name='SitePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=255)),
                ('ordering', models.IntegerField(default=0)),
                ('title', models.CharField(max_length=60, verbose_name='heading')),
                ('part', models.CharField(choices=[('crisis', 'Crisis lines: 911, 988, SAMHSA. Their words are fixed'), ('topics', 'The topics of the articles'), ('place', 'Location and hours, from the center details')], max_length=8, verbose_name='what it shows')),
            ],
            options={
                'verbose_name': 'part of the site',
                'verbose_name_plural': 'parts of the site',
            },
        ),
        migrations.RemoveConstraint(
            model_name='article',
            name='article_has_a_topic',
        ),
        migrations.RemoveConstraint(
            model_name='article',
            name='path_has_three_levels_at_most',
        ),
        migrations.AlterField(
            model_name='article',
            name='kind',
            field=models.CharField(choices=[('article', 'Article'), ('clinical', 'Clinical page: about care, signed off by a clinician'), ('house', 'House page: about the center, signed off by a second person'), ('home', 'First page: the only one at the root itself, signed off by a clinician')], db_default='article', default='article', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'article'), ('parent__isnull', True), ('topic__isnull', False)), models.Q(('kind__in', ['clinical', 'house', 'home']), ('topic__isnull', True)), _connector='OR'), name='article_has_a_topic', violation_error_message='An article needs a topic, and only a page can be below another one.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'home'), ('path', '')), models.Q(models.Q(('kind', 'home'), _negated=True), ('path__regex', '^[^/]+(/[^/]+){0,2}$')), _connector='OR'), name='path_has_three_levels_at_most', violation_error_message='Pages can be nested to three levels, and never below themselves.'),
        ),
        migrations.AddField(
            model_name='articlelist',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='articlelist',
            name='topic',
            field=models.ForeignKey(blank=True, help_text='Leave empty for articles on any.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='articles.topic'),
        ),
        migrations.AddField(
            model_name='costs',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='opening',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='reviews',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='sitepart',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_set', to='articles.edition'),
        ),
        migrations.AddConstraint(
            model_name='articlelist',
            constraint=models.CheckConstraint(condition=models.Q(('count__range', (1, 6))), name='article_list_is_short', violation_error_message='Choose a number from 1 to 6.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='articlelist',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='f1b41adcf8c2903a18756f2a9e83a7ae0d94d1cd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_6d999', table='articles_articlelist', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='articlelist',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='69a238c060dd7207cc1ff7910b30814eb7c18643', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_02e10', table='articles_articlelist', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='costs',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='c703f14f4f19dd9326744789269e3877681cc80d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_39dba', table='articles_costs', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='costs',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='e2932a46936cbe46a3e6500ed08b8fa708d08ad7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_568bc', table='articles_costs', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='opening',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='c237e47ca349fa90ac3e9ac445cf7714a5b86454', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_ba74a', table='articles_opening', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='opening',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='4b1b2ff90a4c44892c23be49e843ea558a8380cf', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_86511', table='articles_opening', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviews',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='80416da13e55bf3bac9bf366ce895c6ef8bd73cd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_ea129', table='articles_reviews', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviews',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='11d85f654e757af5b36b862227cd0331499bb305', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_ce480', table='articles_reviews', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sitepart',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint; edition_state text;', func="\n                FOREACH owner IN ARRAY ARRAY[OLD.parent_id, NEW.parent_id] LOOP\n                    SELECT state INTO edition_state FROM articles_edition WHERE id = owner FOR SHARE;\n                    IF edition_state <> 'draft' THEN\n                        RAISE EXCEPTION 'edition % is frozen', owner;\n                    END IF;\n                END LOOP;\n                RETURN COALESCE(NEW, OLD);\n            ", hash='0fc58b0f7368a04b0bf08dbd6781ae5eb022362c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_content_is_frozen_965f1', table='articles_sitepart', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sitepart',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of this table are never deleted';", hash='8029e03f3b883330fe28d5ea3a6e59771ac109dc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_828a2', table='articles_sitepart', when='BEFORE')),
        ),
    ]
