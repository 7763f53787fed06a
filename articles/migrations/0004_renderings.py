"""Renderings: finished pages of signed-off editions. Rows of existing ones are empty until the job fills them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

ADD_EXISTING = """
INSERT INTO articles_rendering (edition_id, article_id, topic_id, number, publish_at)
SELECT edition.id, article.id, topic_id, number, publish_at
FROM articles_edition AS edition JOIN articles_article AS article ON article.id = article_id
WHERE state = 'signed_off'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_search_as_seen"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rendering",
            fields=[
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="rendering",
                        serialize=False,
                        to="articles.edition",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.topic",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("publish_at", models.DateTimeField()),
                ("renderer", models.CharField(db_default="", max_length=16)),
                (
                    "log",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), db_default=[], size=None
                    ),
                ),
                ("entry", models.TextField(db_default="")),
                ("facts", models.JSONField(db_default={})),
                ("html", models.TextField(db_default="")),
                ("overdue_html", models.TextField(db_default="")),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="renderings_know_the_topic",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."topic_id" IS DISTINCT FROM (NEW."topic_id"))',
                    func="\n            UPDATE articles_rendering SET topic_id = NEW.topic_id WHERE article_id = NEW.id;\n            RETURN NULL;\n        ",
                    hash="41f4efbc3d178265fef65540a37a0f175be0a7b2",
                    operation="UPDATE",
                    pgid="pgtrigger_renderings_know_the_topic_d1093",
                    table="articles_article",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="edition",
            trigger=pgtrigger.compiler.Trigger(
                name="has_a_rendering_while_signed_off",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func="\n            IF NEW.state = 'signed_off' THEN\n                INSERT INTO articles_rendering (edition_id, article_id, topic_id, number, publish_at)\n                SELECT NEW.id, id, topic_id, NEW.number, NEW.publish_at\n                FROM articles_article WHERE id = NEW.article_id;\n            ELSIF OLD.state = 'signed_off' THEN\n                DELETE FROM articles_rendering WHERE edition_id = NEW.id;\n                UPDATE articles_rendering SET renderer = '' WHERE article_id = NEW.article_id AND number > NEW.number;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="14a3c0a5898948b0933df72278c5a68ab0d6e642",
                    operation="UPDATE",
                    pgid="pgtrigger_has_a_rendering_while_signed_off_dac98",
                    table="articles_edition",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picture",
            trigger=pgtrigger.compiler.Trigger(
                name="outdates_renderings",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."image_ppoi" IS DISTINCT FROM (NEW."image_ppoi"))',
                    func="\n            UPDATE articles_rendering SET renderer = '', log = '{}'\n            FROM articles_figure WHERE picture_id = NEW.id AND edition_id = parent_id;\n            RETURN NULL;\n        ",
                    hash="d180d3a830f2532068f22589249507c0dcba4dac",
                    operation="UPDATE",
                    pgid="pgtrigger_outdates_renderings_d8301",
                    table="articles_picture",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="rendering",
            index=models.Index(models.F("renderer"), name="rendering_outdated"),
        ),
        migrations.AddIndex(
            model_name="rendering",
            index=models.Index(
                models.F("publish_at"), models.F("edition"), include=("article", "number"), name="rendering_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="rendering",
            index=models.Index(
                models.F("topic"),
                models.F("publish_at"),
                models.F("edition"),
                include=("article", "number"),
                name="rendering_by_topic",
            ),
        ),
        migrations.AddConstraint(
            model_name="rendering",
            constraint=models.UniqueConstraint(
                fields=("article", "number"), include=("publish_at",), name="rendering_numbered_once"
            ),
        ),
        migrations.RunSQL(ADD_EXISTING, migrations.RunSQL.noop),
    ]
