"""Seals what earlier versions stored readable, and puts in what a centre begins with: ladder and consent text."""

from django.db import migrations

from detoxsite import sealing
from intake.identity import found_by_email, found_by_phone, said
from intake.wording import CONSENT

ANSWERS = ("phone", "email", "name", "whom", "leave", "times", "language", "story", "substances", "recent")


def seal(apps, schema_editor):
    Call, Later = apps.get_model("intake", "CallForHelp"), apps.get_model("intake", "LaterAnswers")
    for call in Call.objects.order_by("pk").iterator(chunk_size=500):
        newest = {name: getattr(call, name) for name in ANSWERS}
        versions = [(earlier.at, earlier.answers) for earlier in call.earlier.order_by("at")]
        first = versions[0][1] if versions else newest
        since = [at for at, _ in versions]
        call.said = said(first)
        call.sealed = sealing.seal({**first, "signs": []}, f"intake.CallForHelp.sealed:{call.pk}:{call.said.hex()}")
        call.phone_index, call.email_index = found_by_phone(call.phone), found_by_email(call.email)
        call.stored_at = call.created_at
        call.save(update_fields=["sealed", "said", "phone_index", "email_index", "stored_at"])
        for at, words in zip(since, [words for _, words in versions[1:]] + [newest], strict=False):
            later = Later(call=call, at=at, said=said(words))
            about = f"intake.CallForHelp.sealed:{call.pk}:{later.said.hex()}"
            later.sealed = sealing.seal({**words, "signs": []}, about)
            later.save()
    for contact in apps.get_model("intake", "Contact").objects.select_related("by").iterator(chunk_size=500):
        name = f"{contact.by.first_name} {contact.by.last_name}".strip() or contact.by.email
        contact.by_name = name
        contact.sealed = sealing.seal({"note": contact.note}, f"intake.Contact.sealed:{contact.pk}")
        contact.save(update_fields=["by_name", "sealed"])


def begin(apps, schema_editor):
    Rung = apps.get_model("intake", "Rung")
    for after, who in ((0, "on_duty"), (3, "second"), (5, "everyone"), (10, "director")):
        Rung.objects.create(after=after, who=who)
    apps.get_model("intake", "ConsentText").objects.create(**CONSENT)


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_sealed_rows")]

    operations = [
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
