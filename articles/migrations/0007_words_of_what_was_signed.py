import re

from django.db import migrations

BATCH = 200
LETTERS = re.compile(r"[^\W\d_]+")


def learn(apps, schema_editor):
    """Search knows how the words of signed-off editions are spelled: those that were signed before it did."""
    words = apps.get_model("articles", "SearchWord").objects
    editions = apps.get_model("articles", "Edition").objects.exclude(signed_off_at=None)
    seen = set()
    for title, summary, text in editions.values_list("title", "summary", "text").iterator(BATCH):
        found = {word for word in LETTERS.findall(f"{title} {summary} {text}".lower()) if 3 <= len(word) <= 40}
        words.bulk_create((words.model(word=word) for word in sorted(found - seen)), ignore_conflicts=True)
        seen |= found


class Migration(migrations.Migration):

    dependencies = [("articles", "0006_finding")]

    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]
