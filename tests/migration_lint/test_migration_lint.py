"""The linter stops what it is there for, and lets pass what is safe."""

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from detoxsite.ops import compatibility
from detoxsite.ops.compatibility import Reviewed
from tests import later_migration

from . import lint

pytestmark = pytest.mark.django_db

NAME = ".".join(later_migration.KEY)
NEW_TABLE = migrations.CreateModel(
    "extra",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("user", models.ForeignKey("detoxsite.user", models.PROTECT)),
        ("name", models.CharField(max_length=9, unique=True)),
    ],
    options={"indexes": [models.Index(fields=["name", "user"], name="extra_name")]},
)


def add(field):
    return migrations.AddField("jobrun", "extra", field)


@pytest.fixture
def rules(monkeypatch):
    """A function that returns which rules the linter finds broken by one more migration."""

    def of(*operations, **options):
        with monkeypatch.context() as patched:
            later_migration.add(patched, *operations, **options)
            lines = lint.problems(later_migration.KEY)
        assert all(line.startswith(NAME) for line in lines)
        return {line.split(": ")[1] for line in lines}

    return of


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        (migrations.RemoveField("jobrun", "note"), "ban-drop-column"),
        (migrations.DeleteModel("jobrun"), "ban-drop-table"),
        (migrations.RenameField("jobrun", "note", "remark"), "renaming-column"),
        (migrations.AlterModelTable("jobrun", "runs"), "renaming-table"),
        (add(models.IntegerField(default=0)), "ban-drop-default"),  # the former version writes none
        (add(models.CharField(max_length=9, unique=True, null=True)), "disallowed-unique-constraint"),
        (migrations.AlterField("jobrun", "consecutive_failures", models.TextField()), "changing-column-type"),
        (migrations.AlterField("jobrun", "last_started_at", models.DateTimeField()), "adding-not-nullable-field"),
        (migrations.AddIndex("jobrun", models.Index(fields=["note"], name="a")), "require-concurrent-index-creation"),
        (
            migrations.AddConstraint("jobrun", models.CheckConstraint(condition=~models.Q(note="x"), name="a")),
            "constraint-missing-not-valid",
        ),
        (migrations.RunPython(lambda *args: None), lint.RUNS_PYTHON),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_stops_the_site_or_the_former_version_is_found(rules, operation, rule):
    assert rule in rules(operation)


@pytest.mark.parametrize(
    "operation",
    [NEW_TABLE, add(models.CharField(max_length=9, null=True)), add(models.IntegerField(db_default=0))],
    ids=["new table", "may be empty", "filled by the database"],
)
def test_what_expands_the_schema_is_let_pass(rules, operation):
    assert rules(operation) == set()


@pytest.mark.django_db(transaction=True)
def test_an_index_built_beside_the_running_site_is_let_pass(rules):
    index = AddIndexConcurrently("jobrun", models.Index(fields=["note"], name="a"))

    assert rules(index, is_atomic=False) == set()


def test_what_a_person_has_allowed_is_let_pass_and_nothing_else(rules, monkeypatch):
    removal, rename = migrations.RemoveField("jobrun", "note"), migrations.RenameField("jobrun", "last_error", "error")
    allowed = Reviewed("0.10.0 no longer reads it.", ("ban-drop-column",), oldest_code="0.10.0")
    monkeypatch.setattr(compatibility, "REVIEWED", {NAME: allowed})

    assert rules(removal) == set()
    assert rules(removal, rename) == {"renaming-column"}
    assert compatibility.oldest_code() == "0.10.0"
