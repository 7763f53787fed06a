from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("detoxsite", "0008_access_log"),
    ]

    operations = [
        migrations.AddField("jobrun", "leased_by", models.UUIDField(null=True)),
        migrations.AddField("jobrun", "leased_until", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="WorkerHeartbeat",
            fields=[
                ("worker", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
